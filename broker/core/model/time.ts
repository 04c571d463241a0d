/** An instant: whole microseconds since 1970-01-01T00:00:00Z. Exact until the year 2255. */
export type Micros = number

export const MINUTE: Micros = 60_000_000
export const HOUR: Micros = 60 * MINUTE
export const DAY: Micros = 24 * HOUR

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})?Z$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^\d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})?Z?$/

/** Reads an NGSI-LD DateTime (CIM 009 v1.9.1, 4.6.3): UTC, `Z` needed, up to six decimals; undefined if it is none. */
export function parseDateTime(text: string): Micros | undefined {
  if (!DATE_TIME.test(text)) return undefined
  const day = calendarDay(text)
  const clock = clockTime(text, 'YYYY-MM-DDT'.length)
  return day === undefined || clock === undefined ? undefined : day + clock
}

/** Reads a Date `YYYY-MM-DD` as the instant at which that day starts in UTC; undefined if it is none. */
export function parseDate(text: string): Micros | undefined {
  return DATE.test(text) ? calendarDay(text) : undefined
}

/** Reads a Time `hh:mm:ss[.ffffff]Z` as microseconds since midnight; undefined if it is none. */
export function parseTime(text: string): Micros | undefined {
  return TIME.test(text) ? clockTime(text, 0) : undefined
}

/** The two days that were written last: most instants of an answer are of one, or of where periods begin and end. */
let written = { day: Number.NaN, text: '' }
let before = written

/** Writes an instant as an NGSI-LD DateTime, with as many decimals as it needs (none, three or six). */
export function formatDateTime(at: Micros): string {
  const day = Math.floor(at / DAY)
  const second = Math.floor((at - day * DAY) / 1_000_000)
  const minute = Math.floor(second / 60)
  const clock = `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}:${twoDigits(second % 60)}`
  return `${formatDay(day)}T${clock}${decimalsOf(at - day * DAY - second * 1_000_000)}Z`
}

function formatDay(day: number): string {
  if (written.day === day) return written.text
  const other = before
  before = written
  if (other.day === day) written = other
  else {
    const text = new Date((day * DAY) / 1000).toISOString()
    written = { day, text: text.slice(0, text.indexOf('T')) }
  }
  return written.text
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : `${number}`
}

function decimalsOf(micros: number): string {
  if (micros === 0) return ''
  const text = String(micros).padStart(6, '0')
  return `.${text.endsWith('000') ? text.slice(0, 3) : text}`
}

/** Reads the `YYYY-MM-DD` that a text begins with. */
function calendarDay(text: string): Micros | undefined {
  const year = digitsAt(text, 0, 4)
  const month = digitsAt(text, 5, 7)
  const day = digitsAt(text, 8, 10)
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  return Date.UTC(year, month - 1, day) * 1000
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Reads the `hh:mm:ss[.ffffff]` that stands there. */
function clockTime(text: string, at: number): Micros | undefined {
  const hour = digitsAt(text, at, at + 2)
  const minute = digitsAt(text, at + 3, at + 5)
  const second = digitsAt(text, at + 6, at + 8)
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const decimals = at + 'hh:mm:ss.'.length
  const end = text.endsWith('Z') ? text.length - 1 : text.length
  const micros = end > decimals ? digitsAt(text, decimals, end) * 10 ** (6 - end + decimals) : 0
  return (hour * 3600 + minute * 60 + second) * 1_000_000 + micros
}

/** Reads the digits between two places of a text as a number. */
function digitsAt(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 0x30
  return value
}
