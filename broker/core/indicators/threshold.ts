import type { Micros } from '../model/time.ts'
import type { Reading } from './readings.ts'

/** When an alert is raised and when it ends: apart, so that a value about the limit does not make it flicker. */
export interface Threshold {
  /** Which side of the limits is the bad one. */
  readonly side: 'above' | 'below'
  /** An alert is raised at this value and beyond it. */
  readonly raise: number
  /** It is kept until the value is better than this. */
  readonly clear: number
}

/** What a value does to an alert. */
export type ThresholdStep = 'raise' | 'keep' | 'clear' | 'quiet'

/** From when an alert stood, how bad it got, and until when. */
export interface AlertEpisode {
  readonly from: Micros
  /** Absent: it stands still. */
  readonly to?: Micros
  readonly worst: Reading
}

/** Tells what a value does to an alert that stands or does not. */
export function stepThreshold(threshold: Threshold, standing: boolean, value: number): ThresholdStep {
  const sign = threshold.side === 'above' ? 1 : -1
  if (!standing) return sign * (value - threshold.raise) >= 0 ? 'raise' : 'quiet'
  return sign * (value - threshold.clear) >= 0 ? 'keep' : 'clear'
}

/** Answers the alerts that readings in the order of time amount to: the same readings, the same alerts. */
export function alertEpisodes(threshold: Threshold, readings: readonly Reading[]): readonly AlertEpisode[] {
  const episodes: AlertEpisode[] = []
  for (const reading of readings) {
    const last = episodes.at(-1)
    const standing = last !== undefined && last.to === undefined
    const step = stepThreshold(threshold, standing, reading.value)
    if (step === 'raise') episodes.push({ from: reading.at, worst: reading })
    if (!standing || !last) continue
    if (step === 'clear') episodes.splice(-1, 1, { ...last, to: reading.at })
    if (step === 'keep') episodes.splice(-1, 1, { ...last, worst: worse(threshold, last.worst, reading) })
  }
  return episodes
}

function worse({ side }: Threshold, left: Reading, right: Reading): Reading {
  const isWorse = side === 'above' ? right.value > left.value : right.value < left.value
  return isWorse ? right : left
}
