import type { KnownState, Verdict } from '../hub/known-state.ts'
import type { DocumentInstance, EntityDocument, ListedDocument } from '../values/entity-document.ts'
import { latestOf, listed, withInstances } from '../values/entity-document.ts'
import { canonical } from '../values/json.ts'
import type { MappedRecord } from './map-input.ts'
import type { RecentObservations } from './recent-observations.ts'

/** A record on its way, with the instances of its documents. */
export interface ListedRecord {
  readonly record: MappedRecord
  readonly documents: readonly ListedDocument[]
}

/** Lists what records say. */
export function listedRecords(records: readonly MappedRecord[]): readonly ListedRecord[] {
  return records.map((record) => ({ record, documents: record.documents.map(listed) }))
}

/** One document to send, with the records that it was made of. */
export interface Unit {
  readonly document: EntityDocument
  readonly records: readonly MappedRecord[]
}

/** A unit that records are still added to. */
interface Draft {
  /** The document of the first record. */
  readonly document: EntityDocument
  readonly time: string | undefined
  readonly instances: DocumentInstance[]
  readonly keys: Set<string>
  readonly records: MappedRecord[]
}

/** What plans are made by. */
export interface Planning {
  readonly known: KnownState
  readonly recent: RecentObservations
  /** Adds to instances which record they are from. It decides nothing: what the source said is compared. */
  readonly mark?: (
    instances: readonly DocumentInstance[],
    record: MappedRecord,
  ) => readonly DocumentInstance[]
}

/** Decides what of a window is sent, in the order of its records: all that may be new to the hub or its history. */
export function planWindow(
  records: readonly ListedRecord[],
  { known, recent, mark }: Planning,
): readonly Unit[] {
  const drafts: Draft[] = []
  for (const { record, documents } of records) {
    for (const given of documents) {
      const { document } = given
      const { instances, isNewer } = toSend(given, known, recent)
      if (instances.length === 0) continue
      known.keep(document.id, instances)
      // what the hub never held, nobody remembers that it does
      if (!isNewer) recent.forget(given)
      // terms of its own may mean something else
      const isMarked = mark && document['@context'] === undefined
      add(drafts, { document, instances: isMarked ? mark(instances, record) : instances, record })
    }
  }
  return drafts.map(({ document, instances, records: all }) => ({
    document: withInstances(document, instances),
    records: all,
  }))
}

/** Values without a time of their own, such as a name, follow the observations beside them: old ones change nothing. */
function toSend(
  given: ListedDocument,
  known: KnownState,
  recent: RecentObservations,
): { readonly instances: readonly DocumentInstance[]; readonly isNewer: boolean } {
  const { id } = given.document
  const verdicts: Verdict[] = []
  let [isOld, isNewer, isNews] = [false, false, false]
  for (const instance of given.instances) {
    const verdict = known.judge(id, instance)
    verdicts.push(verdict)
    if (verdict === 'late') isOld = true
    else if (verdict === 'newer') isNewer = true
    else if (verdict === 'send' && instance.observedAt !== undefined) isNews = true
  }
  isNews ||= isNewer
  const isRepeated = isOld && !isNews && recent.has(given)
  const instances = given.instances.filter(({ key, observedAt }, at) => {
    if (verdicts[at] === 'unchanged') return false
    if (observedAt !== undefined) return !isRepeated
    return isNews || !isOld || !known.has(id, key)
  })
  return { instances, isNewer }
}

/** Two records about other attributes of one entity at one time make one document. */
function add(
  drafts: Draft[],
  {
    document,
    instances,
    record,
  }: Pick<Draft, 'document'> & {
    readonly instances: readonly DocumentInstance[]
    readonly record: MappedRecord
  },
): void {
  const time = latestOf(instances)
  const last = drafts.at(-1)
  if (last && last.time === time && canJoin(last, document, instances)) {
    last.instances.push(...instances)
    for (const { key } of instances) last.keys.add(key)
    last.records.push(record)
    return
  }
  const keys = new Set(instances.map(({ key }) => key))
  drafts.push({ document, time, instances: [...instances], keys, records: [record] })
}

function canJoin(
  { document: first, keys }: Draft,
  document: EntityDocument,
  instances: readonly DocumentInstance[],
): boolean {
  return (
    first.id === document.id &&
    canonical(first.type) === canonical(document.type) &&
    canonical(first['@context']) === canonical(document['@context']) &&
    instances.every(({ key }) => !keys.has(key))
  )
}
