import { RecordFault } from '../kit/values/fault.ts'
import type { Json, JsonMap } from '../kit/values/json.ts'
import { decodeAs, type Encoding } from './vietnamese-text.ts'

/** A column of a dBASE table. */
interface Column {
  readonly name: string
  readonly type: string
  readonly start: number
  readonly length: number
}

/** A dBASE table (.dbf) with its rows as bytes: which text they are is only known when all are seen. */
export interface DbfTable {
  readonly names: readonly string[]
  /** What the table should have, by its head. */
  readonly declaredRows: number
  /** Those that are there as a whole. */
  readonly rows: readonly Uint8Array[]
  /** Bytes of every text, and of the names of columns. */
  readonly texts: readonly Uint8Array[]
}

const HEAD = 32
const END_OF_COLUMNS = 0x0d
const DELETED = 0x2a
const TEXT = 'C'

/** Reads the head of a table and cuts out its rows. @throws RecordFault */
export function readDbf(bytes: Uint8Array): DbfTable & { readonly columns: readonly Column[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEAD) throw unreadable('Table (.dbf) is cut in its head')
  const [declaredRows, start, width] = [
    view.getUint32(4, true),
    view.getUint16(8, true),
    view.getUint16(10, true),
  ]
  if (start > bytes.length || width < 2) throw unreadable('Table (.dbf) is cut in its head')
  const columns = columnsOf(bytes.subarray(HEAD, start), width)
  const rows: Uint8Array[] = []
  for (let at = start; rows.length < declaredRows && at + width <= bytes.length; at += width)
    rows.push(bytes.subarray(at, at + width))
  const texts = rows.flatMap((row) =>
    columns.filter(({ type }) => type === TEXT).map((column) => wholeText(cellOf(row, column))),
  )
  return { names: columns.map(({ name }) => name), columns, declaredRows, rows, texts }
}

/** Tells whether a row is marked as deleted: its shape does not count either. */
export function isDeleted(row: Uint8Array): boolean {
  return row[0] === DELETED
}

/** Reads the cells of a row. @throws RecordFault */
export function readRow(row: Uint8Array, columns: readonly Column[], encoding: Encoding): JsonMap {
  return Object.fromEntries(columns.map((column) => [column.name, readCell(row, column, encoding)]))
}

function columnsOf(bytes: Uint8Array, width: number): readonly Column[] {
  const columns: Column[] = []
  let start = 1
  for (let at = 0; at + HEAD <= bytes.length && bytes[at] !== END_OF_COLUMNS; at += HEAD) {
    const length = bytes[at + 16] ?? 0
    const name = Buffer.from(bytes.subarray(at, at + 11))
    const end = name.indexOf(0)
    columns.push({
      name: name.toString('latin1', 0, end < 0 ? 11 : end).trim(),
      type: String.fromCharCode(bytes[at + 11] ?? 0),
      start,
      length,
    })
    start += length
  }
  if (columns.length === 0 || start > width) throw unreadable('Table (.dbf) has columns that do not fit')
  return columns
}

function cellOf(row: Uint8Array, { start, length }: Column): Uint8Array {
  return row.subarray(start, start + length)
}

function readCell(row: Uint8Array, column: Column, encoding: Encoding): Json {
  const bytes = cellOf(row, column)
  if (column.type === 'I') return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true)
  const text = decodeAs(wholeText(bytes), encoding)?.trim()
  if (text === undefined) throw unreadable(`Column ${column.name} is not text of ${encoding}`)
  switch (column.type) {
    case 'N':
    case 'F':
      return numberOf(text, column.name)
    case 'D':
      return text === '' || /^0*$/.test(text) ? null : text.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
    case 'L':
      return /^[TYty]$/.test(text) ? true : /^[FNfn]$/.test(text) ? false : null
    default:
      return text === '' ? null : text
  }
}

/** Stars stand for a number that did not fit. */
function numberOf(text: string, name: string): number | null {
  if (text === '' || /^\*+$/.test(text)) return null
  const number = Number(text.replace(',', '.'))
  if (!Number.isFinite(number)) throw unreadable(`Column ${name} is not a number`)
  return number
}

/** The bytes of a text without what fills it up, and without a letter of UTF-8 that its end cuts in two. */
function wholeText(cell: Uint8Array): Uint8Array {
  let end = cell.length
  while (end > 0 && (cell[end - 1] === 0x20 || cell[end - 1] === 0)) end--
  if (end < cell.length) return cell.subarray(0, end)
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = cell[end - back] ?? 0
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    const before = cell.subarray(0, end - back)
    return length > back && decodeAs(before, 'utf-8') !== undefined && before.some((one) => one > 127)
      ? before
      : cell
  }
  return cell
}

function unreadable(text: string): RecordFault {
  return new RecordFault('unreadable', text)
}
