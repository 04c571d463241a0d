import type { LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { canonicalEntity } from '../port/canonical.ts'
import { parseEntity } from '../port/change.ts'
import { dayOf } from '../port/days.ts'
import { instanceTime } from '../port/history-instances.ts'
import type {
  RewritableTexts,
  StoredRecord,
  StoredText,
  StoredWriting,
  TextChange,
} from '../port/stored-texts.ts'
import type { TakeTurn } from './in-turn.ts'
import { entityFields } from './layout/entity-fields.ts'
import { IS_RECORD } from './log/read-log.ts'
import type { KeptEntity, KeptRecord, TenantCollections } from './mongo-documents.ts'
import type { SeriesDay } from './totals/day-keys.ts'
import { markAgain } from './totals/marked-days.ts'

type Written = Omit<LogRecord, 'sequence'>

/** Where a text stands: its collection, the key of its document, and the member that has it. */
type Place =
  | readonly ['entity', key: string, member: 'text' | 'last']
  | readonly ['log', key: number, member: 'before' | 'after']
  | readonly ['history' | 'document', key: string]

/** In the order in which they are walked over; what travels in entities is drained before. */
const PARTS = ['entity', 'log', 'history', 'document'] as const

/** Answers texts of a tenant in the order of their places: those of one collection at a time, all of a document together. */
export async function storedTexts(
  collections: TenantCollections,
  { after, limit }: Pick<Parameters<RewritableTexts['texts']>[1], 'after' | 'limit'>,
): Promise<readonly StoredText[]> {
  const from = after === undefined ? undefined : placeFrom(after)
  for (const part of PARTS.slice(PARTS.indexOf(from?.[0] ?? 'entity'))) {
    let key = from?.[0] === part ? from[1] : undefined
    // documents may have no text at all, such as those of what was deleted
    for (;;) {
      const { texts, last } = await READERS[part](collections, key, limit)
      if (texts.length > 0) return texts
      if (last === undefined) break
      key = last
    }
  }
  return []
}

/** Writes texts anew where they stand, each unless something else stands there by now, and marks the days of instances. */
export async function rewriteTexts(
  collections: TenantCollections,
  changes: readonly TextChange[],
  inTurn: TakeTurn,
): Promise<void> {
  await Promise.all(
    changes.map((change) => {
      const place = placeFrom(change.from.place)
      return inTurn(String(place[1]), () => rewriteText(collections, place, change))
    }),
  )
  await markAgain(
    collections,
    changes.flatMap(({ from }) => dayOfText(from) ?? []),
  )
}

function dayOfText(from: StoredText): SeriesDay | undefined {
  if (from.kind !== 'instance') return undefined
  const [, place] = placeFrom(from.place)
  return { entity: from.id, attribute: from.attribute, day: dayOf(instanceTime(String(place)) ?? 0) } // every place has one
}

async function rewriteText(
  { entities, log, history, documents }: TenantCollections,
  place: Place,
  change: TextChange,
): Promise<void> {
  const { from, text } = change
  const [part, _id] = place
  if (part === 'log') return rewriteRecord(log, place, change)
  if (from.text === null || text === null) return
  if (part === 'entity') {
    const [, , member] = place
    const there = { _id, [member]: from.text }
    if (!(await entities.findOne(there, { projection: { _id: 1 } }))) return
    // what it is found by tells of its attributes too
    const { layout: _, ...fields } = member === 'text' ? entityFields(parseEntity(text)) : {}
    await entities.updateOne(there, { $set: { ...fields, [member]: text } })
  } else if (part === 'history')
    await history.updateOne({ _id, 'instance.text': from.text }, { $set: { 'instance.text': text } })
  else await documents.updateOne({ _id, text: from.text }, { $set: { text } })
}

async function rewriteRecord(
  log: TenantCollections['log'],
  [, _id, member]: Place & readonly ['log', ...unknown[]],
  { from, text, changes }: TextChange,
): Promise<void> {
  const found = await log.findOne({ _id })
  if (!found || from.kind !== 'record') return
  const record: Written = JSON.parse(found.text)
  const now = recordText(found, record, member)
  if (now.text !== from.text || now.changes !== from.changes) return
  const next = {
    ...record,
    ...(text !== null && { [member]: JSON.parse(text) }),
    ...(typeof changes === 'string' && { attributes: JSON.parse(changes) }),
  }
  await log.updateOne({ _id, text: found.text }, { $set: { text: JSON.stringify(next) } })
}

/** Texts of some documents, and the key of the last one; without one there are no more. */
interface Read {
  readonly texts: readonly StoredText[]
  readonly last: Place[1] | undefined
}

type ReadTexts = (collections: TenantCollections, after: Place[1] | undefined, limit: number) => Promise<Read>

const READERS: Readonly<Record<(typeof PARTS)[number], ReadTexts>> = {
  entity: async ({ entities }, after, limit) => {
    const rows = await entities
      .find(behind(after as string | undefined)) // as this part gave it
      .project<Pick<KeptEntity, '_id' | 'text' | 'last'>>({ text: 1, last: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray()
    return read(rows, ({ _id: id, text, last }) => [
      ...(text === undefined ? [] : [stateText(id, 'text', text)]),
      ...(last === undefined ? [] : [stateText(id, 'last', last)]),
    ])
  },
  log: async ({ log }, after, limit) => {
    const rows = await log
      .find({ ...behind(after as number | undefined), ...IS_RECORD })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray()
    return read(rows, recordTexts)
  },
  history: async ({ history }, after, limit) => {
    const rows = await history
      .find(behind(after as string | undefined))
      .sort({ _id: 1 })
      .limit(limit)
      .toArray()
    return read(rows, ({ _id, instance }) =>
      !instance || instance.deletedAt !== undefined
        ? []
        : [
            {
              ...{
                kind: 'instance',
                id: instance.entity,
                attribute: instance.attribute,
                text: instance.text,
              },
              place: placeAt(['history', _id]),
            } as const,
          ],
    )
  },
  document: async ({ documents }, after, limit) => {
    const rows = await documents
      .find(behind(after as string | undefined))
      .sort({ _id: 1 })
      .limit(limit)
      .toArray()
    return read(rows, ({ _id, collection, id, text }) =>
      text === undefined
        ? []
        : [
            {
              ...{ kind: 'document', id, text, place: placeAt(['document', _id]) },
              collection: collection as StoredWriting['collection'], // as it was written
            } as const,
          ],
    )
  },
}

function behind<Key>(after: Key | undefined): { readonly _id?: { readonly $gt: Key } } {
  return after === undefined ? {} : { _id: { $gt: after } }
}

function read<Row extends { readonly _id: Place[1] }>(
  rows: readonly Row[],
  textsOf: (row: Row) => readonly StoredText[],
): Read {
  return { texts: rows.flatMap(textsOf), last: rows.at(-1)?._id }
}

function stateText(id: string, member: 'text' | 'last', text: string): StoredRecord {
  return {
    ...{ kind: 'record', collection: 'entity', id, text, changes: null, isCurrent: member === 'text' },
    place: placeAt(['entity', id, member]),
  }
}

/** What was changed of history alone is told by names. */
function recordTexts(row: KeptRecord): readonly StoredRecord[] {
  const record: Written = JSON.parse(row.text)
  if (record.collection === 'evolution') return []
  const after = recordText(row, record, 'after')
  return record.before === undefined ? [after] : [recordText(row, record, 'before'), after]
}

/** What changed stands with what came of it. */
function recordText(
  { _id }: Pick<KeptRecord, '_id'>,
  record: Written,
  member: 'before' | 'after',
): StoredRecord {
  const { collection, id, attributes } = record
  const state = record[member]
  const written = (of: Entity | JsonObject) =>
    collection === 'entity' ? canonicalEntity(of as Entity) : JSON.stringify(of) // as its collection has it
  return {
    kind: 'record',
    collection: collection as StoredRecord['collection'], // evolutions are told by names
    id,
    text: state === undefined ? null : written(state),
    changes: member === 'after' && attributes ? JSON.stringify(attributes) : null,
    isCurrent: false,
    place: placeAt(['log', _id, member]),
  }
}

function placeAt(place: Place): string {
  return JSON.stringify(place)
}

/** Reads a place that this store gave. */
function placeFrom(text: string): Place {
  return JSON.parse(text)
}
