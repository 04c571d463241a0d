import { dayOf, type Slot, slotOf } from './days.ts'
import { isOutlier } from './outlier.ts'

/** What is wrong with an observation that is kept nevertheless; values of `qualityFlag` of the ontology. */
export type QualityFlag = 'outlier' | 'stuck'

/** What observations of an attribute are held against. */
export interface SeriesRules {
  /** One is expected each so many milliseconds; absent: none is. */
  readonly period?: number
  /** It is in time so many milliseconds after it was made. */
  readonly delay: number
  /** So many equal values in a row, and the sensor is stuck; absent: they may stay the same. */
  readonly stuckAfter?: number
  /** Absent: no value is too far from the others. */
  readonly outliers?: { readonly window: number; readonly deviations: number }
  /** Tells whether the ontology allows a value. */
  readonly allows: (value: unknown) => boolean
}

/** What is remembered of the observations of one attribute of one entity. */
export interface Series {
  readonly since: number
  readonly last: number
  /** So many of the newest numbers are equal. */
  readonly run: number
  /** The newest numbers, oldest first. */
  readonly recent: readonly number[]
  /** Slots that have an observation, bit by bit, of the last days. */
  readonly filled: ReadonlyMap<number, bigint>
}

/** One observation, and when it came. */
export interface Observation {
  readonly at: number
  readonly cameAt: number
  readonly value: unknown
}

/** What observations of a day were like. */
export interface Counts {
  /** Slots that have one, and those that had it in time. */
  readonly filled: number
  readonly timely: number
  readonly values: number
  readonly invalid: number
  readonly outliers: number
  readonly stuck: number
  /** They came twice in one delivery. */
  readonly repeated: number
}

export const NO_COUNTS: Counts = {
  filled: 0,
  timely: 0,
  values: 0,
  invalid: 0,
  outliers: 0,
  stuck: 0,
  repeated: 0,
}

/** What an observation changes: its series, and counts of its day. */
export interface Step {
  readonly series: Series
  readonly day: number
  readonly counts: Partial<Counts>
  readonly flag?: QualityFlag
}

/** So many days take late observations. */
export const OPEN_DAYS = 2

/** Adds an observation to its series: one that is newer than all, or that fills a gap; undefined for one that changes nothing. */
export function observe(series: Series | undefined, seen: Observation, rules: SeriesRules): Step | undefined {
  const { at } = seen
  const before = series ?? {
    since: at,
    last: Number.NEGATIVE_INFINITY,
    run: 0,
    recent: [],
    filled: new Map(),
  }
  const slot =
    rules.period === undefined ? undefined : slotOf(at, { since: before.since, period: rules.period })
  const { filled, counts } = filling(before, slot, seen, rules)
  if (at > before.last) return newest(before, seen, rules, { day: slot?.day ?? dayOf(at), filled, counts })
  if (!slot || counts.filled === undefined) return undefined
  const invalid = rules.allows(seen.value) ? {} : { invalid: 1 }
  const { since, last, run, recent } = before
  return {
    series: { since, last, run, recent, filled },
    day: slot.day,
    counts: { ...counts, ...invalid, values: 1 },
  }
}

/** Marks the slot of an observation as filled, unless it is or its day is over for good. */
function filling(
  { filled, last }: Series,
  slot: Slot | undefined,
  { at, cameAt }: Observation,
  { delay }: SeriesRules,
): { readonly filled: Series['filled']; readonly counts: Partial<Counts> } {
  if (!slot) return { filled, counts: {} }
  let newestDay = dayOf(Math.max(last, at))
  for (const day of filled.keys()) newestDay = Math.max(newestDay, day)
  const bits = filled.get(slot.day) ?? 0n
  const bit = 1n << BigInt(slot.place)
  if (slot.day <= newestDay - OPEN_DAYS || (bits & bit) !== 0n) return { filled, counts: {} }
  const days = [...filled, [slot.day, bits | bit] as const].filter(([day]) => day > newestDay - OPEN_DAYS)
  return { filled: new Map(days), counts: { filled: 1, ...(cameAt - at <= delay && { timely: 1 }) } }
}

function newest(
  { since, run: before, recent }: Series,
  { at, value }: Observation,
  rules: SeriesRules,
  { day, filled, counts: slots }: Pick<Step, 'day' | 'counts'> & Pick<Series, 'filled'>,
): Step {
  const counts = { values: 1, ...slots, ...(!rules.allows(value) && { invalid: 1 }) }
  if (typeof value !== 'number')
    return { series: { since, last: at, run: before, recent, filled }, day, counts }
  const run = value === recent.at(-1) ? before + 1 : 1
  const left = Math.max(0, recent.length + 1 - (rules.outliers?.window ?? 1))
  const kept = left === 0 ? recent : recent.slice(left)
  const series = { since, last: at, run, recent: [...kept, value], filled }
  const flag = flagOf(value, { run, recent }, rules)
  if (flag === undefined) return { series, day, counts }
  return { series, day, flag, counts: { ...counts, [flag === 'stuck' ? 'stuck' : 'outliers']: 1 } }
}

function flagOf(
  value: number,
  { run, recent }: Pick<Series, 'run' | 'recent'>,
  { stuckAfter, outliers }: SeriesRules,
): QualityFlag | undefined {
  if (stuckAfter !== undefined && run >= stuckAfter) return 'stuck'
  if (!outliers || recent.length < outliers.window) return undefined
  return isOutlier(value, recent, outliers.deviations) ? 'outlier' : undefined
}
