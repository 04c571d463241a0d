import { SaxesParser } from 'saxes'
import { RecordFault } from '../kit/values/fault.ts'
import type { Json } from '../kit/values/json.ts'
import { isDateFormat, serialText } from './xlsx-date.ts'
import { isZip, unzip } from './zip.ts'

/** A row of a sheet: its number, counted from 1, and the cells that have a value by their column, counted from 0. */
export interface SheetRow {
  readonly line: number
  readonly cells: ReadonlyMap<number, Json>
}

/** What is taken of one workbook, in bytes, cells and characters of cells: more is meant to fill a memory. */
const MOST_BYTES = 268_435_456
const MOST_CELLS = 5_000_000
const MOST_CHARACTERS = 134_217_728
const PARTS =
  /^xl\/(?:workbook\.xml|_rels\/workbook\.xml\.rels|styles\.xml|sharedStrings\.xml|worksheets\/[^/]+\.xml)$/

/** What is common to the sheets of a workbook. */
interface Workbook {
  readonly parts: ReadonlyMap<string, Uint8Array>
  /** Names of sheets, and the paths of their parts. */
  readonly sheets: readonly { readonly name: string; readonly path: string }[]
  readonly texts: readonly string[]
  /** Formats of cells by their style; undefined where it is none of a date. */
  readonly dates: readonly (string | undefined)[]
  readonly since1904: boolean
}

/**
 * Reads the rows of a sheet, the first when none is named (ECMA-376, SpreadsheetML). Dates become texts of ISO 8601 without an offset;
 * formulas are their last values; faults of formulas are nothing. Gaps take no memory. @throws RecordFault
 */
export function readSheet(bytes: Uint8Array, sheet?: string): readonly SheetRow[] {
  if (!isZip(bytes)) throw unreadable('Input is not a workbook (XLSX)')
  const workbook = readWorkbook(unzip(bytes, (path) => PARTS.test(path), MOST_BYTES))
  const found = workbook.sheets.find(({ name }) => sheet === undefined || name.trim() === sheet)
  const part = found && workbook.parts.get(found.path)
  if (!part) throw unreadable(`Workbook has no sheet ${sheet ?? ''}`.trim())
  return rowsOf(part, workbook)
}

function readWorkbook(parts: ReadonlyMap<string, Uint8Array>): Workbook {
  const part = (path: string): Uint8Array => parts.get(path) ?? new Uint8Array()
  const targets = new Map<string, string>()
  walk(part('xl/_rels/workbook.xml.rels'), {
    open: (name, { Id = '', Target = '' }) =>
      name === 'Relationship' && targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`),
  })
  const sheets: { name: string; path: string }[] = []
  let since1904 = false
  walk(part('xl/workbook.xml'), {
    open: (tag, { name = '', 'r:id': id = '', date1904 }) => {
      if (tag === 'sheet') sheets.push({ name, path: targets.get(id) ?? '' })
      if (tag === 'workbookPr') since1904 = date1904 === '1' || date1904 === 'true'
    },
  })
  return {
    parts,
    sheets,
    since1904,
    texts: textsOf(part('xl/sharedStrings.xml')),
    dates: datesOf(part('xl/styles.xml')),
  }
}

function textsOf(part: Uint8Array): readonly string[] {
  const texts: string[] = []
  let [isText, isPhonetic] = [false, false]
  walk(part, {
    open: (name) => {
      if (name === 'si') texts.push('')
      if (name === 'rPh') isPhonetic = true
      isText = name === 't' && !isPhonetic
    },
    text: (text) => {
      if (isText) texts[texts.length - 1] += text
    },
    close: (name) => {
      if (name === 'rPh') isPhonetic = false
      isText = false
    },
  })
  return texts
}

function datesOf(part: Uint8Array): readonly (string | undefined)[] {
  const own = new Map<string, string>()
  const dates: (string | undefined)[] = []
  let isOfCells = false
  walk(part, {
    open: (name, { numFmtId = '0', formatCode = '' }) => {
      if (name === 'numFmt') own.set(numFmtId, formatCode)
      if (name === 'cellXfs') isOfCells = true
      if (name === 'xf' && isOfCells) dates.push(isDateFormat(Number(numFmtId), own.get(numFmtId)))
    },
    close: (name) => {
      if (name === 'cellXfs') isOfCells = false
    },
  })
  return dates
}

/** A cell while it is read. */
interface Cell {
  readonly column: number
  readonly kind: string
  readonly style: number
  text: string
}

function rowsOf(part: Uint8Array, workbook: Workbook): readonly SheetRow[] {
  const rows: SheetRow[] = []
  let [line, count, characters] = [0, 0, 0]
  let cells = new Map<number, Json>()
  let cell: Cell | undefined
  let isValue = false
  walk(part, {
    open: (name, { r, t = 'n', s = '-1' }) => {
      if (name === 'row') [line, cells] = [r === undefined ? line + 1 : Number(r), new Map()]
      if (name === 'c') cell = { column: columnOf(r) ?? cells.size, kind: t, style: Number(s), text: '' }
      isValue = name === 'v' || name === 't'
    },
    text: (text) => {
      if (isValue && cell) cell.text += text
    },
    close: (name) => {
      isValue = false
      if (name === 'c' && cell) {
        const value = cellValue(cell, workbook)
        if (value !== undefined) cells.set(cell.column, value)
        if (typeof value === 'string') characters += value.length
        if (++count > MOST_CELLS || characters > MOST_CHARACTERS)
          throw new RecordFault('too-large', 'Sheet has too many cells')
        cell = undefined
      }
      if (name === 'row' && cells.size > 0) rows.push({ line, cells })
    },
  })
  return rows
}

function cellValue({ kind, style, text }: Cell, { texts, dates, since1904 }: Workbook): Json | undefined {
  if (text === '' || kind === 'e') return undefined
  if (kind === 's') return texts[Number(text)]
  if (kind === 'b') return text === '1'
  if (kind !== 'n') return text
  const number = Number(text)
  if (!Number.isFinite(number)) return text
  const date = dates[style]
  return date === undefined ? number : serialText(number, date, since1904)
}

const A = 64

/** Column of an address such as `AB12`, counted from 0. */
function columnOf(address: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(address ?? '')?.[0]
  if (letters === undefined) return undefined
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - A, 0) - 1
}

interface Listener {
  open(name: string, attributes: Readonly<Record<string, string>>): unknown
  text?(text: string): void
  close?(name: string): void
}

/** Walks over XML by its local names. @throws RecordFault where it is not well-formed, such as in half a file */
function walk(part: Uint8Array, listener: Listener): void {
  if (part.length === 0) return
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => listener.open(localName(name), attributes))
  parser.on('text', (text) => listener.text?.(text))
  parser.on('closetag', ({ name }) => listener.close?.(localName(name)))
  parser.on('error', (cause) => {
    throw new RecordFault('unreadable', 'Workbook has a part that is not whole', cause)
  })
  const decoder = new TextDecoder()
  for (let at = 0; at < part.length; at += CHUNK) {
    parser.write(decoder.decode(part.subarray(at, at + CHUNK), { stream: true }))
  }
  parser.close()
}

const CHUNK = 1_048_576

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function unreadable(text: string): RecordFault {
  return new RecordFault('unreadable', text)
}
