import type { Collection, MatchKeysAndValues, OptionalUnlessRequiredId, UpdateFilter, WithId } from 'mongodb'
import type { UnitResult } from '../../port/store.ts'
import type { Kept } from '../mongo-documents.ts'
import { refusedAsDuplicate } from '../mongo-errors.ts'

/** overtaken: a later version came between; crowded: too many changes wait in the document to be drained. */
export type Attempt = UnitResult | 'overtaken' | 'crowded'

/** A document as it was found, and where. */
export interface Found<T extends Kept> {
  readonly collection: Collection<T>
  readonly _id: string
  readonly found: WithId<T> | null
}

/** What a write makes of a document. */
export interface Next<T> {
  readonly version: number
  readonly fields: Partial<T>
  /** Fields that go unless they are among those. */
  readonly optional: readonly string[]
  /** What travels inside until it is drained. */
  readonly record?: string | undefined
}

const MAX_CHANGES = 8
const MAX_LENGTH = 4_000_000 // MongoDB takes no document of more than 16 MiB

/** Writes a document if nobody did since it was found. */
export async function writeKept<T extends Kept>(
  { collection, _id, found }: Found<T>,
  next: Next<T>,
): Promise<Attempt> {
  const { version } = next
  if (!found) {
    const done = await collection.insertOne(firstOf(_id, next)).then(() => true, refusedAsDuplicate)
    return done ? { outcome: 'kept', version } : 'overtaken'
  }
  const { fields, changes } = written(next)
  const kept = collection as unknown as Collection<Kept> // what is common to both kinds, and fields of T
  if (found.written >= version) return 'overtaken'
  if (isCrowded(found.changes)) return 'crowded'
  const gone = next.optional.filter((name) => !Object.hasOwn(fields, name))
  const update: UpdateFilter<Kept> = {
    $set: fields as MatchKeysAndValues<Kept>, // as above
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone.map((name) => [name, ''])) }),
    ...(changes.length > 0 && { $push: { changes: { $each: changes } } }),
  }
  const { matchedCount } = await kept.updateOne({ _id, written: found.written }, update)
  return matchedCount === 1 ? { outcome: 'kept', version } : 'overtaken'
}

/** Answers the document that a write makes where there is none. */
export function firstOf<T extends Kept>(_id: string, next: Next<T>): OptionalUnlessRequiredId<T> {
  const { fields, changes } = written(next)
  return { _id, ...fields, changes } as unknown as OptionalUnlessRequiredId<T> // all fields are given
}

function written<T>({ version, fields, record }: Next<T>) {
  const isLogged = record !== undefined
  return {
    fields: { ...fields, written: version, ...(isLogged && { pending: true as const }) },
    changes: isLogged ? [record] : [],
  }
}

function isCrowded(changes: readonly string[]): boolean {
  return changes.length >= MAX_CHANGES || changes.reduce((sum, { length }) => sum + length, 0) > MAX_LENGTH
}
