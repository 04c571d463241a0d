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
  readonly raw: string
  readonly info: Info
}

/** How the bytes were made text: any byte becomes a character, so that one bad cell does not spoil the table. */
interface Text {
  readonly text: string
  readonly encoding: 'utf-8' | 'latin1'
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
  const table = Buffer.concat([preamble ?? new Uint8Array(), Buffer.from('\n'), raw])
  const decoded = decodeTable(table, options)[0]
  return (
    decoded ?? { raw, fault: new RecordFault('unreadable', 'Row is empty'), ...(preamble && { preamble }) }
  )
}

function decodeTable(bytes: Uint8Array, options: CsvOptions, input?: InputName): Decoded[] {
  const { text, encoding } = textOf(bytes)
  const skipped: Decoded[] = []
  const onSkip = (line: number, raw: string): void => {
    const fault = new RecordFault('unreadable', 'Row has a quotation mark that is not closed')
    skipped.push({ raw: Buffer.from(raw, encoding), line, fault })
  }
  const [header, ...rows] = parseRows(text, options.delimiter ?? delimiterOf(text), onSkip)
  if (!header) return skipped
  const names = header.record.map((name) => columnName(cell(name, encoding) ?? ''))
  const preamble = Buffer.from(header.raw.trimEnd(), encoding)
  const fault = headerFault(names, options.columns)
  if (fault) return [{ raw: bytes, line: 1, fault }]
  const decoded = [...rows.map((row) => recordOf(row, names, encoding)), ...skipped]
  const before = input?.linesBefore ?? 0
  return decoded.map((row) => ({
    ...row,
    preamble,
    ...(row.line !== undefined && { line: row.line + before }),
  }))
}

function parseRows(text: string, delimiter: string, onSkip: (line: number, raw: string) => void): Row[] {
  return parse(text, {
    bom: true,
    delimiter,
    info: true,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      onSkip(typeof error?.lines === 'number' ? error.lines : 0, raw ?? '')
      return undefined
    },
  }) as unknown as Row[] // the options `info` and `raw` make rows of this shape, which the types do not know
}

function recordOf(row: Row, names: readonly string[], encoding: Text['encoding']): Decoded {
  const place = { raw: Buffer.from(row.raw.replace(/[\r\n]+$/, ''), encoding), line: row.info.lines }
  if (row.record.length !== names.length) {
    const text = `Row has ${row.record.length} cells where the header has ${names.length}`
    return { ...place, fault: new RecordFault('unreadable', text) }
  }
  const cells = row.record.map((text) => cell(text, encoding))
  if (cells.includes(undefined)) {
    return { ...place, fault: new RecordFault('unreadable', 'Row is not UTF-8 text') }
  }
  const value = Object.fromEntries(names.map((name, at): [string, Json] => [name, cells[at] ?? '']))
  return { ...place, value }
}

function textOf(bytes: Uint8Array): Text {
  if (isText(bytes) || bytes[0] === 0xff) return { text: decodeText(bytes), encoding: 'utf-8' }
  return { text: Buffer.from(bytes).toString('latin1'), encoding: 'latin1' }
}

function cell(text: string, encoding: Text['encoding']): string | undefined {
  if (encoding === 'utf-8') return text
  const bytes = Buffer.from(text, 'latin1')
  return isText(bytes) ? bytes.toString('utf8') : undefined
}

function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  const counts = [';', '\t', ','].map((mark) => ({ mark, count: header.split(mark).length - 1 }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark
}
