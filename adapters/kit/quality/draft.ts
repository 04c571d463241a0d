import { hash } from 'node:crypto'
import { dayOf } from './days.ts'
import { type Observation, observe, type Series, type SeriesRules, type Step } from './series.ts'

/** One series among observations that came together. */
export interface Draft {
  /** Type and attribute. */
  readonly subject: string
  /** Ids of entities are not kept. */
  readonly key: string
  readonly rules: SeriesRules
  /** As it is after those of them that were judged; absent: it is not known yet. */
  series: Series | undefined
  /** When they were made. */
  readonly times: Set<number>
}

/** What an observation changes, and of which series. */
export interface DraftStep {
  readonly draft: Draft
  readonly step: Step
}

/** Characters of base64url: nine bytes. */
const HASH_LENGTH = 12

/** Answers what tells a series of an entity from the others of its subject. */
export function seriesKey(id: string, instance: string): string {
  return hash('sha256', `${id} ${instance}`, 'base64url').slice(0, HASH_LENGTH)
}

/** Answers what an observation changes of its series; undefined: nothing. */
export function stepOf(
  { series, times, rules }: Draft,
  { at, value }: Pick<Observation, 'at' | 'value'>,
  cameAt: number,
): Step | undefined {
  // the same observation twice in one delivery
  if (series && times.has(at)) return { series, day: dayOf(at), counts: { repeated: 1 } }
  times.add(at)
  return observe(series, { at, cameAt, value }, rules)
}
