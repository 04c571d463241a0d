import type { Micros } from '../../core/model/time.ts'
import { compareText } from '../../core/query/compare-text.ts'
import type { PeriodTotal } from '../port/evolution.ts'

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

interface Total {
  count: number
  sum: number
  sumsq: number
  min: number
  max: number
}

/** Adds up what is read of periods. */
export class PeriodTotals {
  readonly #bounds: readonly Micros[]
  readonly #datasets: ReadonlySet<string> | undefined
  readonly #periods = new Map<number, Map<string, Total>>()
  /** Something is no plain number, or too large. */
  #other = false

  constructor(bounds: readonly Micros[], datasetIds: readonly string[] | undefined) {
    this.#bounds = bounds
    this.#datasets = datasetIds && new Set(datasetIds)
  }

  /** Tells whether a dataset was asked for. */
  wants(dataset: string): boolean {
    return this.#datasets?.has(dataset) ?? true
  }

  /** Adds sums to a period. */
  add(period: number, [dataset, count, others, sum, sumsq, least, most]: Sums): void {
    if (!this.wants(dataset)) return
    if (others > 0) this.#other = true
    if (count === 0) return
    if (sum === null || sumsq === null || least === null || most === null) this.#other = true
    else this.#addTotal(period, dataset, { count, sum, sumsq, min: least, max: most })
  }

  /** Adds one number to the period that it is in. */
  addValue(dataset: string, time: Micros, value: number): void {
    const total = { count: 1, sum: value, sumsq: value * value, min: value, max: value }
    this.#addTotal(this.#periodOf(time), dataset, total)
  }

  /** Answers the totals by period and dataset; undefined: they would not tell all. */
  answer(): readonly PeriodTotal[] | undefined {
    if (this.#other) return undefined
    const periods = [...this.#periods].sort(([left], [right]) => left - right)
    return periods.flatMap(([period, datasets]) =>
      [...datasets]
        .sort(([left], [right]) => compareText(left, right))
        .map(([dataset, total]) => ({ ...(dataset !== '' && { datasetId: dataset }), period, ...total })),
    )
  }

  #addTotal(period: number, dataset: string, added: Total): void {
    if (!Number.isFinite(added.sum) || !Number.isFinite(added.sumsq)) this.#other = true
    const datasets = this.#periods.get(period) ?? new Map<string, Total>()
    this.#periods.set(period, datasets)
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

  /** The last period that does not begin later. */
  #periodOf(time: Micros): number {
    let low = 0
    let high = this.#bounds.length - 1
    while (low + 1 < high) {
      const middle = Math.floor((low + high) / 2)
      if ((this.#bounds[middle] ?? 0) <= time) low = middle
      else high = middle
    }
    return low
  }
}
