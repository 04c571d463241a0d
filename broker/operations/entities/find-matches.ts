import { setImmediate } from 'node:timers/promises'
import type { EntityQuery, QNode, TypeNode } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import type { QueryContext } from '../../core/query/match-q.ts'
import { linkedDepth, narrow } from '../../core/query/needs.ts'
import type { View } from '../../core/view/view.ts'
import type { PlacedEntity } from '../../store/port/store.ts'
import { noteRead } from '../explanation.ts'
import { lookUpLinked } from './look-up-linked.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { expiring, type Freshness, look, type Sight } from './render-entity.ts'

/** So many candidates at most are read at once. */
export const COUNT_PAGE = 1000
/** So many when what they link to is looked at too. */
const LINKING_PAGE = 100

/** A candidate that matches; with what the caller sees of it, where that was looked at. */
export interface Match {
  readonly row: PlacedEntity
  readonly sight?: Sight
}

/** What is walked over. */
export type Walked = Pick<QueryEntities, 'tenant' | 'query' | 'limit' | 'offset' | 'explanation'>

export interface Walk {
  readonly after?: string | undefined
  readonly until?: Freshness
}

/** Walks the candidates of the store and passes on those that match on what the caller sees. */
export async function* findMatches(
  dependencies: ReadDependencies,
  { tenant, query, limit, offset, explanation }: Walked,
  view: View,
  { after: start, until }: Walk = {},
): AsyncGenerator<Match> {
  const { store, clock, engine, maxRows } = dependencies
  if (query.geo) await engine.ready()
  const now = clock()
  const { q } = query
  const deep = q && linkedDepth(q) > 0 ? q : undefined
  const pushed = pushedQuery(query, view)
  let after = start
  let rowsLeft = maxRows
  do {
    if (after !== start) await setImmediate() // a long walk lets others in
    const size = Math.min(Math.max(offset + limit + 1, 20), deep ? LINKING_PAGE : COUNT_PAGE)
    const page = await store.query(tenant, {
      query: pushed.query,
      limit: size,
      maxRows: rowsLeft,
      ...(after !== undefined && { after }),
    })
    const certain = page.exact && pushed.exact && view.unrestricted
    noteRead(explanation, page, certain)
    const linked = deep && (await lookBehind(page.rows, deep))
    if (until && certain) until.earliest = Math.min(until.earliest, page.validUntil ?? until.earliest)
    for (const row of page.rows) {
      const match = certain ? { row } : judge(row, linked?.sights.get(row) ?? see(row), linked)
      if (!match) continue
      if (explanation) explanation.matches++
      yield match
    }
    rowsLeft -= page.rows.length + (linked?.size ?? 0)
    after = page.next
  } while (after !== undefined)

  function see(row: PlacedEntity): Sight {
    const sight = look(row, view, now)
    expiring(until, sight.validUntil)
    return sight
  }

  function judge(row: PlacedEntity, sight: Sight, context?: QueryContext): Match | undefined {
    return sight.seen && matchEntity(query, sight.seen, engine, context) ? { row, sight } : undefined
  }

  async function lookBehind(rows: readonly PlacedEntity[], node: QNode) {
    const sights = new Map(rows.map((row) => [row, see(row)]))
    const entities = [...sights.values()].flatMap(({ seen }) => seen ?? [])
    return {
      sights,
      ...(await lookUpLinked(dependencies, { q: node, entities }, { tenant, view, now, until })),
    }
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
