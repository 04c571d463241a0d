import { RecordFault } from '../kit/values/fault.ts'
import type { Json } from '../kit/values/json.ts'
import type { Decoded, Format } from './format.ts'
import { columnName, headerFault } from './table-header.ts'
import { readSheet, type SheetRow } from './xlsx-sheet.ts'

/** How workbooks of a feed are written. */
export interface XlsxOptions {
  /** Name of the sheet; absent: the first. */
  readonly sheet?: string
  /** Columns that a table must have: its header is the first row that has them; absent: the first that is as wide as the table. */
  readonly columns?: readonly string[]
}

/** Rows that may stand above a header. */
const MOST_ABOVE = 50

/** A table of a workbook: its columns by their number, and what is needed to read one of its rows alone. */
interface Header {
  readonly names: ReadonlyMap<number, string>
  readonly preamble: Uint8Array
}

/** Tables of workbooks (XLSX, ECMA-376) with a header; cells are numbers, texts, true or false, and times as texts. */
export function xlsx(options: XlsxOptions = {}): Format {
  return {
    readsName: false,
    decode: (bytes) => {
      try {
        return decodeSheet(bytes, options)
      } catch (fault) {
        if (!(fault instanceof RecordFault)) throw fault
        return [{ raw: bytes, fault }]
      }
    },
    decodeOne: decodeRow,
  }
}

function decodeSheet(bytes: Uint8Array, { sheet, columns }: XlsxOptions): Decoded[] {
  const rows = readSheet(bytes, sheet)
  const start = headerRow(rows, columns ?? [])
  const first = rows[start]
  if (!first) return []
  const cells = [...first.cells].map(([column, cell]): [number, string] => [column, columnName(String(cell))])
  const names = new Map(cells.filter(([, name]) => name !== ''))
  const fault = headerFault([...names.values()], columns)
  if (fault) return [{ raw: bytes, line: first.line, fault }]
  const header = { names, preamble: Buffer.from(JSON.stringify([...names.values()])) }
  return rows.slice(start + 1).map((row) => recordOf(row, header))
}

/** The first row that has all columns, else the one that has most of them and its fault; without columns the first that is no title. */
function headerRow(rows: readonly SheetRow[], columns: readonly string[]): number {
  if (columns.length === 0) return firstWide(rows)
  let [best, most] = [0, -1]
  for (const [at, { cells }] of rows.slice(0, MOST_ABOVE).entries()) {
    const names = new Set([...cells.values()].map((cell) => columnName(String(cell))))
    const count = columns.filter((column) => names.has(column)).length
    if (count > most) [best, most] = [at, count]
  }
  return best
}

/** Titles, and names of offices side by side, fill few of the columns that the table has. */
function firstWide(rows: readonly SheetRow[]): number {
  const widths = rows.slice(0, MOST_ABOVE).map(({ cells }) => cells.size)
  const widest = Math.max(...widths, 0)
  return Math.max(
    0,
    widths.findIndex((width) => width * 2 >= widest),
  )
}

function recordOf({ cells, line }: SheetRow, { names, preamble }: Header): Decoded {
  const row = [...names].map(([column]) => cells.get(column) ?? '')
  const place = { raw: Buffer.from(JSON.stringify(row)), line, preamble }
  if ([...cells.keys()].some((column) => !names.has(column)))
    return { ...place, fault: new RecordFault('unreadable', 'Row has a cell where the header has none') }
  return { ...place, value: rowValue([...names.values()], row) }
}

/** Quarantine keeps a row as the array of its cells, below that of its columns. */
function decodeRow(raw: Uint8Array, preamble: Uint8Array | undefined): Decoded {
  const place = { raw, ...(preamble && { preamble }) }
  const [row, names] = [arrayOf(raw), preamble && arrayOf(preamble)]
  if (!row || !names) {
    return { ...place, fault: new RecordFault('unreadable', 'Workbook has to be sent again as a whole') }
  }
  return { ...place, value: rowValue(names.map(String), row) }
}

function arrayOf(bytes: Uint8Array): readonly Json[] | undefined {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json // JSON.parse answers nothing else
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function rowValue(names: readonly string[], row: readonly Json[]): Json {
  return Object.fromEntries(names.map((name, at) => [name, row[at] ?? '']))
}
