import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery, TypeNode } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import { narrow } from '../../core/query/needs.ts'
import type { View } from '../../core/view/view.ts'
import type { PlacedEntity } from '../../store/port/store.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { look, type Sight } from './render-entity.ts'

/** So many candidates at most are read at once. */
export const COUNT_PAGE = 1000

/** The earliest instant at which something that was looked at expires. */
export interface Freshness {
  earliest: Micros
}

/** A candidate that matches; with what the caller sees of it, where that was looked at. */
export interface Match {
  readonly row: PlacedEntity
  readonly sight?: Sight
}

export interface Walk {
  readonly after?: string | undefined
  readonly until?: Freshness
}

/** Walks the candidates of the store and passes on those that match on what the caller sees. */
export async function* findMatches(
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
