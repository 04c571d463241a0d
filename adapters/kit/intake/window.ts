import type { KnownState } from '../hub/known-state.ts'
import type { DocumentInstance, EntityDocument } from '../values/entity-document.ts'
import { instancesOf, latestTime, withInstances } from '../values/entity-document.ts'
import { canonical } from '../values/json.ts'
import type { MappedRecord } from './map-input.ts'
import type { RecentObservations } from './recent-observations.ts'

/** One document to send, with the records that it was made of. */
export interface Unit {
  readonly document: EntityDocument
  readonly records: readonly MappedRecord[]
}

/** Decides what of a window is sent, in the order of its records: all that may be new to the hub or its history. */
export function planWindow(
  records: readonly MappedRecord[],
  known: KnownState,
  recent: RecentObservations,
): readonly Unit[] {
  const units: Unit[] = []
  for (const record of records) {
    for (const document of record.documents) {
      const parts = partsToSend(document, known, recent)
      if (parts.length === 0) continue
      const next = withInstances(document, parts)
      known.keep(next)
      recent.forget(document)
      addUnit(units, { document: next, records: [record] })
    }
  }
  return units
}

/** Values without a time of their own, such as a name, follow the observations beside them: old ones change nothing. */
function partsToSend(
  document: EntityDocument,
  known: KnownState,
  recent: RecentObservations,
): readonly DocumentInstance[] {
  const judged = instancesOf(document).map((instance) => ({
    instance,
    timed: instance.observedAt !== undefined,
    verdict: known.judge(document.id, instance),
  }))
  const old = judged.some(({ verdict }) => verdict === 'late')
  const news = judged.some(({ timed, verdict }) => timed && verdict === 'send')
  const repeated = old && !news && recent.has(document)
  return judged
    .filter(({ instance, timed, verdict }) => {
      if (verdict === 'unchanged') return false
      if (timed) return !repeated
      return news || !old || !known.has(document.id, instance.key)
    })
    .map(({ instance }) => instance)
}

/** Two records about other attributes of one entity at one time make one document. */
function addUnit(units: Unit[], unit: Unit): void {
  const last = units.at(-1)
  if (!last || !canJoin(last.document, unit.document)) {
    units.push(unit)
    return
  }
  const instances = [last, unit].flatMap(({ document }) => instancesOf(document))
  const document = withInstances(last.document, instances)
  units[units.length - 1] = { document, records: [...last.records, ...unit.records] }
}

function canJoin(left: EntityDocument, right: EntityDocument): boolean {
  if (left.id !== right.id || canonical(left['@context']) !== canonical(right['@context'])) return false
  if (canonical(left.type) !== canonical(right.type) || latestTime(left) !== latestTime(right)) return false
  const keys = new Set(instancesOf(left).map(({ key }) => key))
  return instancesOf(right).every(({ key }) => !keys.has(key))
}
