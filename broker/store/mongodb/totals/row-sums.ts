import type { Instance } from '../../../core/model/entity.ts'
import { NumberSums } from '../../port/number-sums.ts'
import type { Sums } from '../../port/period-totals.ts'
import { isPlain } from '../../port/plain-number.ts'
import type { KeptInstance } from '../mongo-documents.ts'

/** Answers the number that an instance is; undefined: it is no plain one. */
export function numberOf({ text }: Pick<KeptInstance, 'text'>): number | undefined {
  const instance: Instance = JSON.parse(text) // written by the store from an Instance
  return typeof instance.value === 'number' && isPlain(instance) ? instance.value : undefined
}

/** Sums up instances by datasetId. */
export class RowSums {
  readonly #numbers = new Map<string, NumberSums>()
  readonly #others = new Map<string, number>()

  /** Takes one instance; whether it is a plain number. */
  add(instance: Pick<KeptInstance, 'dataset' | 'text'>): boolean {
    const { dataset } = instance
    const value = numberOf(instance)
    if (value === undefined) {
      this.#others.set(dataset, (this.#others.get(dataset) ?? 0) + 1)
      return false
    }
    const numbers = this.#numbers.get(dataset) ?? new NumberSums()
    this.#numbers.set(dataset, numbers)
    numbers.add(value)
    return true
  }

  /** Answers what came together. */
  all(): readonly Sums[] {
    const datasets = new Set([...this.#numbers.keys(), ...this.#others.keys()])
    return [...datasets].map((dataset) => {
      const {
        count = 0,
        sum = null,
        sumsq = null,
        least = null,
        most = null,
      } = this.#numbers.get(dataset) ?? {}
      return [dataset, count, this.#others.get(dataset) ?? 0, sum, sumsq, least, most]
    })
  }
}

/** Adds up sums by datasetId. */
export function addSums(all: readonly Sums[]): readonly Sums[] {
  const datasets = new Map<string, Sums>()
  for (const sums of all) {
    const before = datasets.get(sums[0])
    datasets.set(sums[0], before ? together(before, sums) : sums)
  }
  return [...datasets.values()]
}

/** What of a number is too large, or not there, is so of both; where one has no numbers the other has all. */
function together(one: Sums, other: Sums): Sums {
  const [dataset, count, others, sum, sumsq, least, most] = one
  const [, count2, others2, sum2, sumsq2, least2, most2] = other
  const left: Sums = [dataset, count, others + others2, sum, sumsq, least, most]
  if (count2 === 0) return left
  if (count === 0) return [dataset, count2, others + others2, sum2, sumsq2, least2, most2]
  const add = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)
  return [
    dataset,
    count + count2,
    others + others2,
    add(sum, sum2),
    add(sumsq, sumsq2),
    least === null || least2 === null ? null : Math.min(least, least2),
    most === null || most2 === null ? null : Math.max(most, most2),
  ]
}
