import { randomUUID } from 'node:crypto'
import type { AnyBulkWriteOperation, UpdateFilter } from 'mongodb'
import type { Micros } from '../../../core/model/time.ts'
import { dayOf } from '../../port/days.ts'
import { instanceTime } from '../../port/history-instances.ts'
import type { ChangeRecord, HistoryChange, Placed } from '../log/change-record.ts'
import type { KeptDay, KeptPlace, TenantCollections } from '../mongo-documents.ts'
import { duplicatesOf } from '../mongo-errors.ts'
import { dayKey, daysOfEntity, type SeriesDay } from './day-keys.ts'
import { numberOf } from './row-sums.ts'

/** What a record did to history. */
export interface HistoryOfRecord extends HistoryChange {
  readonly record: Pick<ChangeRecord, 'id' | 'attributes'>
}

/** Keys of days, by the places of history that are on them. */
export type AddedDays = ReadonlyMap<string, string>

/** Marks that are remembered so that they are not written again. */
const KNOWN = 100_000

/**
 * Marks days that history has changed on, so that what they were summed up to is gone. Days that are not over cannot have been
 * summed up: of those each series has one mark, which is remembered.
 */
export class MarkedDays {
  readonly #clock: () => Micros
  readonly #known = new WeakMap<TenantCollections, Set<string>>()

  constructor(clock: () => Micros) {
    this.#clock = clock
  }

  /**
   * Marks the days of what history has become, after it is so and before the records of it are gone. Answers those that it may
   * have added, by what is on them.
   */
  async mark(collections: TenantCollections, changes: readonly HistoryOfRecord[]): Promise<AddedDays> {
    const { totals } = collections
    const marks = new Map<string, AnyBulkWriteOperation<KeptDay>>()
    const added = new Map<string, string>()
    for (const change of changes) {
      const { record, cleared } = change
      if (cleared) {
        await totals.deleteMany(daysOfEntity(record.id, cleared.attributes))
        this.#known.delete(collections)
      }
      for (const { upsert, place, ...day } of this.#toMark(collections, change)) {
        const key = dayKey(day)
        if (upsert || !marks.has(key)) marks.set(key, markOf(day, upsert))
        if (upsert) added.set(place, key)
      }
    }
    if (marks.size === 0) return added
    try {
      await totals.bulkWrite([...marks.values()], { ordered: false })
    } catch (error) {
      this.#known.delete(collections)
      duplicatesOf(error) // a day that somebody else has added meanwhile is not summed up
    }
    return added
  }

  /** Takes away what was added of days on which something is gone: who erased it may have done so before they were marked. */
  async unmarkGone(collections: TenantCollections, added: AddedDays): Promise<void> {
    if (added.size === 0) return
    const { history, totals } = collections
    const gone = await history
      .find({ _id: { $in: [...added.keys()] }, gone: { $exists: true } })
      .project<Pick<KeptPlace, '_id'>>({ _id: 1 })
      .toArray()
    if (gone.length === 0) return
    await totals.deleteMany({ _id: { $in: gone.flatMap(({ _id }) => added.get(_id) ?? []) } })
    this.#known.delete(collections)
  }

  /** Answers days that are to be marked; `upsert`: there is a number on it, so that it is worth to be summed up. */
  *#toMark(
    collections: TenantCollections,
    { record: { id: entity, attributes = [] }, places }: HistoryOfRecord,
  ): Iterable<SeriesDay & { readonly place: string; readonly upsert: boolean }> {
    const today = dayOf(this.#clock())
    for (const { _id, instance } of places) {
      if (instance?.deletedAt !== undefined) continue // counts nowhere
      const day = dayOf(instance?.time ?? instanceTime(_id) ?? 0) // every place has one
      const names = instance ? [instance.attribute] : attributes.map(({ attribute }) => attribute)
      for (const attribute of names) {
        const of = { place: _id, entity, attribute, day }
        if (day < today) yield { ...of, upsert: isNumber(instance) }
        else if (isNumber(instance) && this.#isNew(collections, of)) yield { ...of, upsert: true }
      }
    }
  }

  #isNew(collections: TenantCollections, { entity, attribute, day }: SeriesDay): boolean {
    const known = this.#known.get(collections) ?? new Set()
    this.#known.set(collections, known)
    const key = `${day} ${attribute} ${entity}`
    if (known.has(key)) return false
    if (known.size >= KNOWN) known.clear()
    known.add(key)
    return true
  }
}

/** Marks days whose instances were written anew: those that are there, or, with `upsert`, all. */
export async function markAgain(
  { totals }: TenantCollections,
  days: readonly SeriesDay[],
  { upsert } = { upsert: false },
): Promise<void> {
  const marks = new Map(days.map((day) => [dayKey(day), markOf(day, upsert)]))
  if (marks.size === 0) return
  await totals.bulkWrite([...marks.values()], { ordered: false }).catch(duplicatesOf) // as above
}

/** Adds days that are to be summed up, where they are not there. */
export async function addDays({ totals }: TenantCollections, days: readonly SeriesDay[]): Promise<void> {
  const added = new Map(
    days.map(({ entity, attribute, day }) => {
      const _id = dayKey({ entity, attribute, day })
      return [_id, { _id, entity, attribute, due: day, mark: randomUUID() }]
    }),
  )
  if (added.size > 0) await totals.insertMany([...added.values()], { ordered: false }).catch(duplicatesOf)
}

function markOf({ entity, attribute, day }: SeriesDay, upsert: boolean): AnyBulkWriteOperation<KeptDay> {
  const update: UpdateFilter<KeptDay> = {
    $set: { entity, attribute, due: day, mark: randomUUID() },
    $unset: { sums: '', hours: '', timeless: '' },
  }
  return { updateOne: { filter: { _id: dayKey({ entity, attribute, day }) }, update, upsert } }
}

function isNumber(instance: Placed['instance']): boolean {
  return instance?.observedAt !== undefined && numberOf(instance) !== undefined
}
