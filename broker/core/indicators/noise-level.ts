import { HOUR, type Micros } from '../model/time.ts'
import { type Cycle, daysEndingAt } from './cycle.ts'
import { mean } from './readings.ts'

/** A part of the day that has limits of its own. */
export interface NoisePart {
  readonly name: 'day' | 'evening' | 'night'
  /** Hours of a clock in Vietnam. */
  readonly from: number
  readonly to: number
}

/** Parts of the day by the regulation that has them. */
export const NOISE_PARTS = {
  'QCVN 26:2010/BTNMT': [
    { name: 'day', from: 6, to: 21 },
    { name: 'night', from: 21, to: 6 },
  ],
  'QCVN 26:2025/BNNMT': [
    { name: 'day', from: 6, to: 18 },
    { name: 'evening', from: 18, to: 22 },
    { name: 'night', from: 22, to: 6 },
  ],
} as const satisfies Record<string, readonly NoisePart[]>

/** Answers the level in dB of steady noise with the same energy as these levels of equally long times. */
export function equivalentLevel(levels: readonly number[]): number {
  return 10 * Math.log10(mean(levels.map((level) => 10 ** (level / 10))))
}

/** Tells when a part of the day ends, once a day, and how long it is. */
export function timesOfPart({ from, to }: NoisePart): { readonly cycle: Cycle; readonly length: Micros } {
  return { cycle: daysEndingAt(to), length: ((to - from + 24) % 24) * HOUR }
}
