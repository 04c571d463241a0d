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

/** When an alert was raised or ended, and by which value. */
export interface AlertTransition extends Reading {
  readonly raised: boolean
}

/** Tells what a value does to an alert that stands or does not. */
export function stepThreshold(threshold: Threshold, standing: boolean, value: number): ThresholdStep {
  const sign = threshold.side === 'above' ? 1 : -1
  if (!standing) return sign * (value - threshold.raise) >= 0 ? 'raise' : 'quiet'
  return sign * (value - threshold.clear) >= 0 ? 'keep' : 'clear'
}

/**
 * Answers when alerts were raised and ended by readings in the order of time, where one stood before them or not: the
 * same readings, the same alerts, however late some of them came.
 */
export function alertTransitions(
  threshold: Threshold,
  readings: readonly Reading[],
  standing = false,
): readonly AlertTransition[] {
  const transitions: AlertTransition[] = []
  for (const { at, value } of readings) {
    const raised = transitions.at(-1)?.raised ?? standing
    const step = stepThreshold(threshold, raised, value)
    if (step === 'raise' || step === 'clear') transitions.push({ at, value, raised: step === 'raise' })
  }
  return transitions
}
