import type { Caller } from '../../core/model/caller.ts'
import { networkOf } from '../../core/model/network-of.ts'
import { Problem } from '../../core/model/problem.ts'

/** How many may be connected at once. */
export interface StreamLimits {
  readonly most: number
  readonly mostOfCaller: number
}

/** Places for those who stay connected. */
export interface StreamPlaces {
  /** Takes a place for a caller, who asks from an address; the answer gives it back. @throws Problem TooManyRequests */
  take(caller: Pick<Caller, 'key' | 'anonymous'>, address: string | undefined): () => void
}

/**
 * Makes places: so many in all, and so many for one caller. Callers without a name are told apart by the network that
 * they ask from, and have half of the places at most, so that they keep out nobody who has one.
 */
export function streamPlaces({ most, mostOfCaller }: StreamLimits): StreamPlaces {
  const ofCallers = new Map<string, number>()
  const taken = { named: 0, anonymous: 0 }
  return {
    take: ({ key, anonymous }, address) => {
      const kind = anonymous ? 'anonymous' : 'named'
      const caller = anonymous ? `${key} ${networkOf(address ?? '')}` : key
      const own = ofCallers.get(caller) ?? 0
      if (taken.named + taken.anonymous >= most || (anonymous && taken.anonymous >= Math.ceil(most / 2)))
        throw full('Hub has as many streams already as there may be at the same time')
      if (own >= mostOfCaller)
        throw full(`Caller has ${mostOfCaller} streams already, the most at the same time`)
      taken[kind]++
      ofCallers.set(caller, own + 1)
      return () => {
        taken[kind]--
        const left = (ofCallers.get(caller) ?? 1) - 1
        if (left === 0) ofCallers.delete(caller)
        else ofCallers.set(caller, left)
      }
    },
  }
}

function full(text: string): Problem {
  return new Problem('TooManyRequests', text, { headers: { 'Retry-After': '10' } })
}
