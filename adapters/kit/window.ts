import type { DocumentInstance, EntityDocument } from './entity-document.ts'
import { instancesOf, latestTime, withInstances } from './entity-document.ts'
import type { Floors } from './feed-store.ts'
import { canonical } from './json.ts'
import type { KnownState } from './known-state.ts'
import { compareTimes } from './local-time.ts'
import type { MappedRecord } from './map-input.ts'

/** One document to send, with the records that it was made of. */
export interface Unit {
  readonly document: EntityDocument
  readonly records: readonly MappedRecord[]
}

/** What a window of records comes to. */
export interface WindowPlan {
  readonly units: readonly Unit[]
  /** Records of which an observation is older than what the hub holds, with that observation. */
  readonly late: readonly { readonly record: MappedRecord; readonly document: EntityDocument }[]
}

/** Decides what of a window is sent. `inFlight`: it may have been sent before, with these floors. */
export function planWindow(
  records: readonly MappedRecord[],
  known: KnownState,
  inFlight: Floors | undefined,
): WindowPlan {
  const units: Unit[] = []
  const late: { record: MappedRecord; document: EntityDocument }[] = []
  const again = inFlight ? toSendAgain(records, known, inFlight) : new Set<string>()
  for (const { record, document } of documentsOf(records)) {
    const parts = partsOf(document, known, again.has(document.id) ? (inFlight ?? {}) : undefined)
    if (parts.late.length > 0) late.push({ record, document: withInstances(document, parts.late) })
    if (parts.send.length === 0) continue
    const next = withInstances(document, parts.send)
    known.keep(next)
    addUnit(units, { document: next, records: [record] })
  }
  return { units, late }
}

/** Lists, per entity and attribute, the hub's observation times that are newer than one of the window. */
export function floorsOf(records: readonly MappedRecord[], known: KnownState): Floors {
  const floors: Record<string, Record<string, string>> = {}
  for (const { document } of documentsOf(records)) {
    for (const instance of instancesOf(document)) {
      if (known.judge(document.id, instance) !== 'late') continue
      const floor = known.observedAt(document.id, instance.key)
      if (floor !== undefined) floors[document.id] = { ...floors[document.id], [instance.key]: floor }
    }
  }
  return floors
}

/** Names an observation: the same entity, time and values make the same text. */
export function identityOf(document: EntityDocument): string {
  const observed = instancesOf(document).filter(({ observedAt }) => observedAt !== undefined)
  return canonical([document.id, ...observed.map(({ key, instance }) => [key, instance])])
}

interface Parts {
  readonly send: readonly DocumentInstance[]
  readonly late: readonly DocumentInstance[]
}

/** Values without a time of their own, such as a name, follow the observations beside them. */
function partsOf(document: EntityDocument, known: KnownState, again: Floors | undefined): Parts {
  const instances = instancesOf(document)
  const isLate = (instance: DocumentInstance): boolean =>
    again
      ? isBelow(instance.observedAt, again[document.id]?.[instance.key])
      : known.judge(document.id, instance) === 'late'
  const late = instances.filter(isLate)
  const observed = instances.filter(({ observedAt }) => observedAt !== undefined)
  if (late.length > 0 && late.length === observed.length) return { send: [], late }
  const send = instances.filter(
    (instance) => !late.includes(instance) && (again || known.judge(document.id, instance) === 'send'),
  )
  return { send, late }
}

/**
 * After a crash: entities of which the hub holds an observation of this window that is not its first. What came
 * before it may be kept or not; sending all of them again, in order, changes nothing that is there.
 */
function toSendAgain(records: readonly MappedRecord[], known: KnownState, floors: Floors): Set<string> {
  const newest = new Map<string, string>()
  const earlier = new Set<string>()
  for (const { document } of documentsOf(records)) {
    const time = latestTime(document)
    if (time === undefined) continue
    newest.set(document.id, time)
    const passed = instancesOf(document).some(
      (instance) =>
        known.judge(document.id, instance) === 'late' &&
        !isBelow(instance.observedAt, floors[document.id]?.[instance.key]),
    )
    if (passed) earlier.add(document.id)
  }
  return new Set([...earlier].filter((id) => holdsNoNewer(id, newest.get(id), records, known)))
}

function holdsNoNewer(
  id: string,
  newest: string | undefined,
  records: readonly MappedRecord[],
  known: KnownState,
): boolean {
  const keys = documentsOf(records)
    .filter(({ document }) => document.id === id)
    .flatMap(({ document }) => instancesOf(document).map(({ key }) => key))
  return keys.every((key) => !isBelow(newest, known.observedAt(id, key)))
}

function isBelow(time: string | undefined, floor: string | undefined): boolean {
  return time !== undefined && floor !== undefined && compareTimes(time, floor) < 0
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

function documentsOf(
  records: readonly MappedRecord[],
): { readonly record: MappedRecord; readonly document: EntityDocument }[] {
  return records.flatMap((record) => record.documents.map((document) => ({ record, document })))
}
