import type { Command } from '../command.ts'
import type { UnclassifiedReport, UnclassifiedWatch } from './unclassified-watch.ts'

/** Answers which attributes carry identifiers and are not classified. @throws Problem Forbidden */
export const listUnclassified =
  (watch: Pick<UnclassifiedWatch, 'report'>) =>
  async ({ caller, tenant }: Pick<Command, 'caller' | 'tenant'>): Promise<UnclassifiedReport> => {
    caller.check('read', tenant, { resource: 'privacy' })
    return watch.report(tenant)
  }
