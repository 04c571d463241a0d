import { concernedEnds } from '../../core/indicators/calculation.ts'
import type { Micros } from '../../core/model/time.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import { type Derivation, derivedId, type IndicatorDependencies } from './indicator.ts'

const PAGE = 1000

/**
 * Answers, part by part in the order of time, the ends of all periods that there are readings of or that something was
 * derived for, up to now: what has to be looked at where history itself was changed.
 */
export async function* knownEnds(
  { store, tenant, clock }: IndicatorDependencies,
  derivation: Derivation,
): AsyncGenerator<readonly Micros[]> {
  const { indicator, source } = derivation
  const { source: from, calculation, target } = indicator
  const page = { order: 'oldest', perAttribute: PAGE } as const
  for (let next: Micros | undefined = 0; next !== undefined; ) {
    const window = { property: 'observedAt', from: next } as const
    const measured = await store.instances(tenant, source.id, {
      ...page,
      window,
      attributes: [...from.inputs.keys()],
    })
    const derived = await store.instances(tenant, derivedId(derivation, target.type), {
      ...page,
      window,
      attributes: [target.attribute],
    })
    const cut = Math.min(fullUpTo(measured), fullUpTo(derived))
    const ends = new Set(timesOf(derived, cut))
    for (const at of timesOf(measured, cut))
      for (const end of concernedEnds(calculation, at, clock())) ends.add(end)
    yield [...ends].sort((left, right) => left - right)
    next = cut === Number.POSITIVE_INFINITY ? undefined : cut + 1
  }
}

function timesOf(instances: readonly HistoryInstance[], upTo: Micros): readonly Micros[] {
  return instances.flatMap(({ observedAt }) =>
    observedAt !== undefined && observedAt <= upTo ? [observedAt] : [],
  )
}

/** Up to where all is there of every attribute; infinite: none of them was cut off. */
function fullUpTo(instances: readonly HistoryInstance[]): number {
  const seen = new Map<string, { count: number; last: number }>()
  for (const { attribute, observedAt = 0 } of instances) {
    const { count } = seen.get(attribute) ?? { count: 0 }
    seen.set(attribute, { count: count + 1, last: observedAt })
  }
  const cutOff = [...seen.values()].filter(({ count }) => count >= PAGE).map(({ last }) => last)
  return Math.min(Number.POSITIVE_INFINITY, ...cutOff)
}
