import { DAY, HOUR } from '../../../core/model/time.ts'
import { oneAfterAnother } from '../../port/one-after-another.ts'
import type { Cell } from '../../port/period-totals.ts'
import { isPresent } from '../history/undrained.ts'
import type { KeptDay, KeptInstance, TenantCollections } from '../mongo-documents.ts'
import { dayOfKey } from './day-keys.ts'
import { addSums, RowSums } from './row-sums.ts'

/** So many days are summed up in one step. */
const AT_ONCE = 10
/** Fewer instances than these are read as fast as what they come to, which would take as much room. */
export const FEW = 8

/** What a day comes to. */
type SumsOfDay = Pick<KeptDay, 'sums' | 'hours' | 'timeless'>

/** Until when days are summed up, and what has to be alone with their documents in this process. */
export interface SummingUp {
  /** The first day that is not. */
  readonly before: number
  readonly alone: <T>(task: () => Promise<T>) => Promise<T>
}

/**
 * Sums up some of the days that are marked, each unless it is marked anew meanwhile; of those that have few instances, or cannot
 * be summed up, there is no document any more. Tells whether there may be others. @throws what went wrong with some
 */
export async function sumUpDays(
  { history, totals }: Pick<TenantCollections, 'history' | 'totals'>,
  { before, alone }: SummingUp,
): Promise<boolean> {
  const due = await totals
    .find({ due: { $lt: before } })
    .sort({ due: 1 })
    .limit(AT_ONCE)
    .toArray()
  await oneAfterAnother(due, async (day) => {
    const { _id, mark } = day
    const leave = () => totals.deleteOne({ _id, mark })
    try {
      const sums = await sumsOf(history, day)
      await alone<unknown>(() =>
        sums ? totals.updateOne({ _id, mark }, { $set: sums, $unset: { due: '' } }) : leave(),
      )
    } catch (fault) {
      await alone(leave)
      throw fault
    }
  })
  return due.length === AT_ONCE
}

async function sumsOf(
  history: TenantCollections['history'],
  { _id, entity, attribute }: KeptDay,
): Promise<SumsOfDay | undefined> {
  const from = dayOfKey(_id) * DAY
  const places = history.find({
    'instance.entity': entity,
    'instance.attribute': attribute,
    'instance.time': { $gte: from, $lt: from + DAY },
  })
  const sums = new DaySums()
  for await (const place of places) if (isPresent(place)) sums.add(place.instance)
  return sums.count < FEW ? undefined : sums.members()
}

/** Sums up instances of a day by hour. */
export class DaySums {
  /** So many instances were taken. */
  count = 0
  readonly #hours = new Map<number, RowSums>()
  #timeless = false

  /** Takes one instance. */
  add(instance: KeptInstance): void {
    const { observedAt, deletedAt } = instance
    this.count++
    if (deletedAt !== undefined) return // counts nowhere
    if (observedAt === undefined) this.#timeless = true
    else {
      const hour = Math.floor(observedAt / HOUR)
      const sums = this.#hours.get(hour) ?? new RowSums()
      this.#hours.set(hour, sums)
      sums.add(instance)
    }
  }

  /** Answers what they come to, as the document of the day has it. */
  members(): SumsOfDay {
    const cells = [...this.#hours].flatMap(([hour, sums]) => sums.all().map((one): Cell => [hour, ...one]))
    return {
      sums: JSON.stringify(addSums(cells.map(([, ...one]) => one))),
      hours: JSON.stringify(cells),
      ...(this.#timeless && { timeless: true }),
    }
  }
}
