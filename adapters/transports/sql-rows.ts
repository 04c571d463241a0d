import type { SqlTransport, Watermark } from '../kit/definition/transport-definition.ts'
import type { TransportMemory } from '../kit/intake/feed-state.ts'
import type { Json, JsonMap } from '../kit/values/json.ts'
import type { Limits } from './http-source.ts'
import { type Database, openDatabase } from './sql-database.ts'
import { type Deliveries, SourceFault, type Transport, type Visit } from './transport.ts'

/** Reads the rows that a query answers, page by page, from where the visit before came to. */
export function sqlRows(definition: SqlTransport, limits: Limits): Transport {
  return {
    pauseMs: definition.everySeconds * 1000,
    visit: async function* (visit) {
      const database = await openDatabase(definition, limits, visit.signal)
      try {
        const { watermark } = definition
        yield* watermark
          ? newRows(definition, watermark, { database, ...visit })
          : allRows(definition, database)
      } finally {
        await database.close()
      }
    },
  }
}

async function* allRows({ query, maxRows, pageRows }: SqlTransport, database: Database): Deliveries {
  const rows = await database.rows(`SELECT * FROM (${query}) AS source LIMIT ${maxRows + 1}`, [])
  if (rows.length > maxRows) throw new SourceFault(`Query answers more than ${maxRows} rows`)
  for (let at = 0; at < rows.length; at += pageRows) yield deliveryOf(rows.slice(at, at + pageRows))
}

/** How far rows were read: the watermark of the last, and its key where there is one. */
interface Place {
  readonly watermark: Json
  readonly key?: Json
}

async function* newRows(
  definition: SqlTransport,
  watermark: Watermark,
  { database, memory, remember }: Visit & { readonly database: Database },
): Deliveries {
  const { pageRows, maxRows } = definition
  let place = startOf(memory, watermark)
  for (let read = 0; read < maxRows; ) {
    const { text, values } = pageQuery(definition, watermark, { place, mark: database.mark })
    const rows = await database.rows(text, values)
    const last = rows.at(-1)
    if (!last) return
    yield deliveryOf(rows)
    const next = placeOf(last, watermark)
    if (rows.length === pageRows && watermark.key === undefined && next.watermark === place?.watermark) {
      throw new SourceFault(
        `More than ${pageRows} rows have one ${watermark.column}: a key has to tell them apart`,
      )
    }
    place = next
    await remember(memoryOf(place))
    if (rows.length < pageRows) return
    read += rows.length
  }
}

function deliveryOf(rows: readonly JsonMap[]) {
  return { inputs: [{ name: 'sql', bytes: Buffer.from(JSON.stringify(rows)), repeatable: true }] } as const
}

/** The query for the rows after a place; without a key those of its watermark come once more. */
export function pageQuery(
  { query, pageRows }: Pick<SqlTransport, 'query' | 'pageRows'>,
  { column, key }: Watermark,
  { place, mark }: { readonly place: Place | undefined; readonly mark: (at: number) => string },
): { readonly text: string; readonly values: readonly Json[] } {
  const order = key === undefined ? column : `${column}, ${key}`
  const conditions = [`${column} IS NOT NULL`]
  const values: Json[] = []
  if (place && (key === undefined || place.key === undefined)) {
    conditions.push(`${column} >= ${mark(1)}`)
    values.push(place.watermark)
  } else if (place) {
    conditions.push(`(${column} > ${mark(1)} OR (${column} = ${mark(2)} AND ${key} > ${mark(3)}))`)
    values.push(place.watermark, place.watermark, place.key ?? null)
  }
  const text = `SELECT * FROM (${query}) AS source WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ${pageRows}`
  return { text, values }
}

function placeOf(row: JsonMap, { column, key }: Watermark): Place {
  const watermark = row[column]
  if (watermark === undefined || watermark === null)
    throw new SourceFault(`Query answers no column ${column}`)
  return { watermark, ...(key !== undefined && { key: row[key] ?? null }) }
}

function startOf({ watermark, key }: TransportMemory, { overlap }: Watermark): Place | undefined {
  if (watermark === undefined) return undefined
  const last = JSON.parse(watermark) as Json // what memoryOf wrote
  if (overlap > 0) return { watermark: earlier(last, overlap) }
  return { watermark: last, ...(key !== undefined && { key: JSON.parse(key) as Json }) }
}

function memoryOf({ watermark, key }: Place): TransportMemory {
  return {
    watermark: JSON.stringify(watermark),
    ...(key !== undefined && { key: JSON.stringify(key) }),
  }
}

const TIME = /^(\d{4}-\d{2}-\d{2})([ T])(\d{2}:\d{2}:\d{2})(?:\.\d+)?(.*)$/
const DAY_SECONDS = 86_400

/** Goes back behind a watermark: by seconds of a time or whole days of a date, else by units of a number. */
export function earlier(watermark: Json, overlap: number): Json {
  if (typeof watermark === 'number') return watermark - overlap
  if (typeof watermark !== 'string') return watermark
  if (/^-?\d+$/.test(watermark)) return String(BigInt(watermark) - BigInt(Math.ceil(overlap)))
  if (/^\d{4}-\d{2}-\d{2}$/.test(watermark)) {
    return before(`${watermark}T00:00:00`, Math.ceil(overlap / DAY_SECONDS) * DAY_SECONDS).slice(0, 10)
  }
  const [, day, between = ' ', time, zone = ''] = TIME.exec(watermark) ?? []
  if (day === undefined) return watermark
  const iso = before(`${day}T${time}`, overlap)
  return `${iso.slice(0, 10)}${between}${iso.slice(11, 19)}${zone}`
}

function before(time: string, seconds: number): string {
  return new Date(Date.parse(`${time}Z`) - seconds * 1000).toISOString()
}
