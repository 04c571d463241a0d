import type { Filter } from 'mongodb'
import type { Period } from '../../../core/temporal/periods.ts'
import { dayOf } from '../../port/days.ts'
import type { PeriodTotals } from '../../port/period-totals.ts'
import { notCleared, pastFilter } from '../history/find-instances.ts'
import { isSelected } from '../history/is-selected.ts'
import { isPresent, type Undrained } from '../history/undrained.ts'
import { type KeptInstance, type KeptPlace, READING, type TenantCollections } from '../mongo-documents.ts'
import { RowSums } from './row-sums.ts'

/** So many stretches of time are asked for at once. */
const AT_ONCE = 100

/** What is added to which totals. */
export interface RowsToAdd {
  readonly entity: string
  readonly totals: PeriodTotals
  readonly undrained: Undrained
}

/** Counts down how many instances may still be read, for all who share it. */
export interface RowsLeft {
  rows: number
}

/**
 * Adds instances in some stretches of time one by one, with what is not drained yet laid over what is. Tells whether they
 * are all and are what totals can tell, and how many numbers each day has of those that were read. Where more are there
 * than may be read, what comes is not told by totals.
 */
export async function addRows(
  { history }: TenantCollections,
  { entity, totals, undrained }: RowsToAdd,
  stretches: readonly Period[],
  left: RowsLeft,
): Promise<{ readonly isTold: boolean; readonly days: ReadonlyMap<number, number> }> {
  const { attribute, datasetIds } = totals.query
  const what = { attributes: [attribute], ...(datasetIds && { datasetIds }) }
  const { places, cleared } = undrained
  const rows = new Rows(totals, left)
  const later = new Set<string>()
  for (let at = 0; at < stretches.length && rows.isTold; at += AT_ONCE) {
    const times = stretches.slice(at, at + AT_ONCE).map(({ from, to }) => ({
      'instance.time': { $gte: from, $lt: to },
    }))
    const filter: Filter<KeptPlace> = {
      $and: [pastFilter(entity, what), { $or: times }, ...cleared.map(notCleared)],
    }
    for await (const place of history.find(filter, READING)) {
      const own = places.get(place._id)
      if (own && own.version > place.version) continue
      if (own) later.add(place._id)
      if (isPresent(place)) rows.add(place.instance)
      if (!rows.isTold) break
    }
  }
  // what has changed is in none of the days that sums tell
  for (const place of places.values())
    if (!later.has(place._id) && isPresent(place) && isSelected(place.instance, what))
      rows.add(place.instance)
  rows.end()
  return rows
}

/** Adds up instances; those of one period follow each other, mostly. */
class Rows {
  readonly days = new Map<number, number>()
  readonly #totals: PeriodTotals
  readonly #left: RowsLeft
  #period: Period = { from: 0, to: 0 }
  #sums = new RowSums()
  #isTold = true

  constructor(totals: PeriodTotals, left: RowsLeft) {
    this.#totals = totals
    this.#left = left
  }

  get isTold(): boolean {
    return this.#isTold && this.#totals.isTold
  }

  add(instance: KeptInstance): void {
    const { observedAt, deletedAt } = instance
    if (--this.#left.rows < 0) this.#isTold = false
    if (deletedAt !== undefined) return
    if (observedAt === undefined) this.#isTold &&= this.#totals.query.window !== undefined
    else if (this.#totals.asks(observedAt)) this.#addObserved(instance, observedAt)
  }

  /** Adds what is left. */
  end(): void {
    for (const sums of this.#sums.all()) this.#totals.add(this.#period.from, sums)
    this.#sums = new RowSums()
  }

  #addObserved(instance: KeptInstance, at: number): void {
    if (at < this.#period.from || at >= this.#period.to) {
      this.end()
      this.#period = this.#totals.periodAt(at)
    }
    const day = dayOf(at)
    if (this.#sums.add(instance)) this.days.set(day, (this.days.get(day) ?? 0) + 1)
    else this.#isTold = false
  }
}
