import { type Duration, parseCalendarDuration } from '../model/duration.ts'
import { badRequestData } from '../model/problem.ts'

/** Methods of aggregation (CIM 009 v1.9.1, 4.5.19.1). */
export const AGGREGATION_METHODS = [
  'totalCount',
  'distinctCount',
  'sum',
  'avg',
  'min',
  'max',
  'stddev',
  'sumsq',
] as const
export type AggregationMethod = (typeof AGGREGATION_METHODS)[number]

/** How the values of an attribute are to be aggregated (4.5.19). */
export interface Aggregation {
  /** Each once, in the order asked for. */
  readonly methods: readonly AggregationMethod[]
  /** How long each period is; absent: one period is all of the time that is asked for. */
  readonly period?: Duration
}

/** Reads AggregationParams (CIM 009 v1.9.1, 5.2.44); undefined: there are none. @throws Problem BadRequestData */
export function parseAggregation(
  aggrMethods: string | undefined,
  aggrPeriodDuration: string | undefined,
): Aggregation | undefined {
  const period = aggrPeriodDuration === undefined ? undefined : periodOf(aggrPeriodDuration)
  if (aggrMethods === undefined) return undefined
  const methods = [...new Set(aggrMethods.split(',').map(methodNamed))]
  return { methods, ...(period && period.months + period.micros > 0 && { period }) }
}

function methodNamed(text: string): AggregationMethod {
  const method = AGGREGATION_METHODS.find((name) => name === text.trim())
  if (method) return method
  throw badRequestData(
    `Parameter aggrMethods holds something that is none of ${AGGREGATION_METHODS.join(', ')}`,
  )
}

function periodOf(text: string): Duration {
  const period = parseCalendarDuration(text)
  if (period) return period
  throw badRequestData('Parameter aggrPeriodDuration is no ISO 8601 duration such as PT1H')
}
