import { atTime } from '../core/merge/at-time.ts'
import type { LogRecord } from '../core/model/change.ts'
import type { Attributes, Entity } from '../core/model/entity.ts'
import type { Micros } from '../core/model/time.ts'
import { see } from '../core/view/see.ts'
import type { View } from '../core/view/view.ts'
import { differences } from './match/see-change.ts'
import type { NotifiedEntity } from './notified-entity.ts'

/** What a source told of one entity. A type, not an interface: JSON as it stands. */
export type ToldBySource = {
  readonly entity: Entity
  /** It is gone. */
  readonly deletedAt?: Micros
  /** Instances that are gone; their values are NGSI-LD Null. */
  readonly gone?: Attributes
}

/** A notification that a source sent for a subscription (CIM 009 v1.9.1, 5.8.6), of the collection `sourceNotice`. */
export type SourceNotice = {
  /** Registration of the source. */
  readonly from: string
  /** Marks of the last notifications that were taken, made of their ids, the newest last. */
  readonly taken: readonly string[]
  readonly entities: readonly ToldBySource[]
}

const COLLECTION = 'sourceNotice'

/** Names the document that keeps what a source told last for a subscription: no IRI has a blank in it. */
export function sourceNoticeId(subscriptionId: string, registrationId: string): string {
  return `${subscriptionId} ${registrationId}`
}

/** Tells whether a record of the log is a notification of a source. */
export function isSourceNotice({ collection }: Pick<LogRecord, 'collection'>): boolean {
  return collection === COLLECTION
}

/** Reads the notification of a record of the collection `sourceNotice`; undefined: there is none any more. */
export function readSourceNotice({ after }: LogRecord): SourceNotice | undefined {
  return after as SourceNotice | undefined // only the hub writes such documents
}

/** Answers of which entities a record tells. */
export function toldEntityIds(record: LogRecord): readonly string[] {
  if (!isSourceNotice(record)) return [record.id]
  return readSourceNotice(record)?.entities.map(({ entity }) => entity.id) ?? []
}

/** Answers what a source told of an entity as whoever has this view sees it; undefined: not at all. */
export function seeTold(
  { entity, deletedAt, gone }: ToldBySource,
  view: View,
  { at, now }: { readonly at: Micros; readonly now: Micros },
): NotifiedEntity | undefined {
  const told = { id: entity.id, at: deletedAt ?? at, isTold: true } as const
  const whole = gone ? { ...entity, attributes: joined(entity.attributes, gone) } : entity
  const before = deletedAt !== undefined || gone ? see(whole, view) : undefined
  if (deletedAt !== undefined) return before && { ...told, before, changes: [] }
  const seen = see(entity, view)
  const after = seen && atTime(seen, now)
  if (!after) return undefined
  return { ...told, ...(before && { before }), after, changes: before ? differences(before, after) : [] }
}

function joined(attributes: Attributes, gone: Attributes): Attributes {
  const names = Object.keys(gone).map((name) => [name, [...(attributes[name] ?? []), ...(gone[name] ?? [])]])
  return { ...attributes, ...Object.fromEntries(names) }
}
