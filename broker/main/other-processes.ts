import type { Logger } from 'pino'
import type { DeclaredUses } from '../../security/privacy/feed-uses.ts'
import type { RestrictedData } from '../../security/privacy/restricted-data.ts'
import type { Config } from '../config.ts'
import { type Recurring, recurring } from './recurring.ts'

/** So soon what other processes over the same database restrict, lift and declare is in force here. */
const MILLISECONDS = 5000

/** Takes over what every view is compiled with and no log tells of, where other processes may write it. */
export function fromOtherProcesses(
  { store }: Pick<Config, 'store'>,
  { restricted, uses, log }: OtherProcesses,
): readonly Recurring[] {
  if (store.kind !== 'mongodb') return []
  const loaded = (what: Pick<RestrictedData | DeclaredUses, 'load'>, name: string): Recurring =>
    recurring(what.load, MILLISECONDS, (err) =>
      log.warn({ err }, `${name} of other processes are not taken over`),
    )
  return [loaded(restricted, 'restrictions'), loaded(uses, 'uses of feeds')]
}

interface OtherProcesses {
  readonly restricted: Pick<RestrictedData, 'load'>
  readonly uses: Pick<DeclaredUses, 'load'>
  readonly log: Pick<Logger, 'warn'>
}
