/** An instant: whole microseconds since 1970-01-01T00:00:00Z. Exact until the year 2255. */
export type Micros = number

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,6}))?Z$/
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,6}))?Z?$/

/** Reads an NGSI-LD DateTime (CIM 009 v1.9.1, 4.6.3): UTC, `Z` needed, up to six decimals; undefined if it is none. */
export function parseDateTime(text: string): Micros | undefined {
  const parts = DATE_TIME.exec(text)
  if (!parts) return undefined
  const day = calendarDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))
  const clock = clockTime(parts[4], parts[5], parts[6], parts[7])
  return day === undefined || clock === undefined ? undefined : day + clock
}

/** Reads a Date `YYYY-MM-DD` as the instant at which that day starts in UTC; undefined if it is none. */
export function parseDate(text: string): Micros | undefined {
  const parts = DATE.exec(text)
  return parts ? calendarDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) : undefined
}

/** Reads a Time `hh:mm:ss[.ffffff]Z` as microseconds since midnight; undefined if it is none. */
export function parseTime(text: string): Micros | undefined {
  const parts = TIME.exec(text)
  return parts ? clockTime(parts[1], parts[2], parts[3], parts[4]) : undefined
}

/** Writes an instant as an NGSI-LD DateTime, with as many decimals as it needs (none, three or six). */
export function formatDateTime(at: Micros): string {
  const micros = ((at % 1000) + 1000) % 1000
  const text = new Date((at - micros) / 1000).toISOString()
  if (micros !== 0) return `${text.slice(0, -1)}${String(micros).padStart(3, '0')}Z`
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

function calendarDay(year: number, month: number, day: number): Micros | undefined {
  const millis = Date.UTC(year, month - 1, day)
  const date = new Date(millis)
  if (year < 100 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return millis * 1000
}

function clockTime(hour = '', minute = '', second = '', decimals = ''): Micros | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return seconds * 1_000_000 + Number(decimals.padEnd(6, '0'))
}
