import type { LogRecord } from '../../core/model/change.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { evolutionAction, evolutionChanges } from '../port/evolution-changes.ts'
import type { LogGrowth, Unit, UnitResult } from '../port/store.ts'

/**
 * Tells what a commit added to the log. Entities are told of without a look at the file; only the file knows what was
 * there before a document, and what became of units whose commit failed.
 */
export function logGrowth(
  tenant: Tenant,
  units: readonly Unit[],
  results: readonly UnitResult[] | undefined,
): LogGrowth {
  if (!results) return { tenant }
  const records: LogRecord[] = []
  for (const [place, unit] of units.entries()) {
    const result = results[place]
    if (result?.outcome !== 'kept' || result.version === 0) continue
    if (unit.collection === 'entity') {
      const { collection, id, change, origin, before, next } = unit
      records.push({
        sequence: result.version,
        collection,
        id,
        action: change.action,
        at: change.at,
        origin,
        ...(before && { before }),
        ...(next && { after: next }),
        attributes: change.attributes,
      })
    } else if (unit.collection === 'evolution') {
      const { collection, id, at, origin, change } = unit
      const action = evolutionAction(change.action, result.created)
      const attributes = evolutionChanges(unit, result.same)
      records.push({ sequence: result.version, collection, id, action, at, origin, attributes })
    } else if (unit.logged !== false) return { tenant }
  }
  return { tenant, records }
}
