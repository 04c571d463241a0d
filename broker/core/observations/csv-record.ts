import { invalidRequest } from '../model/problem.ts'

const QUOTE = '"'

/**
 * Splits a record into its cells (RFC 4180). Our own because of its speed: most records have no quote, and are split as
 * they are. @throws Problem InvalidRequest
 */
export function csvCells(record: string): readonly string[] {
  if (!record.includes(QUOTE)) return record.split(',')
  const cells: string[] = []
  for (let at = 0; at <= record.length; ) {
    const end = record[at] === QUOTE ? closingQuote(record, at + 1) + 1 : cellEnd(record, at)
    cells.push(record[at] === QUOTE ? unquoted(record, at, end) : plain(record, at, end))
    at = end + 1
  }
  return cells
}

/** Tells whether a quoted cell is open at the end of a line, when one was at its beginning or none. */
export function isOpenAfter(line: string, open: boolean): boolean {
  let at = open ? closingQuote(line, 0) : -1
  if (open) {
    if (at === line.length) return true
    at = cellEnd(line, at)
  }
  for (at++; at < line.length; at = cellEnd(line, at) + 1) {
    if (line[at] !== QUOTE) continue
    at = closingQuote(line, at + 1)
    if (at === line.length) return true
  }
  return false
}

/** Answers where the quote stands that ends a cell; where there is none, the end. */
function closingQuote(text: string, start: number): number {
  for (let at = start; ; at += 2) {
    at = text.indexOf(QUOTE, at)
    if (at < 0) return text.length
    if (text[at + 1] !== QUOTE) return at
  }
}

function cellEnd(text: string, start: number): number {
  const comma = text.indexOf(',', start)
  return comma < 0 ? text.length : comma
}

function plain(record: string, start: number, end: number): string {
  const cell = record.slice(start, end)
  if (cell.includes(QUOTE)) throw malformed('has a quote in a cell that does not begin with one')
  return cell
}

function unquoted(record: string, start: number, end: number): string {
  if (end > record.length) throw malformed('has a quoted cell without an end')
  if (end < record.length && record[end] !== ',') throw malformed('goes on behind the quote that ends a cell')
  return record.slice(start + 1, end - 1).replaceAll('""', QUOTE)
}

function malformed(text: string) {
  return invalidRequest(`Line ${text}`)
}
