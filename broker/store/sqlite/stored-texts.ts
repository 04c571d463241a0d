import type { Collection } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import { canonicalInstance } from '../port/canonical.ts'
import type {
  StoredInstance,
  StoredRecord,
  StoredText,
  StoredWriting,
  TextChange,
} from '../port/stored-texts.ts'
import { plainInstance } from './history/placed-row.ts'
import { indexDelta } from './index-delta.ts'
import { join, type Sql, sql } from './query/sql.ts'
import type { SqlValue } from './statements.ts'
import type { TenantReader } from './tenant-reader.ts'
import type { TextRewrite } from './text-rewriter.ts'

/** Tables that hold texts, in the order in which they are walked over: the log first, since history is made of what it tells. */
const TABLES = ['log', 'history', 'document'] as const

/** Which texts to read. */
export interface TextPage {
  readonly after?: string
  readonly limit: number
  readonly numbersOf: readonly Iri[]
}

/** Where a text stands: its table, and the key of its row. */
export type TextPlace = readonly [table: (typeof TABLES)[number], ...key: SqlValue[]]

/** Reads a place that this store gave. */
export function placeFrom(text: string): TextPlace {
  return JSON.parse(text)
}

/** Makes a change of a text ready for the writer thread. */
export function textRewrite({ from, text: next, changes = null, states }: TextChange): TextRewrite {
  const place = placeFrom(from.place)
  return {
    ...{ place, text: from.text, next },
    ...(from.kind === 'record' && { changes: { text: from.changes, next: changes } }),
    ...(states && { index: indexDelta(states.before, states.after) }),
  }
}

/** Answers texts of one file in the order of their places: those of one table at a time. */
export function storedTexts(
  reader: TenantReader,
  { after, limit, numbersOf }: TextPage,
): readonly StoredText[] {
  const [from, ...key] = after === undefined ? ([TABLES[0]] as const) : placeFrom(after)
  for (const table of TABLES.slice(TABLES.indexOf(from))) {
    const start = table === from ? key : []
    const texts =
      table === 'history' ? history(reader, start, { limit, numbersOf }) : keyed(reader, table, start, limit)
    if (texts.length > 0) return texts
  }
  return []
}

function keyed(
  reader: TenantReader,
  table: 'document' | 'log',
  [after = 0]: readonly SqlValue[],
  limit: number,
): readonly StoredText[] {
  return table === 'document' ? documents(reader, after, limit) : records(reader, after, limit)
}

function documents(reader: TenantReader, after: SqlValue, limit: number): readonly StoredWriting[] {
  type Row = readonly [key: number, collection: StoredWriting['collection'], id: string, text: string]
  const rows = reader.all<Row>(
    sql`SELECT key, collection, id, text FROM document WHERE key > ${after} ORDER BY key LIMIT ${limit} + 0`,
  )
  return rows.map(([key, collection, id, text]) => ({
    ...{ kind: 'document', collection, id, text },
    place: placeAt(['document', key]),
  }))
}

function records(reader: TenantReader, after: SqlValue, limit: number): readonly StoredRecord[] {
  type Row = readonly [
    sequence: number,
    collection: Exclude<Collection, 'evolution'>,
    id: string,
    text: string | null,
    changes: string | null,
    current: number,
  ]
  // what was changed of history alone is told by names
  const rows = reader.all<Row>(sql`SELECT sequence, collection, id, after, attributes,
      EXISTS (SELECT 1 FROM entity WHERE entity.id = log.id AND entity.version = log.sequence)
    FROM log WHERE sequence > ${after} AND collection <> 'evolution' ORDER BY sequence LIMIT ${limit} + 0`)
  return rows.map(([sequence, collection, id, text, changes, current]) => ({
    ...{ kind: 'record', collection, id, text, changes },
    isCurrent: collection === 'entity' && current === 1,
    place: placeAt(['log', sequence]),
  }))
}

type HistoryRow = readonly [
  subject: number,
  attribute: number,
  time: number,
  dataset: string,
  deleted: number,
  iri: Iri,
  text: string | null,
  value: number | null,
  observed: number | null,
  created: number,
  modified: number,
  unit: string | null,
  id: string | null,
]

function history(
  reader: TenantReader,
  key: readonly SqlValue[],
  { limit, numbersOf }: Pick<TextPage, 'limit' | 'numbersOf'>,
): readonly StoredInstance[] {
  const names = numbersOf.flatMap((attribute) => reader.names.find(attribute) ?? [])
  const numbers = names.length === 0 ? sql`0` : sql`(value IS NOT NULL AND attribute IN (${list(names)}))`
  const behind =
    key.length === 0 ? sql`1` : sql`(subject, attribute, time, dataset, deleted) > (${list(key.slice(0, 5))})`
  const rows =
    reader.all<HistoryRow>(sql`SELECT subject, attribute, time, dataset, deleted, iri, text, value, observed,
      created, modified, unit, coalesce((SELECT id FROM entity WHERE entity.key = subject),
        (SELECT id FROM life WHERE life.subject = history.subject LIMIT 1)) AS id
    FROM history JOIN name ON name.key = attribute
    WHERE ${behind} AND deleted = 0 AND (text <> '' OR ${numbers})
    ORDER BY subject, attribute, time, dataset, deleted LIMIT ${limit} + 0`)
  return rows.map(storedInstance)
}

function storedInstance(row: HistoryRow): StoredInstance {
  const [
    subject,
    attribute,
    time,
    dataset,
    deleted,
    iri,
    text,
    value,
    observed,
    created,
    modified,
    unit,
    id,
  ] = row
  const number = plainInstance({
    ...{ subject, time, dataset, text, value, created, modified, unit },
    ...{ deleted: false, source: 0, observed: observed === 1, instance: null },
  })
  return {
    kind: 'instance',
    attribute: iri,
    id: id ?? '',
    text: number ? canonicalInstance(number) : (text ?? ''),
    // the value tells whether it was a number when it was read
    place: placeAt(['history', subject, attribute, time, dataset, deleted, number ? value : null]),
  }
}

function list(values: readonly SqlValue[]): Sql {
  return join(
    values.map((value) => sql`${value}`),
    ', ',
  )
}

function placeAt(place: TextPlace): string {
  return JSON.stringify(place)
}
