import { badRequestData } from '../model/problem.ts'
import type { Micros } from '../model/time.ts'
import { parseTimeWindow, type TemporalTexts } from './parse-time-window.ts'

/** The time that a temporal query about sources asks for; open where it has no end. A type, not an interface: JSON as it stands. */
export type SourceTime = {
  /** Of which registered interval it is a part: when observed, or when managed. */
  readonly interval: 'observation' | 'management'
  readonly from?: Micros
  readonly to?: Micros
}

/**
 * Reads a temporal query as far as registrations are concerned (CIM 009 v1.9.1, 5.10.2.4); undefined: there is none.
 * @throws Problem BadRequestData
 */
export function parseSourceTime(texts: TemporalTexts): SourceTime | undefined {
  const window = parseTimeWindow(texts)
  if (!window) return undefined
  if (!texts.timerel) throw badRequestData('Temporal query has no timerel')
  const { property, ...span } = window
  return { interval: property === 'observedAt' ? 'observation' : 'management', ...span }
}
