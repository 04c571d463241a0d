import type { RE2JS } from 're2js'
import { isIri, isName } from '../model/iri.ts'
import { parseDate, parseDateTime, parseTime } from '../model/time.ts'
import type { QScalar, QValue } from './ast.ts'
import { checkNotEmpty, compilePattern } from './pattern.ts'
import type { Scanner } from './scanner.ts'

const VALUE = 'a value (number, "text", true, false, DateTime, Date, Time or URI)'
const COMPARABLE = 'a value with an order (number, "text", DateTime, Date or Time)'
const SINGLE = 'a single value, as lists and ranges go with == and != only,'

/** EqualityValue : Value | Value 1*( "," Value ) | Comparable ".." Comparable */
export function parseEqualityValue(scanner: Scanner): QValue {
  const first = parseScalar(scanner)
  scanner.skipBlanks()
  if (scanner.take('..')) return parseRange(scanner, first)
  if (scanner.peek() !== ',') return first
  const values = [first]
  while (scanner.take(',')) {
    scanner.skipBlanks()
    values.push(parseScalar(scanner))
    scanner.checkListItems(values.length)
    scanner.skipBlanks()
  }
  return Object.freeze({ kind: 'list', values: Object.freeze(values) })
}

/** Comparable : Number | String | DateTime | Date | Time; a URI is let through, it is text */
export function parseComparable(scanner: Scanner): QScalar {
  const start = scanner.position
  const scalar = parseScalar(scanner)
  if (scalar.kind === 'boolean') throw scanner.fault(COMPARABLE, start)
  scanner.skipBlanks()
  if (scanner.peek() === ',' || scanner.text.startsWith('..', scanner.position)) throw scanner.fault(SINGLE)
  return scalar
}

/** Range : Comparable ".." Comparable, both of one kind */
function parseRange(scanner: Scanner, from: QScalar): QValue {
  scanner.skipBlanks()
  const start = scanner.position
  const to = parseScalar(scanner)
  if (!isOrdered(from) || from.kind !== to.kind)
    throw scanner.fault(`${COMPARABLE} like the one before ".."`, start)
  return Object.freeze({ kind: 'range', from, to })
}

function isOrdered(scalar: QScalar): boolean {
  return scalar.kind !== 'boolean' && scalar.kind !== 'uri'
}

/** Value : String | BareValue */
function parseScalar(scanner: Scanner): QScalar {
  if (scanner.peek() === '"') return Object.freeze({ kind: 'string', value: parseString(scanner) })
  const start = scanner.position
  const scalar = readScalar(readBare(scanner))
  if (!scalar) throw scanner.fault(VALUE, start)
  return Object.freeze(scalar)
}

const STRING = /"(?:[^"\\]|\\.)*"/sy

/** String : as in RFC 8259, section 7 */
function parseString(scanner: Scanner): string {
  const start = scanner.position
  const quoted = scanner.match(STRING)
  if (quoted === undefined) throw scanner.fault('a closing quote', scanner.text.length)
  const value = decodeString(quoted)
  if (value === undefined) throw scanner.fault('a text with the escapes of JSON only', start)
  return value
}

function decodeString(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted)
    return typeof value === 'string' && value.isWellFormed() ? value : undefined
  } catch {
    return undefined
  }
}

const BARE_END = /[\s;|,"]/

/** BareValue : characters up to a blank, ";", "|", ",", a quote, a ")" that it did not open, or ".." after a comparable */
function readBare(scanner: Scanner): string {
  const start = scanner.position
  let open = 0
  let end = start
  for (; end < scanner.text.length && !BARE_END.test(scanner.text.charAt(end)); end++) {
    const character = scanner.text.charAt(end)
    if (character === '(') open++
    if (character === ')' && --open < 0) break
  }
  const bare = beforeDots(scanner.text.slice(start, end))
  scanner.position = start + bare.length
  return bare
}

function beforeDots(bare: string): string {
  const dots = bare.indexOf('..')
  if (dots < 0) return bare
  const head = readScalar(bare.slice(0, dots))
  return head && isOrdered(head) ? bare.slice(0, dots) : bare
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Reads a bare value; a bare name is text, as in `gender==Male` (4.9, example 12). */
function readScalar(text: string): QScalar | undefined {
  if (text === 'true' || text === 'false') return { kind: 'boolean', value: text === 'true' }
  if (NUMBER.test(text)) return readNumber(text)
  const temporal = readTemporal(text)
  if (temporal) return temporal
  if (isIri(text)) return { kind: 'uri', value: text }
  return isName(text) ? { kind: 'string', value: text } : undefined
}

function readNumber(text: string): QScalar | undefined {
  const value = Number(text)
  return Number.isFinite(value) ? { kind: 'number', value } : undefined
}

function readTemporal(text: string): QScalar | undefined {
  const dateTime = parseDateTime(text)
  if (dateTime !== undefined) return { kind: 'dateTime', value: dateTime, text }
  const date = parseDate(text)
  if (date !== undefined) return { kind: 'date', value: date, text }
  const time = parseTime(text)
  return time === undefined ? undefined : { kind: 'time', value: time, text }
}

/** RegExp : a quoted pattern, verbatim, or a bare one up to ";", "|" or ")" outside its own brackets */
export function parseRegExp(scanner: Scanner): { readonly pattern: string; readonly program: RE2JS } {
  const quoted = scanner.peek() === '"'
  const start = scanner.position + (quoted ? 1 : 0)
  const pattern = quoted ? readQuotedPattern(scanner) : readBarePattern(scanner)
  checkNotEmpty(pattern, scanner.subject, start)
  return { pattern, program: compilePattern(pattern, scanner.subject, start) }
}

/** Backslashes stay: they belong to the pattern, and `\"` is a quote there too. */
function readQuotedPattern(scanner: Scanner): string {
  const quoted = scanner.match(STRING)
  if (quoted === undefined) throw scanner.fault('a closing quote', scanner.text.length)
  return quoted.slice(1, -1)
}

const PATTERN_PART = /\\.|\[\^?\]?(?:\[:[a-z^]+:\]|\\.|[^\]\\])*\]|[^;|()]|[()|]/sy

function readBarePattern(scanner: Scanner): string {
  const start = scanner.position
  let open = 0
  for (let at = start; ; at = scanner.position) {
    const part = scanner.match(PATTERN_PART)
    if (part === undefined) break
    if (part === '(') open++
    const ends = (part === '|' && open === 0) || (part === ')' && --open < 0)
    if (!ends) continue
    scanner.position = at
    break
  }
  return scanner.text.slice(start, scanner.position).trimEnd()
}
