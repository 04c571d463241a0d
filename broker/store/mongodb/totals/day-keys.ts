import { createHash } from 'node:crypto'
import type { Filter } from 'mongodb'
import type { KeptDay } from '../mongo-documents.ts'

/** A day of an attribute of an entity, by its number. */
export interface SeriesDay {
  readonly entity: string
  readonly attribute: string
  readonly day: number
}

/** Days from one on, up to one that does not belong to them. */
export interface DayRange {
  readonly from: number
  readonly to: number
}

/** So many digits has the number of a day; those before 1970 are not below 0 with this added. */
const DIGITS = 7
const ADDED = 1_000_000
const MOST = 10 ** DIGITS - 1
/** Behind all that keys are made of. */
const END = '~'

/** Answers the key of a day: those of an entity, and of each of its attributes, follow each other in the order of time. */
export function dayKey({ entity, attribute, day }: SeriesDay): string {
  return seriesKey(entity, attribute) + digitsOf(day)
}

/** Answers the day that a key is of. */
export function dayOfKey(key: string): number {
  return Number(key.slice(-DIGITS)) - ADDED
}

/** Selects what days there are of an attribute. */
export function daysOfSeries(entity: string, attribute: string, { from, to }: DayRange): Filter<KeptDay> {
  const series = seriesKey(entity, attribute)
  return { _id: { $gte: series + digitsOf(from), $lt: series + digitsOf(to) } }
}

/** Selects all days of an entity, or of some of its attributes. */
export function daysOfEntity(entity: string, attributes?: readonly string[]): Filter<KeptDay> {
  if (!attributes) return startingWith(nameOf(entity))
  return { $or: attributes.map((attribute) => startingWith(seriesKey(entity, attribute))) }
}

function startingWith(start: string): Filter<KeptDay> {
  return { _id: { $gte: start, $lt: start + END } }
}

function seriesKey(entity: string, attribute: string): string {
  return nameOf(entity) + nameOf(attribute)
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 11)
}

/** Whatever is beyond all days is where they begin or end. */
function digitsOf(day: number): string {
  return String(Math.min(Math.max(day + ADDED, 0), MOST)).padStart(DIGITS, '0')
}
