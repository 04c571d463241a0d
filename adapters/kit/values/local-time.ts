import { unmapped } from './fault.ts'

/** Offset of Vietnam, which every time without an offset is in. */
const VIETNAM_MINUTES = 7 * 60

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i
const PATTERN_PARTS = /yyyy|MM|dd|HH|mm|ss/g

interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly decimals: string
  readonly offsetMinutes: number
}

/**
 * Writes a time of a source as an NGSI-LD DateTime in UTC; without an offset it is of the zone, of Vietnam where none is given.
 * Format: `iso` or a pattern of yyyy, MM, dd, HH, mm, ss such as `dd/MM/yyyy HH:mm`. @throws RecordFault
 */
export function toUtc(text: string, format = 'iso', zone?: string): string {
  if (text !== last.text || format !== last.format || zone !== last.zone)
    last = { text, format, zone, utc: inUtc(text, format, zone) }
  return last.utc
}

/** The time that was read last: many readings beside each other are of the same one. */
let last: Readonly<Record<'text' | 'format' | 'utc', string>> & { readonly zone: string | undefined } = {
  ...{ text: '', format: '', zone: undefined, utc: '' },
}

function inUtc(text: string, format: string, zone: string | undefined): string {
  const minutes = offsetMinutes(zone)
  const parts = format === 'iso' ? isoParts(text.trim(), minutes) : patternParts(text.trim(), format, minutes)
  const utc = parts && utcText(parts)
  if (utc === undefined) throw unmapped(`Time is not a valid ${format === 'iso' ? 'ISO 8601 time' : format}`)
  return utc
}

function isoParts(text: string, zoneMinutes: number): Parts | undefined {
  const found = ISO.exec(text)
  if (!found) return undefined
  const [, year, month, day, hour, minute, second, decimals, offset] = found
  return {
    ...dateParts({ year, month, day, hour, minute, second }),
    decimals: (decimals ?? '').slice(0, 6),
    offsetMinutes: offset === undefined ? zoneMinutes : offsetMinutes(offset),
  }
}

function patternParts(text: string, pattern: string, zoneMinutes: number): Parts | undefined {
  const known = patterns.get(pattern) ?? patternOf(pattern)
  patterns.set(pattern, known)
  const found = known.expression.exec(text)
  if (!found) return undefined
  const at = (name: string): string | undefined => {
    const place = known.names.indexOf(name)
    return place < 0 ? undefined : found[place + 1]
  }
  const [hour, minute, second] = [at('HH'), at('mm'), at('ss')]
  const parts = dateParts({ year: at('yyyy'), month: at('MM'), day: at('dd'), hour, minute, second })
  return { ...parts, decimals: '', offsetMinutes: zoneMinutes }
}

interface Pattern {
  readonly names: readonly string[]
  readonly expression: RegExp
}

/** Feeds and formats have few patterns, and read each time by one of them. */
const patterns = new Map<string, Pattern>()

function patternOf(pattern: string): Pattern {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    .replace(PATTERN_PARTS, (part) => `(\\d{${part.length}})`)
  return { names: pattern.match(PATTERN_PARTS) ?? [], expression: new RegExp(`^${source}$`) }
}

type Digits = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string | undefined>>

function dateParts(digits: Digits): Omit<Parts, 'decimals' | 'offsetMinutes'> {
  return {
    year: Number(digits.year ?? Number.NaN),
    month: Number(digits.month ?? 1),
    day: Number(digits.day ?? 1),
    hour: Number(digits.hour ?? 0),
    minute: Number(digits.minute ?? 0),
    second: Number(digits.second ?? 0),
  }
}

function offsetMinutes(offset: string | undefined): number {
  if (offset === undefined) return VIETNAM_MINUTES
  if (offset.toUpperCase() === 'Z') return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))
  return offset.startsWith('-') ? -minutes : minutes
}

function utcText(parts: Parts): string | undefined {
  const local = new Date(
    Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second),
  )
  if (!sameParts(local, parts) || Math.abs(parts.offsetMinutes) > 14 * 60) return undefined
  const seconds = new Date(local.getTime() - parts.offsetMinutes * 60_000).toISOString().slice(0, 19)
  const decimals = parts.decimals.replace(/0+$/, '')
  return decimals === '' ? `${seconds}Z` : `${seconds}.${decimals}Z`
}

function sameParts(date: Date, parts: Parts): boolean {
  return (
    parts.year >= 1900 &&
    parts.year < 2200 &&
    date.getUTCMonth() === parts.month - 1 &&
    date.getUTCDate() === parts.day &&
    date.getUTCHours() === parts.hour &&
    date.getUTCMinutes() === parts.minute &&
    date.getUTCSeconds() === parts.second
  )
}

/** Orders two UTC DateTimes of any number of decimals: negative when the first is earlier. */
export function compareTimes(left: string, right: string): number {
  const [first, second] = left.length === right.length ? [left, right] : [sortable(left), sortable(right)]
  if (first === second) return 0
  return first < second ? -1 : 1
}

/** Answers the later of two UTC DateTimes, of which the first may be none. */
export function laterOf(latest: string | undefined, time: string): string {
  return latest === undefined || compareTimes(time, latest) > 0 ? time : latest
}

/** Answers a UTC DateTime in milliseconds. */
export function millisecondsAt(utc: string): number {
  if (utc !== lastRead.utc) lastRead = { utc, milliseconds: Date.parse(utc) }
  return lastRead.milliseconds
}

/** The time that was asked for last: many readings beside each other are of the same one. */
let lastRead = { utc: '', milliseconds: Number.NaN }

function sortable(utc: string): string {
  const decimals = utc.length > 20 ? utc.slice(20, -1) : ''
  return utc.slice(0, 19) + decimals.padEnd(6, '0')
}
