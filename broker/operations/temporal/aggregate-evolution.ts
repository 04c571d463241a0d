import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import { SCOPE, type TemporalEntity, timeOf } from '../../core/model/temporal.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { type Aggregated, type AggregatedAttributes, Aggregator } from '../../core/temporal/aggregate.ts'
import type { Aggregation } from '../../core/temporal/aggregation.ts'
import { periodBounds, periodOf } from '../../core/temporal/periods.ts'
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

/** So many periods are summed up by the store at most. */
const MOST_PERIODS = 100_000

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
  const { window } = asked
  const condensed = await readCondensed(aggregating, head, asked)
  const newest = await readNewest(aggregating, head, names, asked)
  const timesWith = (evolution: TemporalEntity, name: Iri, end: 'first' | 'last'): readonly Micros[] => {
    const totals = condensed.filter(({ attribute }) => attribute === name).map((each) => each[end])
    return [...timesOf(evolution, name, asked), ...totals]
  }
  const start = window?.from ?? Math.min(...names.flatMap((name) => timesWith(oldest, name, 'first')))
  const aggregated: [Iri, readonly Aggregated[]][] = []
  for (const name of names) {
    const [first, last] = [timesWith(oldest, name, 'first'), timesWith(newest, name, 'last')]
    const end = window?.to ?? Math.max(...last)
    const aggregator = new Aggregator(asked.aggregation, { start, end, property: window?.property })
    const isCondensed = condensed.some(({ attribute }) => attribute === name)
    const series = { head, name, start, first, last, isCondensed }
    if (!(await addTotals(aggregator, aggregating, series, asked)))
      await addInstances(aggregator, aggregating, series, asked)
    aggregated.push([name, aggregator.result()])
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

/** An attribute of an evolution, from its first to its last instance. */
interface SeriesOf {
  readonly head: EvolutionHead
  readonly name: Iri
  readonly start: Micros
  readonly first: readonly Micros[]
  readonly last: readonly Micros[]
  /** Totals alone tell something of it. */
  readonly isCondensed: boolean
}

function timesOf(evolution: TemporalEntity, name: Iri, { window }: Asked): readonly Micros[] {
  return (evolution.attributes[name] ?? []).flatMap((instance) => timeOf(instance, window?.property) ?? [])
}

/** Adds what the store knows of plain numbers; tells whether that is all there is to add. */
async function addTotals(
  aggregator: Aggregator,
  aggregating: Aggregating,
  series: SeriesOf,
  asked: Asked,
): Promise<boolean> {
  const { aggregation, window } = asked
  const known = window?.property === 'observedAt' && !aggregation.methods.includes('distinctCount')
  const isSeen = isClear(series.head, series.name, aggregating.of.view)
  if (known && isSeen && (await addPeriods(aggregator, aggregating, series, asked))) return true
  if (!series.isCondensed) return false
  const all = await addPeriods(aggregator, aggregating, series, { ...asked, condensed: true })
  if (!all) throw new Problem('TooComplexQuery', `Query asks for more than ${MOST_PERIODS} periods`)
  return false
}

/** Adds totals of all numbers, or of those that only totals tell; tells whether there are such totals. */
async function addPeriods(
  aggregator: Aggregator,
  { store, of: { tenant } }: Aggregating,
  { head, name, start, first, last }: SeriesOf,
  { aggregation, options, condensed }: Asked & Pick<AggregateQuery, 'condensed'>,
): Promise<boolean> {
  const from = aggregation.period ? periodOf(Math.min(...first), start, aggregation.period).from : start
  const bounds = periodBounds({ from, to: Math.max(...last) + 1 }, aggregation.period, MOST_PERIODS)
  if (!bounds) return false
  const query = { attribute: name, bounds, ...datasetsOf(options), ...(condensed && { condensed }) }
  const totals = await store.aggregates(tenant, head.id, query)
  for (const total of totals ?? []) aggregator.addTotal(total, bounds[total.period] ?? from)
  return totals !== undefined
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
