import { createHash } from 'node:crypto'
import type { Micros } from '../../core/model/time.ts'
import type { Indicator, IndicatorDependencies } from './indicator.ts'
import { ORIGIN } from './write-derived.ts'

/** Where an indicator stands. */
export interface IndicatorPlace {
  /** What was logged up to there is worked out. */
  readonly position: number
  /** So are the periods that ended up to then. */
  readonly ended: Micros
}

type Dependencies = Pick<IndicatorDependencies, 'store' | 'tenant' | 'clock'>

/** Answers where an indicator stood; undefined: it is new, or another one by the same name. */
export async function readPlace(
  { store, tenant }: Dependencies,
  indicator: Indicator,
): Promise<IndicatorPlace | undefined> {
  const kept = await store.document(tenant, 'indicator', indicator.name)
  const { position, ended, basis } = kept?.document ?? {}
  if (basis !== basisOf(indicator) || typeof position !== 'number' || typeof ended !== 'number')
    return undefined
  return { position, ended }
}

/** Keeps where an indicator stands. */
export async function savePlace(
  { store, tenant, clock }: Dependencies,
  indicator: Indicator,
  { position, ended }: IndicatorPlace,
): Promise<void> {
  await store.commit(tenant, [
    {
      collection: 'indicator',
      id: indicator.name,
      next: { position, ended, basis: basisOf(indicator) },
      at: clock(),
      origin: ORIGIN,
      logged: false,
    },
  ])
}

/** Names everything that the values of an indicator depend on, besides what is measured. */
function basisOf({ source, calculation, target, alert }: Indicator): string {
  const parts = [source.type, [...source.inputs], calculation.method, target, alert ?? null]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
