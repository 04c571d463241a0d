import type { Sums } from '../../port/period-totals.ts'

/** Sums up numbers of a dataset as SQLite does (Kahan, Babuška and Neumaier). */
export function sumsOf(dataset: string, values: Float64Array): Sums {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  const squares = values.map((value) => value * value)
  return [dataset, values.length, 0, total(values), total(squares), least, most]
}

function total(values: Float64Array): number {
  let sum = 0
  let error = 0
  for (const value of values) {
    const next = sum + value
    error += Math.abs(sum) > Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return Number.isFinite(error) ? sum + error : sum
}
