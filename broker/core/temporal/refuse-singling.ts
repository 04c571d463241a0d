import type { Duration } from '../model/duration.ts'
import { Problem } from '../model/problem.ts'
import type { TimeWindow } from '../model/temporal.ts'
import { HOUR, type Micros } from '../model/time.ts'
import type { CrowdHistory, CrowdPeriod } from '../view/crowd.ts'
import type { EvolutionOptions } from '../view/evolution-options.ts'
import type { Aggregation, AggregationMethod } from './aggregation.ts'

/** What is asked of the history of a crowd. */
export interface CrowdHistoryAsked {
  readonly window?: TimeWindow
  readonly lastN?: number
  readonly options: EvolutionOptions
  readonly aggregation: Aggregation
}

/** Days and months are those of Việt Nam. */
const ZONE = 7 * HOUR

const PERIODS: Readonly<Record<CrowdPeriod, { readonly text: string; readonly length: Duration }>> = {
  hour: { text: 'PT1H', length: { months: 0, micros: HOUR } },
  day: { text: 'P1D', length: { months: 0, micros: 24 * HOUR } },
  month: { text: 'P1M', length: { months: 1, micros: 0 } },
}

/** Least and greatest are somebody's own; that all are alike, or how far apart, tells of each. */
const METHODS: ReadonlySet<AggregationMethod> = new Set(['totalCount', 'avg'])

/**
 * Refuses a question about the history of a crowd that cuts time otherwise than its rule does: of two periods of which one
 * holds the other, the rest could be somebody's. @throws Problem Forbidden
 */
export function refuseSingling(asked: CrowdHistoryAsked, { every }: CrowdHistory): void {
  const { window, lastN, options, aggregation } = asked
  const { text, length } = PERIODS[every]
  const { months, micros } = aggregation.period ?? {}
  const cut = months === length.months && micros === length.micros
  const plain = lastN === undefined && !options.datasetIds && !options.sysAttrs
  if (plain && cut && isWhole(window, every) && aggregation.methods.every((method) => METHODS.has(method)))
    return
  throw new Problem(
    'Forbidden',
    `Caller may only ask for the history of these entities together: by observedAt, from the start of one ${every} (+07:00), to that of another if to any, with aggrPeriodDuration=${text} and aggrMethods=${[...METHODS].join(',')}`,
  )
}

function isWhole(window: TimeWindow | undefined, every: CrowdPeriod): boolean {
  if (window?.property !== 'observedAt' || window.from === undefined) return false
  return isStart(window.from, every) && (window.to === undefined || isStart(window.to, every))
}

function isStart(at: Micros, every: CrowdPeriod): boolean {
  if (every === 'hour') return at % HOUR === 0
  const local = at + ZONE
  if (local % (24 * HOUR) !== 0) return false
  return every === 'day' || new Date(local / 1000).getUTCDate() === 1
}
