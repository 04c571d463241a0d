import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery, TypeNode } from '../../core/query/ast.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import { attributesOf, narrow } from '../../core/query/needs.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import { combineCopies } from '../../federation/combine/combine-copies.ts'
import { warning } from '../../federation/forward/warning.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { PlacedEntity, StoredEntity } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { type LocalPage, pageKey } from './cached-page.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import {
  isFresh,
  look,
  renderStored,
  renderVisible,
  type Sight,
  type Style,
  styleOf,
} from './render-entity.ts'

export interface QueryEntities extends Command {
  readonly query: EntityQuery
  /** The client's own parameters, to hand on to other hubs. */
  readonly parameters: URLSearchParams
  readonly table: TermTable
  readonly options: RenderOptions
  readonly features: boolean
  readonly local: boolean
  readonly via: string | undefined
  /** Headers of the request, some of which a registration may hand on (4.3.6.5). */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly limit: number
  readonly offset: number
  readonly count: boolean
  /** Place in the store where the page before ended. */
  readonly after?: string
}

export interface QueriedEntities extends LocalPage {
  readonly warnings: readonly string[]
}

/** Query Entities (CIM 009 v1.9.1, 5.7.2): one page of the matching entities that the caller may see. @throws Problem */
export const queryEntities =
  (dependencies: ReadDependencies) =>
  async (command: QueryEntities): Promise<QueriedEntities> => {
    const { caller, tenant, table, options, features, query } = command
    caller.check('read', tenant, { resource: 'entity' })
    const view = caller.view(tenant)
    const style = styleOf({ tenant, view, table, options, features })
    if (command.local || query.types?.kind === 'any')
      return { ...(await queryLocal(dependencies, command, style)), warnings: [] }
    const { federation } = dependencies
    const { entities, warnings, complete } = await federation.query({
      tenant,
      query,
      parameters: command.parameters,
      caller,
      table,
      via: command.via,
      ...(command.headers && { headers: command.headers }),
      // a count needs all that the sources have, as far as a page may go
      limit: command.count
        ? Math.max(COUNT_PAGE, command.offset + command.limit + 1)
        : command.offset + command.limit + 1,
      pushable: view.unrestricted || [...attributesOf(query)].every((name) => view.clearEverywhere(name)),
    })
    const told =
      command.count && !complete ? [...warnings, incompleteCount(federation.alias(tenant))] : warnings
    if (entities.length === 0) return { ...(await queryLocal(dependencies, command, style)), warnings: told }
    return { ...(await queryAll(dependencies, command, style, entities)), warnings: told }
  }

/** Without an EntityMap a count over several sources is exact only while all of them answer whole. */
function incompleteCount(alias: string): string {
  return warning(
    199,
    alias,
    'The count is a lower bound, since not every source answered with all that it has',
  )
}

const COUNT_PAGE = 1000

/** Answers from this hub's own store, through the page cache while nothing of the tenant changes. */
async function queryLocal(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
): Promise<LocalPage> {
  const { store, pages, clock } = dependencies
  const key = pageKey(command, style)
  const generation = store.generation(command.tenant) // before the page is read: it may show more, never less
  const kept = pages.get(key)
  if (kept && kept.generation === generation && isFresh(kept, clock())) return kept.page
  const until: Freshness = { earliest: Number.POSITIVE_INFINITY }
  const page = await readPage(dependencies, command, style, until)
  if (generation !== undefined) {
    pages.set(key, {
      page,
      generation,
      ...(Number.isFinite(until.earliest) && { validUntil: until.earliest }),
    })
  }
  return page
}

/** Reads a page: candidates from the store's indexes, judged one by one on what the caller sees. */
async function readPage(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
  until: Freshness,
): Promise<LocalPage> {
  const { limit, offset, count, after } = command
  const texts: string[] = []
  let matched = 0
  let place: string | undefined
  const wanted = offset + limit
  for await (const { row, sight } of matches(dependencies, command, style.view, { after, until })) {
    matched++
    if (matched > offset && matched <= wanted) {
      const { text } = renderStored(dependencies, row, style, sight)
      if (text !== undefined) texts.push(text)
      place = row.place
    }
    if (matched > wanted) break
  }
  const more = matched > wanted
  return {
    texts,
    more,
    ...(more && place !== undefined && { after: place }),
    ...(count && { count: await countLocal(dependencies, command, style.view, until) }),
  }
}

/** Counts all matches that the caller sees, wherever the page is; from the store's index when that is exact. */
async function countLocal(
  dependencies: ReadDependencies,
  command: QueryEntities,
  view: View,
  until: Freshness,
): Promise<number> {
  const { query, exact } = pushedQuery(command.query, view)
  if (exact && view.unrestricted) {
    const { store, maxRows } = dependencies
    const page = await store.query(command.tenant, { query, limit: 1, count: true, maxRows })
    if (page.exact && page.count !== undefined) return page.count
  }
  let matched = 0
  for await (const _ of matches(dependencies, { ...command, limit: COUNT_PAGE }, view, { until })) matched++
  return matched
}

/** Merges this hub's matches with those of other hubs by id: one page, in the order of the ids. */
async function queryAll(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
  remote: readonly { readonly source: string; readonly entity: Entity }[],
): Promise<LocalPage> {
  const { limit, offset, count, query } = command
  const groups = new Map<string, { source: string; entity: Entity }[]>()
  for (const copy of remote) groups.set(copy.entity.id, [...(groups.get(copy.entity.id) ?? []), copy])
  for (const copy of await ownCopies(dependencies, command, style.view, groups)) {
    groups.set(copy.id, [...(groups.get(copy.id) ?? []), { source: '', entity: copy }])
  }
  const texts: string[] = []
  let matched = 0
  for (const id of [...groups.keys()].sort(compareText)) {
    const seen = see(combineCopies(groups.get(id) ?? []), style.view)
    if (!seen || !matchEntity(query, seen, dependencies.engine)) continue
    matched++
    const text = matched > offset && matched <= offset + limit ? renderVisible(seen, style) : undefined
    if (text !== undefined) texts.push(text)
  }
  return { texts, more: matched > offset + limit, ...(count && { count: matched }) }
}

/** This hub's own matches and its copies of what other hubs answered, whether these match alone or not. */
async function ownCopies(
  dependencies: ReadDependencies,
  command: QueryEntities,
  view: View,
  remote: ReadonlyMap<string, unknown>,
): Promise<readonly Entity[]> {
  const own = new Map<string, Entity>()
  const most = command.count ? Number.POSITIVE_INFINITY : command.offset + command.limit + 1
  for await (const { row } of matches(dependencies, command, view)) {
    add(row)
    if (own.size >= most) break
  }
  const others = [...remote.keys()].filter((id) => !own.has(id))
  for (const stored of await dependencies.store.readMany(command.tenant, others)) add(stored)
  return [...own.values()]

  function add({ text }: StoredEntity): void {
    const alive = atTime(parseEntity(text), dependencies.clock())
    if (alive) own.set(alive.id, alive)
  }
}

/** The earliest instant at which something that was looked at expires. */
interface Freshness {
  earliest: Micros
}

/** A candidate that matches; with what the caller sees of it, where that was looked at. */
interface Match {
  readonly row: PlacedEntity
  readonly sight?: Sight
}

interface Walk {
  readonly after?: string | undefined
  readonly until?: Freshness
}

/** Walks the candidates of the store and passes on those that match on what the caller sees. */
async function* matches(
  { store, clock, engine, maxRows }: ReadDependencies,
  { tenant, query, limit, offset }: QueryEntities,
  view: View,
  { after: start, until }: Walk = {},
): AsyncGenerator<Match> {
  const now = clock()
  const pushed = pushedQuery(query, view)
  let after = start
  let rowsLeft = maxRows
  do {
    const size = Math.min(Math.max(offset + limit + 1, 20), COUNT_PAGE)
    const page = await store.query(tenant, {
      query: pushed.query,
      limit: size,
      maxRows: rowsLeft,
      ...(after !== undefined && { after }),
    })
    const certain = page.exact && pushed.exact && view.unrestricted
    for (const row of page.rows) {
      const match = certain ? { row } : judge(row)
      if (match) yield match
    }
    rowsLeft -= page.rows.length
    after = page.next
  } while (after !== undefined)

  function judge(row: PlacedEntity): Match | undefined {
    const sight = look(row, view, now)
    if (until && sight.validUntil !== undefined) until.earliest = Math.min(until.earliest, sight.validUntil)
    return sight.seen && matchEntity(query, sight.seen, engine) ? { row, sight } : undefined
  }
}

/** What the store may answer from its indexes: nothing that the caller does not see in clear. */
export function pushedQuery(
  query: EntityQuery,
  view: View,
): { readonly query: EntityQuery; readonly exact: boolean } {
  const pushed = narrow(query, (attribute) => view.unrestricted || view.clearEverywhere(attribute))
  return { query: withTypes(pushed.query, view), exact: pushed.exact }
}

/** Only types that the caller may see any entity of are looked for. */
function withTypes(query: EntityQuery, view: View): EntityQuery {
  if (!view.types) return query
  const seen: TypeNode = {
    kind: 'or',
    nodes: [...view.types].map((type) => ({ kind: 'type', type }) as const),
  }
  return { ...query, types: query.types ? { kind: 'and', nodes: [query.types, seen] } : seen }
}
