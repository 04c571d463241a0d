import type { Iri } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import {
  SCOPE,
  type TemporalEntity,
  type TemporalInstance,
  type TimeWindow,
  timeOf,
} from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import type { Aggregation, AggregationMethod } from './aggregation.ts'
import { isDeletion } from './measure.ts'
import { type Period, periodOf } from './periods.ts'
import { type NumberTotal, Tally } from './tally.ts'

/** Aggregated values of the instances of an attribute with one datasetId (CIM 009 v1.9.1, 4.5.19.0). */
export interface Aggregated {
  readonly type: 'Property' | 'Relationship'
  readonly datasetId?: string
  /** In the order asked for, without those that apply to none of the values; periods without values are left out. */
  readonly methods: ReadonlyMap<AggregationMethod, readonly PeriodValue[]>
}

/** What a method makes of the values of one period. */
export interface PeriodValue extends Period {
  readonly value: JsonValue
}

/** Attribute → its aggregated values, for each datasetId. */
export type AggregatedAttributes = Readonly<Record<Iri, readonly Aggregated[]>>

/** The time that an aggregation is about. */
export interface AggregationTime {
  /** The first period begins there; no instance is before it. */
  readonly start: Micros
  /** Where a single period ends; absent: with the last instance. */
  readonly end?: Micros | undefined
  readonly property?: TimeWindow['property'] | undefined
}

/** Aggregates all attributes of an evolution, its scopes left out (CIM 009 v1.9.1, 4.5.19). */
export function aggregateEvolution(
  entity: TemporalEntity,
  aggregation: Aggregation,
  window: TimeWindow | undefined,
): AggregatedAttributes {
  const { [SCOPE]: _, ...attributes } = entity.attributes
  const start = window?.from ?? earliest(attributes, window?.property)
  if (start === undefined) return {}
  const time = { start, end: window?.to, property: window?.property }
  const results = Object.entries(attributes).map(([name, instances]) => {
    const aggregator = new Aggregator(aggregation, time)
    for (const instance of instances) aggregator.add(instance)
    return [name, aggregator.result()] as const
  })
  return Object.fromEntries(results.filter(([, aggregated]) => aggregated.length > 0))
}

/** Without a beginning of the window, the first period of all attributes begins with the first instance. */
function earliest(
  attributes: TemporalEntity['attributes'],
  property: TimeWindow['property'] | undefined,
): Micros | undefined {
  let first: Micros | undefined
  for (const name in attributes)
    for (const instance of attributes[name] ?? []) {
      const at = timeOf(instance, property)
      if (at !== undefined && (first === undefined || at < first)) first = at
    }
  return first
}

/** Aggregates the instances of one attribute, one after the other: it keeps what they come to, not the instances. */
export class Aggregator {
  readonly #aggregation: Aggregation
  readonly #time: AggregationTime
  readonly #series = new Map<string, Series>()
  #last: Micros

  constructor(aggregation: Aggregation, time: AggregationTime) {
    this.#aggregation = aggregation
    this.#time = time
    this.#last = time.start
  }

  /** Adds an instance; deletions have no value, and what has not the time that is asked by is not asked for. */
  add(instance: TemporalInstance): void {
    const at = timeOf(instance, this.#time.property)
    if (at === undefined || isDeletion(instance)) return
    const { kind, datasetId } = instance
    const type = kind === 'Relationship' || kind === 'ListRelationship' ? 'Relationship' : 'Property'
    this.#seriesOf(type, datasetId).tallyAt(at).add(instance)
    if (at > this.#last) this.#last = at
  }

  /** Adds the plain numbers of a Property in one period, which somebody else summed up, as of an instant within it. */
  addTotal(total: NumberTotal & { readonly datasetId?: string }, at: Micros): void {
    this.#seriesOf('Property', total.datasetId).tallyAt(at).addTotal(total)
    if (at > this.#last) this.#last = at
  }

  result(): readonly Aggregated[] {
    const end = this.#time.end ?? this.#last
    return [...this.#series.values()].map((series) => series.result(this.#aggregation.methods, end))
  }

  #seriesOf(type: Aggregated['type'], datasetId: string | undefined): Series {
    const key = `${type} ${datasetId ?? ''}`
    const known = this.#series.get(key)
    if (known) return known
    const series = new Series({ type, datasetId }, this.#aggregation, this.#time.start)
    this.#series.set(key, series)
    return series
  }
}

/** The values of one datasetId, period by period. */
class Series {
  readonly #of: { readonly type: Aggregated['type']; readonly datasetId: string | undefined }
  readonly #aggregation: Aggregation
  readonly #start: Micros
  readonly #tallies = new Map<Micros, { readonly period: Period; readonly tally: Tally }>()
  /** Instances come in the order of time, mostly: the next one is in the period of the last. */
  #latest: { readonly period: Period; readonly tally: Tally } | undefined

  constructor(
    of: { readonly type: Aggregated['type']; readonly datasetId: string | undefined },
    aggregation: Aggregation,
    start: Micros,
  ) {
    this.#of = of
    this.#aggregation = aggregation
    this.#start = start
  }

  tallyAt(at: Micros): Tally {
    const latest = this.#latest
    if (latest && at >= latest.period.from && at < latest.period.to) return latest.tally
    const period = this.#periodOf(at)
    const known = this.#tallies.get(period.from) ?? { period, tally: new Tally(this.#aggregation.methods) }
    this.#tallies.set(period.from, known)
    this.#latest = known
    return known.tally
  }

  result(methods: readonly AggregationMethod[], end: Micros): Aggregated {
    const { type, datasetId } = this.#of
    const tallies = [...this.#tallies.values()].sort((left, right) => left.period.from - right.period.from)
    const results = methods.map((method) => {
      const values = tallies.flatMap(({ period: { from, to }, tally }) => {
        const value = tally.result(method)
        return value === undefined ? [] : [{ value, from, to: this.#aggregation.period ? to : end }]
      })
      return [method, values] as const
    })
    return {
      type,
      ...(datasetId !== undefined && { datasetId }),
      methods: new Map(results.filter(([, values]) => values.length > 0)),
    }
  }

  #periodOf(at: Micros): Period {
    const { period } = this.#aggregation
    if (period) return periodOf(at, this.#start, period)
    return { from: this.#start, to: Number.POSITIVE_INFINITY }
  }
}
