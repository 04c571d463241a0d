import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { EntityQuery, TypeNode } from '../../core/query/ast.ts'
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
import type { ReadDependencies } from './read-dependencies.ts'
import { renderStored, renderVisible, type Style, styleOf } from './render-entity.ts'

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

export interface QueriedEntities {
  readonly texts: readonly string[]
  /** Something follows; with `after` where the place in the store is known. */
  readonly more: boolean
  readonly after?: string
  readonly count?: number
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
    if (command.local || query.types?.kind === 'any') return queryLocal(dependencies, command, style)
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

type LocalAnswer = Omit<QueriedEntities, 'warnings'> & { readonly warnings: readonly string[] }

/** Answers from this hub's own store: candidates from its indexes, judged one by one on what the caller sees. */
async function queryLocal(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
): Promise<LocalAnswer> {
  const { limit, offset, count, after } = command
  const texts: string[] = []
  let matched = 0
  let place: string | undefined
  const wanted = offset + limit
  for await (const row of matches(dependencies, command, style.view, after)) {
    matched++
    if (matched > offset && matched <= wanted) {
      const text = renderStored(dependencies, row, style)
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
    ...(count && { count: await countLocal(dependencies, command, style.view) }),
    warnings: [],
  }
}

/** Counts all matches that the caller sees, wherever the page is; from the store's index when that is exact. */
async function countLocal(
  dependencies: ReadDependencies,
  command: QueryEntities,
  view: View,
): Promise<number> {
  const { query, exact } = pushedQuery(command.query, view)
  if (exact && view.unrestricted) {
    const { store, maxRows } = dependencies
    const page = await store.query(command.tenant, { query, limit: 1, count: true, maxRows })
    if (page.exact && page.count !== undefined) return page.count
  }
  let matched = 0
  for await (const _ of matches(dependencies, { ...command, limit: COUNT_PAGE }, view, undefined)) matched++
  return matched
}

/** Merges this hub's matches with those of other hubs by id: one page, in the order of the ids. */
async function queryAll(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
  remote: readonly { readonly source: string; readonly entity: Entity }[],
): Promise<LocalAnswer> {
  const { limit, offset, count, query } = command
  const groups = new Map<string, { source: string; entity: Entity }[]>()
  for (const copy of remote) groups.set(copy.entity.id, [...(groups.get(copy.entity.id) ?? []), copy])
  for (const copy of await ownCopies(dependencies, command, style.view, groups)) {
    groups.set(copy.id, [...(groups.get(copy.id) ?? []), { source: '', entity: copy }])
  }
  const texts: string[] = []
  let matched = 0
  for (const id of [...groups.keys()].sort()) {
    const seen = see(combineCopies(groups.get(id) ?? []), style.view)
    if (!seen || !matchEntity(query, seen, dependencies.engine)) continue
    matched++
    const text = matched > offset && matched <= offset + limit ? renderVisible(seen, style) : undefined
    if (text !== undefined) texts.push(text)
  }
  return { texts, more: matched > offset + limit, ...(count && { count: matched }), warnings: [] }
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
  for await (const row of matches(dependencies, command, view, undefined)) {
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

/** Walks the candidates of the store and passes on those that match on what the caller sees. */
async function* matches(
  { store, clock, engine, maxRows }: ReadDependencies,
  { tenant, query, limit, offset }: QueryEntities,
  view: View,
  start: string | undefined,
): AsyncGenerator<PlacedEntity> {
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
    for (const row of page.rows) if (certain || judge(row)) yield row
    rowsLeft -= page.rows.length
    after = page.next
  } while (after !== undefined)

  function judge({ text }: StoredEntity): boolean {
    const entity = atTime(parseEntity(text), now)
    const seen = entity && see(entity, view)
    return seen !== undefined && matchEntity(query, seen, engine)
  }
}

/** What the store may answer from its indexes: nothing that the caller does not see in clear. */
function pushedQuery(
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
