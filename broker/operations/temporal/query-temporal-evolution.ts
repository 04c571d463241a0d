import type { Ordering } from '../../core/query/ast.ts'
import { collatorOf } from '../../core/query/collator.ts'
import type { Command } from '../command.ts'
import type { Aggregating } from './aggregate-evolution.ts'
import { type AskedOfEvolutions, contentReader, enoughOf } from './evolution-content.ts'
import { findHeads } from './find-heads.ts'
import { instanceReader } from './instance-reader.ts'
import type { EvolutionMeans, EvolutionReading } from './read-dependencies.ts'
import { type Evolutions, type FoundEvolution, writeEvolutions } from './write-evolutions.ts'

export interface QueryTemporalEvolution extends Command, AskedOfEvolutions {
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
    const reading = await readingFor(dependencies, command)
    const { found, ...page } = await (command.ordering ? orderedPage : pageById)(reading, command)
    return { ...(await writeEvolutions(reading, command, found)), ...page }
  }

/** Answers the ids of all that matches, as the caller sees it; `check` is asked after each one. @throws Problem */
export async function matchingIds(
  dependencies: EvolutionReading,
  command: QueryTemporalEvolution,
  check: (ids: readonly string[]) => void,
): Promise<readonly string[]> {
  return idsOf(await readingFor(dependencies, command), command, check)
}

type Reading = EvolutionMeans & Aggregating

/** What one request reads with. @throws Problem without the right to read */
async function readingFor(
  dependencies: EvolutionReading,
  { caller, tenant, query }: QueryTemporalEvolution,
): Promise<Reading> {
  caller.check('read', tenant, { resource: 'entity' })
  if (query.geo) await dependencies.engine.ready()
  const of = { tenant, view: caller.view(tenant) }
  return { ...dependencies, of, reader: instanceReader(dependencies.store, of, dependencies.maxRows) }
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
  const { query, after } = command
  const contents = contentReader(reading, reader, command)
  const enough = enoughOf(reading, command)
  let place = 0
  for await (const head of findHeads(store, reading, { ...of, query, after }, reader)) {
    const content = await contents.read(head, wanted(place) ? enough : 1)
    if (!content) continue
    yield { head, content }
    place++
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
