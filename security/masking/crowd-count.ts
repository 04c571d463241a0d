import { createHmac } from 'node:crypto'
import type { CrowdCount } from '../../broker/core/view/crowd.ts'

/**
 * Begins a count that tells `least × ⌊(n − shift) / least⌋`, for a shift of 0 up to `least − 1`: so 0 of fewer than `least`, never
 * more than there are, and in steps of `least`. The shift follows from the key and the entity whose id comes first under it:
 * asking again, in other words, shifts by the same, so nothing averages out, and counts of two sets that differ by few are mostly
 * shifted alike, so their difference tells nothing in all but one of `least` cases.
 */
export function crowdCount(key: Uint8Array, least: number): CrowdCount {
  let count = 0
  let first: string | undefined
  return {
    add: (id) => {
      count++
      const place = createHmac('sha256', key).update(id).digest('hex')
      if (first === undefined || place < first) first = place
    },
    told: () =>
      first === undefined ? 0 : least * Math.max(0, Math.floor((count - shiftOf(first, least)) / least)),
  }
}

/** The end of the hash of the first one: its beginning is small, since it comes first. */
function shiftOf(place: string, least: number): number {
  return Math.floor((Number.parseInt(place.slice(-8), 16) / 2 ** 32) * least)
}
