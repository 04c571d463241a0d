import type { Caller } from '../../core/model/caller.ts'
import { Problem } from '../../core/model/problem.ts'

/** How many may be connected at once. */
export interface StreamLimits {
  readonly most: number
  readonly mostOfCaller: number
}

/** Places for those who stay connected. */
export interface StreamPlaces {
  /** Takes a place; the answer gives it back. @throws Problem TooManyRequests */
  take(caller: Caller): () => void
}

/** Makes places: so many in all, and so many for one caller; those whom nobody can tell apart share theirs. */
export function streamPlaces({ most, mostOfCaller }: StreamLimits): StreamPlaces {
  const ofCallers = new Map<string, number>()
  let taken = 0
  return {
    take: ({ key }) => {
      const own = ofCallers.get(key) ?? 0
      if (taken >= most) throw full(`Hub has ${most} streams already, the most at the same time`)
      if (own >= mostOfCaller)
        throw full(`Caller has ${mostOfCaller} streams already, the most at the same time`)
      taken++
      ofCallers.set(key, own + 1)
      return () => {
        taken--
        const left = (ofCallers.get(key) ?? 1) - 1
        if (left === 0) ofCallers.delete(key)
        else ofCallers.set(key, left)
      }
    },
  }
}

function full(text: string): Problem {
  return new Problem('TooManyRequests', text, { headers: { 'Retry-After': '10' } })
}
