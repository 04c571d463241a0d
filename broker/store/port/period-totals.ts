import type { Micros } from '../../core/model/time.ts'
import { compareText } from '../../core/query/compare-text.ts'
import type { PeriodTotal } from '../../core/temporal/aggregate-totals.ts'
import { type Period, periodOf } from '../../core/temporal/periods.ts'
import { FIRST, LAST } from './days.ts'
import type { AggregateQuery } from './evolution.ts'

/** Sums of one dataset; others: instances that are no plain numbers; null: no number, or too large a one. */
export type Sums = readonly [
  dataset: string,
  count: number,
  others: number,
  sum: number | null,
  sumsq: number | null,
  least: number | null,
  most: number | null,
]

/** Sums of one of the cells of equal size that follow each other; the first is 0. */
export type Cell = readonly [cell: number, ...sums: Sums]

/** So many periods of one attribute are summed up at most. */
const MOST = 100_000

interface Total {
  count: number
  sum: number
  sumsq: number
  min: number
  max: number
}

interface PeriodSums extends Period {
  readonly datasets: Map<string, Total>
}

/** Adds up what is read of one attribute of an entity, period by period. */
export class PeriodTotals {
  /** From and to when is asked: not its end. */
  readonly from: Micros
  readonly to: Micros
  readonly query: AggregateQuery
  readonly #sums = new Map<Micros, PeriodSums>()
  /** Sums come in the order of time, mostly: the next ones are of the period of the last. */
  #latest: PeriodSums | undefined
  #told = true

  constructor(query: AggregateQuery) {
    const { from = FIRST, to = LAST } = query.window ?? {}
    this.from = Math.max(from, query.periods?.start ?? from)
    this.to = to
    this.query = query
  }

  /** Whether totals can still tell all: something is no plain number, or too large, or there are too many periods. */
  get isTold(): boolean {
    return this.#told
  }

  /** Tells whether an instant is asked for. */
  asks(time: Micros): boolean {
    return time >= this.from && time < this.to
  }

  /** Tells whether a dataset is asked for. */
  wants(dataset: string): boolean {
    return this.query.datasetIds?.includes(dataset) ?? true
  }

  /** Tells whether all of what is asked for between two instants is of one period, and asked for as a whole. */
  holds(from: Micros, to: Micros): boolean {
    const { window, periods } = this.query
    if (from < (window?.from ?? from) || to > this.to) return false
    return !periods || to <= this.periodAt(Math.max(from, this.from)).to
  }

  /** Answers the period that an instant is in. */
  periodAt(at: Micros): Period {
    const latest = this.#latest
    if (latest && at >= latest.from && at < latest.to) return latest
    const { periods } = this.query
    return periods ? periodOf(at, periods.start, periods.length) : ALL
  }

  /** Adds sums of what is in the period of this instant. */
  add(at: Micros, [dataset, count, others, sum, sumsq, least, most]: Sums): void {
    if (!this.wants(dataset)) return
    if (others > 0) this.#told = false
    if (count === 0) return
    if (sum === null || sumsq === null || least === null || most === null) this.#told = false
    else this.#addTotal(at, dataset, { count, sum, sumsq, min: least, max: most })
  }

  /** Adds cells of this size that are in one period, and answers the others. */
  addWhole(cells: readonly Cell[], size: Micros): readonly Cell[] {
    const cut: Cell[] = []
    for (const cell of cells) {
      const [start, ...sums] = cell
      if (!this.wants(sums[0])) continue
      if (this.holds(start * size, (start + 1) * size)) this.add(start * size, sums)
      else cut.push(cell)
    }
    return cut
  }

  /** Adds one number. */
  addValue(dataset: string, time: Micros, value: number): void {
    this.#addTotal(time, dataset, { count: 1, sum: value, sumsq: value * value, min: value, max: value })
  }

  /** Answers the totals by period and dataset; undefined: they would not tell all. */
  answer(): readonly PeriodTotal[] | undefined {
    return this.#told ? this.all() : undefined
  }

  /** Answers the totals by period and dataset, whether they tell all or not. */
  all(): readonly PeriodTotal[] {
    const { periods } = this.query
    const totals: PeriodTotal[] = []
    for (const { from, to, datasets } of inOrder(this.#sums)) {
      for (const [dataset, total] of datasets.size < 2 ? datasets : [...datasets].sort(byName))
        totals.push({
          ...(dataset !== '' && { datasetId: dataset }),
          ...(periods && { period: { from, to } }),
          ...total,
        })
    }
    return totals
  }

  #addTotal(at: Micros, dataset: string, added: Total): void {
    if (!Number.isFinite(added.sum) || !Number.isFinite(added.sumsq)) this.#told = false
    const { datasets } = this.#sumsAt(Math.max(at, this.from))
    const total = datasets.get(dataset)
    if (!total) {
      datasets.set(dataset, added)
      return
    }
    total.count += added.count
    total.sum += added.sum
    total.sumsq += added.sumsq
    total.min = Math.min(total.min, added.min)
    total.max = Math.max(total.max, added.max)
  }

  #sumsAt(at: Micros): PeriodSums {
    const { from, to } = this.periodAt(at)
    if (this.#latest?.from === from) return this.#latest
    const known = this.#sums.get(from) ?? { from, to, datasets: new Map<string, Total>() }
    this.#sums.set(from, known)
    if (this.#sums.size > MOST) this.#told = false
    this.#latest = known
    return known
  }
}

const ALL: Period = { from: FIRST, to: Number.POSITIVE_INFINITY }

function byName([left]: readonly [string, Total], [right]: readonly [string, Total]): number {
  return compareText(left, right)
}

function inOrder(sums: ReadonlyMap<Micros, PeriodSums>): Iterable<PeriodSums> {
  return sums.size < 2 ? sums.values() : [...sums.values()].sort((left, right) => left.from - right.from)
}
