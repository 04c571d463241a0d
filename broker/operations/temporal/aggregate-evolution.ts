import type { Iri } from '../../core/model/iri.ts'
import { SCOPE, type TemporalEntity, timeOf } from '../../core/model/temporal.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { type Aggregated, type AggregatedAttributes, Aggregator } from '../../core/temporal/aggregate.ts'
import { aggregateTotals, type PeriodTotal } from '../../core/temporal/aggregate-totals.ts'
import type { Aggregation } from '../../core/temporal/aggregation.ts'
import type { Period } from '../../core/temporal/periods.ts'
import { projectEvolution } from '../../core/temporal/project-evolution.ts'
import type { View } from '../../core/view/view.ts'
import type { AggregateQuery, EvolutionHead, EvolutionStore } from '../../store/port/evolution.ts'
import type { AskedOfEvolutions } from './evolution-content.ts'
import type { InstanceReader } from './instance-reader.ts'
import { isClear, readCondensed } from './see-condensed.ts'

/** What aggregates are made of. */
export interface Aggregating {
  readonly store: EvolutionStore
  readonly of: { readonly tenant: Tenant; readonly view: View }
  readonly reader: InstanceReader
}

type Asked = AskedOfEvolutions & { readonly aggregation: Aggregation }

/** Tells whether totals of plain numbers can answer: they know neither distinct values nor times of the system. */
export function areTotalsAsked({ aggregation: { methods }, window }: Asked): boolean {
  return !methods.includes('distinctCount') && (!window || window.property === 'observedAt')
}

/** Asks for the totals of an attribute, by periods that follow each other from `start` on. */
export function totalsQuery(
  attribute: Iri,
  { window, aggregation: { period: length } }: Asked,
  start: Micros,
): AggregateQuery {
  return { attribute, ...(window && { window }), ...(length && { periods: { start, length } }) }
}

/**
 * Aggregates an evolution (CIM 009 v1.9.1, 4.5.19) of which one instance of each attribute is at hand, the oldest: plain
 * numbers that the caller sees in clear from the totals of the store, everything else from the instances that it sees.
 * @throws Problem TooComplexQuery
 */
export async function aggregateStored(
  aggregating: Aggregating,
  head: EvolutionHead,
  oldest: TemporalEntity,
  asked: Asked,
): Promise<AggregatedAttributes> {
  const names = Object.keys(oldest.attributes).filter((name) => name !== SCOPE)
  const { window, aggregation } = asked
  const condensed = await readCondensed(aggregating, head, asked)
  const isOpen = !aggregation.period && window?.to === undefined
  const newest = isOpen ? await readNewest(aggregating, head, names, asked) : undefined
  const totalsOf = (name: Iri) => condensed.filter(({ attribute }) => attribute === name)
  const firsts = (name: Iri) => [...timesOf(oldest, name, asked), ...totalsOf(name).map(({ first }) => first)]
  const from = window?.from ?? Math.min(...names.flatMap(firsts))
  const aggregated: [Iri, readonly Aggregated[]][] = []
  for (const name of names) {
    const lasts = [...(newest ? timesOf(newest, name, asked) : []), ...totalsOf(name).map(({ last }) => last)]
    const whole = { from, to: window?.to ?? Math.max(from, ...lasts) }
    const isCondensed = totalsOf(name).length > 0
    aggregated.push([
      name,
      await aggregateSeries(aggregating, { head, name, isCondensed }, { ...asked, whole }),
    ])
  }
  return Object.fromEntries(aggregated.filter(([, each]) => each.length > 0))
}

async function readNewest(
  { reader }: Aggregating,
  head: EvolutionHead,
  attributes: readonly Iri[],
  { window, options }: Asked,
): Promise<TemporalEntity> {
  const newest = await reader.read(head, {
    ...(window && { window }),
    ...(options.datasetIds && { datasetIds: options.datasetIds }),
    attributes,
    order: 'newest',
    atLeast: 1,
  })
  return projectEvolution(newest, options) ?? newest
}

function timesOf(evolution: TemporalEntity, name: Iri, { window }: Asked): readonly Micros[] {
  return (evolution.attributes[name] ?? []).flatMap((instance) => timeOf(instance, window?.property) ?? [])
}

/** An attribute of an evolution. */
interface SeriesOf {
  readonly head: EvolutionHead
  readonly name: Iri
  /** Totals alone tell something of it. */
  readonly isCondensed: boolean
}

/** All of the time that is asked for; it begins with the first period. */
type OverTime = Asked & { readonly whole: Period }

async function aggregateSeries(
  aggregating: Aggregating,
  series: SeriesOf,
  asked: OverTime,
): Promise<readonly Aggregated[]> {
  const { aggregation, window, whole } = asked
  const isSeen = isClear(series.head, series.name, aggregating.of.view)
  const totals = areTotalsAsked(asked) && isSeen ? await readTotals(aggregating, series, asked) : undefined
  if (totals) return aggregateTotals(totals, aggregation.methods, whole)
  const time = { start: whole.from, end: whole.to, property: window?.property }
  const aggregator = new Aggregator(aggregation, time)
  if (series.isCondensed) {
    const condensed = await readTotals(aggregating, series, { ...asked, condensed: true })
    for (const total of condensed ?? []) aggregator.addTotal(total, total.period?.from ?? whole.from)
  }
  await addInstances(aggregator, aggregating, series, asked)
  return aggregator.result()
}

/** Reads totals of all numbers, or of those that only totals tell; undefined: they do not tell all. */
async function readTotals(
  { store, of: { tenant } }: Aggregating,
  { head, name }: SeriesOf,
  { condensed, ...asked }: OverTime & Pick<AggregateQuery, 'condensed'>,
): Promise<readonly PeriodTotal[] | undefined> {
  const query = totalsQuery(name, asked, asked.whole.from)
  const more = { ...datasetsOf(asked.options), ...(condensed && { condensed }) }
  const [totals] = await store.aggregates(tenant, [head.id], { ...query, ...more })
  return totals
}

function datasetsOf({ datasetIds }: AskedOfEvolutions['options']): Pick<AggregateQuery, 'datasetIds'> {
  return datasetIds ? { datasetIds: datasetIds.map((id) => (id === '@none' ? '' : id)) } : {}
}

async function addInstances(
  aggregator: Aggregator,
  { reader }: Aggregating,
  { head, name }: SeriesOf,
  { window, options }: Asked,
): Promise<void> {
  const all = await reader.read(head, { attributes: [name], ...(window && { window }) })
  const wanted = projectEvolution(all, options)
  for (const instance of wanted?.attributes[name] ?? []) aggregator.add(instance)
}
