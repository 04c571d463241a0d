import type { Ordering } from '../../core/query/ast.ts'
import { collatorOf } from '../../core/query/collator.ts'
import type { AggregatedAttributes } from '../../core/temporal/aggregate.ts'
import { renderAggregates } from '../../core/view/render-aggregates.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import type { Aggregating } from './aggregate-evolution.ts'
import { contentReader, enoughOf } from './evolution-content.ts'
import { findHeads } from './find-heads.ts'
import { instanceReader } from './instance-reader.ts'
import type { EvolutionMeans, EvolutionReading } from './read-dependencies.ts'
import { readOverSources, type SharedHistory, type TemporalRead } from './read-over-sources.ts'
import { seeEvolution } from './see-evolution.ts'
import { totalsAhead } from './totals-ahead.ts'
import {
  type Evolutions,
  type EvolutionWriter,
  evolutionWriter,
  type FoundEvolution,
  writeEvolutions,
} from './write-evolutions.ts'

export interface QueryTemporalEvolution extends TemporalRead {
  readonly limit: number
  readonly offset: number
  readonly count: boolean
  /** Id where the page before ended. */
  readonly after?: string
  /** By id, the only order of temporal queries. */
  readonly ordering?: Ordering
}

/**
 * Query Temporal Evolution of Entities (CIM 009 v1.9.1, 5.7.4): one page of those whose instances at that time match, on
 * what the caller sees of them. @throws Problem
 */
export const queryTemporalEvolution =
  (dependencies: EvolutionReading) =>
  async (command: QueryTemporalEvolution): Promise<Evolutions> => {
    const { store } = dependencies
    const generation = store.generation(command.tenant) // before anything is read: it may show more, never less
    const { alone, warnings, ...reading } = await readingFor(dependencies, command)
    const { found, ...page } = await (command.ordering ? orderedPage : pageById)(reading, command)
    const lasting = (): boolean => store.generation(command.tenant) === generation
    const written = await writeEvolutions(reading, command, found)
    return { ...written, ...page, ...(alone && generation !== undefined && { lasting }), warnings }
  }

/** Answers the ids of all that matches, as the caller sees it; `check` is asked after each one. @throws Problem */
export async function matchingIds(
  dependencies: EvolutionReading,
  command: QueryTemporalEvolution,
  check: (ids: readonly string[]) => void,
): Promise<Omit<SharedHistory, 'store'> & { readonly ids: readonly string[] }> {
  const { alone, told, warnings, ...reading } = await readingFor(dependencies, command)
  return { ids: await idsOf(reading, command, check), alone, told, warnings }
}

type Reading = EvolutionMeans & Aggregating & { readonly write: EvolutionWriter }
type SharedReading = Reading & Omit<SharedHistory, 'store'>

/** So many evolutions are looked at together before others are let in. */
const TOGETHER = 100

/** What one request reads with. @throws Problem without the right to read */
async function readingFor(
  dependencies: EvolutionReading,
  command: QueryTemporalEvolution,
): Promise<SharedReading> {
  const { caller, tenant, query, options } = command
  caller.check('read', tenant, { resource: 'entity' })
  if (query.geo) await dependencies.engine.ready()
  const shared = await readOverSources(dependencies, command)
  const of = { tenant, view: caller.view(tenant) }
  const reader = instanceReader(shared.store, of, dependencies.maxRows)
  const write = evolutionWriter(options, dependencies.maxPageBytes, of.view)
  return { ...dependencies, ...shared, of, reader, write }
}

interface FoundPage extends Pick<Evolutions, 'more' | 'after' | 'count'> {
  readonly found: readonly FoundEvolution[]
}

/** Passes on the matches behind an id; those at places that are wanted with what is to be shown of them. */
async function* findMatches(
  reading: Reading,
  command: QueryTemporalEvolution,
  wanted: (place: number) => boolean,
): AsyncGenerator<FoundEvolution> {
  const { store, reader, of } = reading
  const { query, after, limit, offset, options, table } = command
  const contents = contentReader(reading, reader, command)
  const enough = enoughOf(reading, command)
  const ahead = totalsAhead(reading, command)
  let place = 0
  for await (const heads of findHeads(
    store,
    reading,
    { ...of, query, after, enough: offset + limit + 1 },
    reader,
  )) {
    for (let first = 0; first < heads.length; first += TOGETHER) {
      const some = heads.slice(first, first + TOGETHER)
      const totals = await ahead?.(some)
      for (const head of some) {
        const found = matchTotals(head, totals?.get(head.id)) ?? (await matchInstances(head))
        if (!found) continue
        yield found
        place++
      }
    }
  }

  /** false: totals tell that it does not match; undefined: they do not tell. */
  function matchTotals(
    head: EvolutionHead,
    totals: AggregatedAttributes | undefined,
  ): FoundEvolution | false | undefined {
    if (!totals) return undefined
    const names = Object.keys(totals)
    const { attributes } = query
    if (attributes ? !names.some((name) => attributes.includes(name)) : names.length === 0)
      return attributes || options.needsAttribute ? false : undefined
    const content = seeEvolution(head, {}, of.view)
    if (!wanted(place)) return { head, content }
    const shown = reading.write((form) => renderAggregates(content, totals, { options: form, table }), {
      ...content,
      attributes: totals,
    })
    return { head, content, shown }
  }

  async function matchInstances(head: EvolutionHead): Promise<FoundEvolution | undefined> {
    const content = await contents.read(head, wanted(place) ? enough : 1)
    return content && { head, content }
  }
}

async function pageById(reading: Reading, command: QueryTemporalEvolution): Promise<FoundPage> {
  const { limit, offset, count, after } = command
  const end = offset + limit
  const isWanted = (place: number): boolean => place >= offset && place < end
  const found: FoundEvolution[] = []
  let matched = 0
  for await (const match of findMatches(reading, command, isWanted)) {
    if (isWanted(matched)) found.push(match)
    matched++
    if (matched > end && (!count || after !== undefined)) break
  }
  const more = matched > end
  const place = found.at(-1)?.head.id
  return {
    found,
    more,
    ...(more && place !== undefined && { after: place }),
    ...(count && { count: after === undefined ? matched : (await idsOf(reading, command)).length }),
  }
}

/** All matches are looked at before it is known which ones are on the page. */
async function orderedPage(reading: Reading, command: QueryTemporalEvolution): Promise<FoundPage> {
  const { limit, offset, count, ordering } = command
  const compare = collatorOf(ordering?.collation)
  const sign = ordering?.terms[0]?.descending ? -1 : 1
  const all = await idsOf(reading, command)
  const ids = all.sort((left, right) => sign * compare(left, right)).slice(offset, offset + limit)
  const found = new Map<string, FoundEvolution>()
  const onPage = { ...command, query: { ...command.query, ids } }
  if (ids.length > 0)
    for await (const match of findMatches(reading, onPage, () => true)) found.set(match.head.id, match)
  return {
    found: ids.flatMap((id) => found.get(id) ?? []),
    more: all.length > offset + limit,
    ...(count && { count: all.length }),
  }
}

async function idsOf(
  reading: Reading,
  { after: _, ...command }: QueryTemporalEvolution,
  check?: (ids: readonly string[]) => void,
): Promise<string[]> {
  const ids: string[] = []
  for await (const { head } of findMatches(reading, command, () => false)) {
    ids.push(head.id)
    check?.(ids)
  }
  return ids
}
