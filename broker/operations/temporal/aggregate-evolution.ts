import type { Iri } from '../../core/model/iri.ts'
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
  const start = window?.from ?? Math.min(...names.flatMap((name) => timesOf(oldest, name, asked)))
  const newest = await readNewest(aggregating, head, names, asked)
  const aggregated: [Iri, readonly Aggregated[]][] = []
  for (const name of names) {
    const end = window?.to ?? Math.max(...timesOf(newest, name, asked))
    const aggregator = new Aggregator(asked.aggregation, { start, end, property: window?.property })
    const series = {
      head,
      name,
      start,
      first: timesOf(oldest, name, asked),
      last: timesOf(newest, name, asked),
    }
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
}

function timesOf(evolution: TemporalEntity, name: Iri, { window }: Asked): readonly Micros[] {
  return (evolution.attributes[name] ?? []).flatMap((instance) => timeOf(instance, window?.property) ?? [])
}

/** Adds what the store knows of plain numbers; tells whether that is all there is to add. */
async function addTotals(
  aggregator: Aggregator,
  { store, of: { tenant, view } }: Aggregating,
  { head, name, start, first, last }: SeriesOf,
  { aggregation, window, options }: Asked,
): Promise<boolean> {
  const known = window?.property === 'observedAt' && !aggregation.methods.includes('distinctCount')
  if (!known || !isClear(head, name, view)) return false
  const from = aggregation.period ? periodOf(Math.min(...first), start, aggregation.period).from : start
  const bounds = periodBounds({ from, to: Math.max(...last) + 1 }, aggregation.period, MOST_PERIODS)
  if (!bounds) return false
  const query = { attribute: name, bounds, ...datasetsOf(options) }
  const totals = await store.aggregates(tenant, head.id, query)
  for (const total of totals ?? []) aggregator.addTotal(total, bounds[total.period] ?? from)
  return totals !== undefined
}

/** What is masked, or scanned for identifiers, is only known instance by instance. */
function isClear({ types }: EvolutionHead, name: Iri, view: View): boolean {
  if (view.unrestricted) return true
  return view.treatment(types, name) === 'clear' && !(view.scan && (view.scans?.(name, types) ?? true))
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
