import { createHmac } from 'node:crypto'
import type { CrowdTelling } from '../../broker/core/view/crowd.ts'

/** How a crowd is told of. */
export interface TellingOf {
  readonly least: number
  /** Epsilon of the noise in its counts; absent: none. */
  readonly noise?: number
}

/**
 * Tells `least × ⌊(n − shift) / least⌋` of n, for a shift of 0 up to `least − 1`: so 0 of fewer than `least`, never
 * more than there are, and in steps of `least`. The shift follows from the key and the entity whose id comes first under it:
 * asking again, in other words, shifts by the same, so nothing averages out, and counts of two sets that differ by few are mostly
 * shifted alike, so their difference tells nothing in all but one of `least` cases.
 *
 * Noise is so many steps more or less, two-sided geometric (discrete Laplace): one entity more or less moves the number by one
 * step at most, so an answer is `noise`-differentially private. It follows from the key, the question and the number of steps:
 * the same question has the same noise until its answer would be another.
 */
export function crowdTelling(key: Uint8Array, { least, noise }: TellingOf): CrowdTelling {
  return {
    place: (id) => createHmac('sha256', key).update(id).digest('hex'),
    told: ({ count, first }, question) => {
      const steps = first === undefined ? 0 : Math.max(0, Math.floor((count - shiftOf(first, least)) / least))
      if (noise === undefined) return least * steps
      const draw = createHmac('sha256', key)
        .update(JSON.stringify(['noise', question, steps]))
        .digest()
      return least * Math.max(0, steps + twoSidedGeometric(draw, noise))
    },
  }
}

/** The end of the hash of the first one: its beginning is small, since it comes first. */
function shiftOf(place: string, least: number): number {
  return Math.floor((Number.parseInt(place.slice(-8), 16) / 2 ** 32) * least)
}

/** The difference of two numbers of failures before a success: each more is less likely by e^−epsilon. */
function twoSidedGeometric(draw: Buffer, epsilon: number): number {
  return failures(draw.readUIntBE(0, 6), epsilon) - failures(draw.readUIntBE(6, 6), epsilon)
}

function failures(bits: number, epsilon: number): number {
  return Math.floor(-Math.log((bits + 1) / 2 ** 48) / epsilon)
}
