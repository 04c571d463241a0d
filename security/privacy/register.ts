import type { JsonObject } from '../../broker/core/model/json.ts'
import { badRequestData } from '../../broker/core/model/problem.ts'
import { formatDateTime, type Micros, parseDateTime } from '../../broker/core/model/time.ts'
import type { WorkingCalendar } from './working-calendar.ts'

/** When something is decided, and by which calendar. */
export interface Moment {
  readonly now: Micros
  readonly calendar: WorkingCalendar
}

/** What is outside a record and bears on it. */
export interface Surroundings extends Moment {
  /** Purposes that the configuration knows; none: any. */
  readonly purposes: readonly string[]
  /** Names of attributes with personal or unclassified data that entities of a type have. */
  readonly attributesOf: (type: string) => readonly string[]
}

/** A kind of records that the data-protection officer keeps: pure, what is kept is JSON. What is given has the shape of the OpenAPI document. */
export interface Register {
  /** Records are about a person, who is named by identifiers when they are made. */
  readonly ofPerson?: 'referred' | 'sealed'
  /** Members that are kept sealed: they may tell of persons. */
  readonly sealed: readonly string[]
  /** @throws Problem */
  create(given: JsonObject, at: Surroundings): JsonObject
  /** @throws Problem where the record is past that */
  apply(record: JsonObject, given: JsonObject, at: Surroundings): JsonObject
  /** Answers the record with what follows from it now: terms, tasks, and whether something is overdue. */
  show(record: JsonObject, at: Surroundings): ShownRecord
}

/** A record as it is answered. */
export type ShownRecord = JsonObject & {
  readonly state: 'open' | 'closed'
  /** What should have been done by now. */
  readonly overdue: readonly string[]
}

/** Answers an instant that a record has; undefined: it has none. */
export function timeIn(record: JsonObject, name: string): Micros | undefined {
  const value = record[name]
  return typeof value === 'string' ? parseDateTime(value) : undefined
}

/** Answers an instant that was given, not later than now. @throws Problem */
export function pastIn(given: JsonObject, name: string, now: Micros): Micros {
  const at = timeIn(given, name) ?? now
  if (at > now) throw badRequestData(`Member ${name} is in the future`)
  return at
}

/** Writes an instant into a record, where there is one. */
export function written(name: string, at: Micros | undefined): JsonObject {
  return at === undefined ? {} : { [name]: formatDateTime(at) }
}

/** Answers the texts of a list. */
export function textsIn(record: JsonObject, name: string): readonly string[] {
  const value = record[name]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
