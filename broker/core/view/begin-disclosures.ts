import type { Iri } from '../model/iri.ts'
import { countTypes, type Datasets, type Disclose, type Disclosure, sumOf } from './disclosure.ts'

/** What an answer shows, while it is made. */
export interface Disclosures {
  readonly disclose: Disclose
  /** Takes what was put into the answer since it was asked last; undefined: no entities. */
  take(): Shown | undefined
}

/** Entities that are shown, of which types, and what of persons; absent: nothing. */
export interface Shown {
  readonly disclosed?: Disclosure
  readonly datasets?: Datasets
}

/** Begins to take down what an answer shows. */
export function beginDisclosures(): Disclosures {
  let shown: (Disclosure | undefined)[] = []
  let datasets: Datasets | undefined
  return {
    disclose: (each, of) => {
      shown.push(each)
      if (of) datasets = plus(datasets, of)
    },
    take: () => {
      if (shown.length === 0) return undefined
      const disclosed = sumOf(shown)
      const taken = { ...(disclosed && { disclosed }), ...(datasets && { datasets }) }
      shown = []
      datasets = undefined
      return taken
    },
  }
}

/** Most answers are told at once: theirs are taken as they are. */
function plus(before: Datasets | undefined, of: Datasets | readonly Iri[]): Datasets {
  if (!before && of instanceof Map) return of
  const sum = new Map(before)
  if (of instanceof Map) for (const [type, count] of of) sum.set(type, (sum.get(type) ?? 0) + count)
  else countTypes(sum, of as readonly Iri[]) // it is no map
  return sum
}
