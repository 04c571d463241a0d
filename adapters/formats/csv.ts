import { type Info, parse } from 'csv-parse/sync'
import { RecordFault } from '../kit/values/fault.ts'
import type { Json } from '../kit/values/json.ts'
import type { Decoded, Format, InputName } from './format.ts'
import { columnName, headerFault } from './table-header.ts'
import { tablePieces } from './table-pieces.ts'
import { decodeText, isText } from './text.ts'

/** How tables of a feed are written. */
export interface CsvOptions {
  /** Absent: the one of `;`, tab and `,` that the header has most of. */
  readonly delimiter?: string
  /** Columns that a table must have. */
  readonly columns?: readonly string[]
}

interface Row {
  readonly record: readonly string[]
  readonly info: Info
}

/** A table that can be parsed: in latin1 any byte becomes a character, so that one bad cell does not spoil it. */
interface Table {
  readonly bytes: Uint8Array
  readonly encoding: 'utf8' | 'latin1'
}

/** Tables with a header line: CSV, TSV and their relatives (RFC 4180). */
export function csv(options: CsvOptions = {}): Format {
  return {
    readsName: false,
    decode: (bytes, input) => decodeTable(bytes, options, input),
    decodeOne: (raw, preamble) => decodeRow(raw, preamble, options),
    pieces: tablePieces,
  }
}

function decodeRow(raw: Uint8Array, preamble: Uint8Array | undefined, options: CsvOptions): Decoded {
  if (!preamble) return { raw, fault: new RecordFault('unreadable', 'Row is without its header') }
  const table = Buffer.concat([preamble, Buffer.from('\n'), raw])
  const [only, ...others] = decodeTable(table, options)
  if (only && others.length === 0) return only
  const text = only ? 'Row is more than one' : 'Row is empty'
  return { raw, preamble, fault: new RecordFault('unreadable', text) }
}

function decodeTable(bytes: Uint8Array, options: CsvOptions, input?: InputName): Decoded[] {
  const table = tableOf(bytes)
  if (table instanceof RecordFault) return [{ raw: bytes, line: 1, fault: table }]
  const [rows, openAt] = parseRows(table, options.delimiter ?? delimiterOf(table))
  const decoded: Decoded[] = []
  const before = input?.linesBefore ?? 0
  let [start, names, preamble]: [number, readonly string[], Uint8Array] = [0, [], new Uint8Array()]
  for (const [at, { record, info }] of rows.entries()) {
    const raw = withoutEnds(table.bytes.subarray(start, info.bytes))
    start = info.bytes
    if (at > 0) {
      const line = info.lines + before
      decoded.push({ raw, line, preamble, ...contentOf(record, names, table) })
      continue
    }
    const header = record.map((name) => cell(name, table))
    names = header.map((name = '') => columnName(name))
    preamble = raw
    const fault = header.includes(undefined)
      ? new RecordFault('unreadable', 'Header of the table is not UTF-8 text')
      : headerFault(names, options.columns)
    if (fault) return [{ raw: bytes, line: 1, fault }]
  }
  if (openAt === undefined) return decoded
  const fault = new RecordFault('unreadable', 'Row has a quotation mark that is not closed')
  const raw = withoutEnds(table.bytes.subarray(start))
  const place = { raw, line: openAt + (rows.length > 0 ? before : 0) }
  return [...decoded, { ...place, fault, ...(rows.length > 0 && { preamble }) }]
}

/** Answers the rows, and the line of a quotation mark that is not closed. */
function parseRows(
  { bytes, encoding }: Table,
  delimiter: string,
): readonly [rows: Row[], openAt: number | undefined] {
  let openAt: number | undefined
  const rows = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
    delimiter,
    encoding,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      openAt = typeof error?.lines === 'number' ? error.lines : 0
      return undefined
    },
  }) as unknown as Row[] // the option `info` makes rows of this shape, which the types do not know
  return [rows, openAt]
}

function contentOf(
  record: readonly string[],
  names: readonly string[],
  table: Table,
): { readonly value: Json } | { readonly fault: RecordFault } {
  if (record.length !== names.length) {
    const text = `Row has ${record.length} cells where the header has ${names.length}`
    return { fault: new RecordFault('unreadable', text) }
  }
  const cells = record.map((text) => cell(text, table))
  if (cells.includes(undefined)) return { fault: new RecordFault('unreadable', 'Row is not UTF-8 text') }
  return { value: Object.fromEntries(names.map((name, at): [string, Json] => [name, cells[at] ?? ''])) }
}

/** Takes the byte order mark off. */
function tableOf(bytes: Uint8Array): Table | RecordFault {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    try {
      return { bytes: Buffer.from(decodeText(bytes)), encoding: 'utf8' }
    } catch {
      return new RecordFault('unreadable', 'Table is not UTF-16 text')
    }
  }
  const isMarked = MARK.every((byte, at) => bytes[at] === byte)
  const unmarked = isMarked ? bytes.subarray(MARK.length) : bytes
  return { bytes: unmarked, encoding: isText(unmarked) ? 'utf8' : 'latin1' }
}

const MARK = [0xef, 0xbb, 0xbf]

function cell(text: string, { encoding }: Table): string | undefined {
  if (encoding === 'utf8') return text
  const bytes = Buffer.from(text, 'latin1')
  return isText(bytes) ? bytes.toString('utf8') : undefined
}

/** Answers a row without line ends. */
function withoutEnds(bytes: Uint8Array): Uint8Array {
  let [start, end] = [0, bytes.length]
  while (start < end && isLineEnd(bytes[start])) start++
  while (end > start && isLineEnd(bytes[end - 1])) end--
  return bytes.subarray(start, end)
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 10 || byte === 13
}

function delimiterOf({ bytes }: Table): string {
  const start = Math.max(
    0,
    bytes.findIndex((byte) => !isLineEnd(byte)),
  )
  const end = bytes.findIndex((byte, at) => at >= start && isLineEnd(byte))
  const header = Buffer.from(bytes.subarray(start, end < 0 ? bytes.length : end)).toString('latin1')
  const counts = [';', '\t', ','].map((mark) => ({ mark, count: header.split(mark).length - 1 }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark
}
