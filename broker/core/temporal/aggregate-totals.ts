import type { JsonValue } from '../model/json.ts'
import type { Aggregated, PeriodValue } from './aggregate.ts'
import type { AggregationMethod } from './aggregation.ts'
import type { Period } from './periods.ts'
import type { NumberTotal } from './tally.ts'

/** What is known of the plain numbers of one period together; there is at least one. */
export interface PeriodTotal extends NumberTotal {
  readonly datasetId?: string
  /** Absent: they are all that there is. */
  readonly period?: Period
}

/**
 * Makes aggregated values of the numbers of an attribute that somebody else summed up period by period (CIM 009 v1.9.1,
 * 4.5.19.1); their distinct values are not known. `whole`: from when to when one period is that is all.
 */
export function aggregateTotals(
  totals: readonly PeriodTotal[],
  methods: readonly AggregationMethod[],
  whole: Period,
): readonly Aggregated[] {
  const datasets = new Map<string | undefined, PeriodTotal[]>()
  for (const total of totals) {
    const others = datasets.get(total.datasetId)
    if (others) others.push(total)
    else datasets.set(total.datasetId, [total])
  }
  return [...datasets].map(([datasetId, own]) => ({
    type: 'Property',
    ...(datasetId !== undefined && { datasetId }),
    methods: new Map(
      methods.map((method) => [method, own.map((total) => periodValue(total, method, whole))]),
    ),
  }))
}

function periodValue(total: PeriodTotal, method: AggregationMethod, whole: Period): PeriodValue {
  const { from, to } = total.period ?? whole
  return { value: resultOf(total, method), from, to }
}

function resultOf({ count, sum, sumsq, min, max }: PeriodTotal, method: AggregationMethod): JsonValue {
  switch (method) {
    case 'totalCount':
      return count
    case 'sum':
      return sum
    case 'sumsq':
      return sumsq
    case 'avg':
      return sum / count
    case 'stddev':
      return Math.sqrt(Math.max(0, sumsq - (sum * sum) / count) / count)
    case 'min':
      return min
    case 'max':
      return max
    case 'distinctCount':
      throw new Error('Totals do not tell distinct values')
    default:
      return method satisfies never
  }
}
