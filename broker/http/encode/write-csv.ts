import type { JsonValue } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import { type Column, KIND } from './history-columns.ts'

/** What ends a line (RFC 4180). */
export const LINE_END = '\r\n'

/** Writes tables as CSV (RFC 4180) without the end of the last line: the names first, as soon as there is a row or an end. */
export async function* writeCsv<Row>(
  all: readonly Column<Row>[],
  tables: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  const columns = all.filter(({ name }) => name !== KIND)
  let names: string | undefined = columns.map(({ name }) => name).join(',')
  for await (const rows of tables) {
    const lines = rows.map((row) => columns.map((column) => cell(column, row)).join(','))
    if (names !== undefined) lines.unshift(names)
    names = undefined
    if (lines.length > 0) yield lines.join(LINE_END)
  }
  if (names !== undefined) yield names
}

function cell<Row>(column: Column<Row>, row: Row): string {
  if (column.as === 'value') return quoted(valueText(column.of(row)))
  if (column.as === 'text') return quoted(unmistakable(column.of(row) ?? ''))
  const at = column.of(row)
  return at === undefined ? '' : formatDateTime(at)
}

/** What a spreadsheet would take for a formula, and what would make two lines of one. */
const MISTAKEN = /^[=+\-@\t＝＋－＠]|[\r\n]/
/** How JSON begins. */
const JSON_START = /^\s*(?:[[{"\d-]|true|false|null)/

/** Writes a value so that it is read again as what it is: what is JSON is JSON, and all else a text. */
function valueText(value: JsonValue): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return value === '' || (JSON_START.test(value) && isJson(value))
    ? JSON.stringify(value)
    : unmistakable(value)
}

function unmistakable(text: string): string {
  return MISTAKEN.test(text) ? JSON.stringify(text) : text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function quoted(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
