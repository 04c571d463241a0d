import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { RecordFault } from '../kit/values/fault.ts'
import { isJsonMap, type JsonMap, textMember } from '../kit/values/json.ts'
import { csv } from './csv.ts'
import type { Decoded, Format } from './format.ts'
import { isUnreadable } from './format.ts'
import { OTHER_TABLES, TABLES, type Table } from './gtfs-tables.ts'

const MAX_TABLE_BYTES = 67_108_864
const STOP_TIMES = 'stop_times.txt'
const TRIPS = 'trips.txt'

/** Bytes of the tables in a timetable, and what cannot be had of it. */
interface Timetable {
  readonly tables: ReadonlyMap<string, Uint8Array>
  readonly faults: readonly Decoded[]
}

/**
 * GTFS Schedule: a zip of tables. Records are the rows of agencies, stops, routes and trips, each with the name of its table; of the
 * times at stops only the first departure of each trip is kept, as `first_departure` of the trip.
 */
export const gtfs: Format = {
  readsName: false,
  decode: decodeTimetable,
  decodeOne: decodeRow,
}

function decodeTimetable(bytes: Uint8Array): readonly Decoded[] {
  const { tables, faults } = unzipped(bytes)
  const stopTimes = tables.get(STOP_TIMES)
  const departures = stopTimes ? firstDepartures(stopTimes) : new Map<string, string>()
  const rows = [...TABLES].flatMap(([name, table]) => {
    const content = tables.get(name)
    if (!content) return []
    const decoded = [...newColumns(name, table, content), ...rowsOf(name, table, content)]
    return name === TRIPS ? decoded.map((row) => withDeparture(row, departures)) : decoded
  })
  return [...faults, ...rows]
}

function unzipped(bytes: Uint8Array): Timetable {
  const tables = new Map<string, Uint8Array>()
  const faults: Decoded[] = []
  const say = (text: string): void => {
    faults.push({ raw: Buffer.from(text), fault: new RecordFault('unreadable', text) })
  }
  const names = namesIn(bytes)
  if (!names)
    return { tables, faults: [{ raw: bytes, fault: new RecordFault('unreadable', 'Input is no whole zip') }] }
  for (const { path, name, size } of names) {
    if (!TABLES.has(name) && name !== STOP_TIMES) {
      if (name.endsWith('.txt') && !OTHER_TABLES.has(name)) say(`Table ${name.slice(0, 60)} is none of GTFS`)
    } else if (size > MAX_TABLE_BYTES) say(`Table ${name} has more than ${MAX_TABLE_BYTES} bytes`)
    else {
      const content = contentOf(bytes, { path, size })
      if (content?.length === size) tables.set(name, content)
      else say(`Table ${name} is spoilt in the zip`)
    }
  }
  for (const name of TABLES.keys())
    if (!names.some((entry) => entry.name === name)) say(`Timetable has no ${name}`)
  return { tables, faults }
}

/** Lists what is in a zip; undefined for half of one. Tables may stand in a folder. */
function namesIn(
  bytes: Uint8Array,
): readonly { readonly path: string; readonly name: string; readonly size: number }[] | undefined {
  const names: { path: string; name: string; size: number }[] = []
  try {
    unzipSync(bytes, {
      filter: ({ name: path, originalSize: size }) => {
        names.push({ path, name: path.slice(path.lastIndexOf('/') + 1).toLowerCase(), size })
        return false
      },
    })
    return names
  } catch {
    return undefined
  }
}

/** Another one of the same path may be of any size. */
function contentOf(
  bytes: Uint8Array,
  { path, size }: { readonly path: string; readonly size: number },
): Uint8Array | undefined {
  try {
    return unzipSync(bytes, { filter: ({ name, originalSize }) => name === path && originalSize === size })[
      path
    ]
  } catch {
    return undefined
  }
}

function rowsOf(name: string, table: Table, content: Uint8Array): readonly Decoded[] {
  const seen = new Set<string>()
  return csv({ delimiter: ',', columns: [...table.required] })
    .decode(content, { name })
    .map((row) => {
      const named = ofTable(name, row)
      if (isUnreadable(named)) return named
      const key = textMember(named.value, table.key) ?? ''
      if (!seen.has(key)) {
        seen.add(key)
        return named
      }
      const { value, ...place } = named
      return { ...place, fault: new RecordFault('unreadable', `Row repeats ${table.key} of a row before it`) }
    })
}

/** A row says which table it is of, also where it stands alone. */
function ofTable(name: string, row: Decoded): Decoded {
  const preamble = row.preamble && { preamble: Buffer.concat([Buffer.from(`${name}\n`), row.preamble]) }
  if (isUnreadable(row)) {
    const { reason, message } = row.fault
    return { ...row, ...preamble, fault: new RecordFault(reason, `${name}: ${message}`, row.fault) }
  }
  return { ...row, ...preamble, value: { table: name, ...(isJsonMap(row.value) ? row.value : {}) } }
}

function decodeRow(raw: Uint8Array, preamble: Uint8Array | undefined): Decoded {
  const bytes = preamble ?? new Uint8Array()
  const end = bytes.indexOf(10)
  const name = Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString('utf8')
  const header = bytes.subarray(end + 1)
  return ofTable(name, csv({ delimiter: ',' }).decodeOne(raw, header, { name }))
}

/** Columns that GTFS does not have may mean anything: they are told, and the rows are read without them. */
function newColumns(name: string, table: Table, content: Uint8Array): readonly Decoded[] {
  const end = content.indexOf(10)
  const header = content.subarray(0, end < 0 ? content.length : end)
  const names = Buffer.from(header)
    .toString('utf8')
    .replace(/^\uFEFF|\r$/g, '')
    .split(',')
  return names
    .map((column) => column.trim().replace(/^"|"$/g, ''))
    .filter((column) => column !== '' && !table.required.has(column) && !table.optional.has(column))
    .map((column) => {
      const text = `${name}: column ${column.slice(0, 60)} is none of GTFS`
      return { raw: header, line: 1, fault: new RecordFault('unmapped', text) }
    })
}

/** Trips by their first departure, in local time that may be past 24:00:00. */
function firstDepartures(content: Uint8Array): ReadonlyMap<string, string> {
  const first = new Map<string, { sequence: number; time: string }>()
  const see = (row: JsonMap): undefined => {
    const [trip, time] = [textMember(row, 'trip_id'), textMember(row, 'departure_time')]
    const sequence = Number(textMember(row, 'stop_sequence') ?? Number.NaN)
    if (trip === undefined || time === undefined || Number.isNaN(sequence)) return
    const before = first.get(trip)
    if (!before || sequence < before.sequence) first.set(trip, { sequence, time })
  }
  try {
    parse(Buffer.from(content), {
      bom: true,
      columns: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_record: see,
    })
  } catch {
    return new Map()
  }
  return new Map([...first].map(([trip, { time }]) => [trip, time.length === 7 ? `0${time}` : time]))
}

function withDeparture(row: Decoded, departures: ReadonlyMap<string, string>): Decoded {
  if (isUnreadable(row) || !isJsonMap(row.value)) return row
  const time = departures.get(textMember(row.value, 'trip_id') ?? '')
  return time === undefined ? row : { ...row, value: { ...row.value, first_departure: time } }
}
