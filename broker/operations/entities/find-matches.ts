import { setImmediate } from 'node:timers/promises'
import type { EntityQuery } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import type { QueryContext } from '../../core/query/match-q.ts'
import { linkedDepth } from '../../core/query/needs.ts'
import { matchPattern } from '../../core/query/pattern.ts'
import type { View } from '../../core/view/view.ts'
import type { PlacedEntity } from '../../store/port/store.ts'
import { noteRead } from '../explanation.ts'
import { type LinkedEntities, linkedEntities } from './look-up-linked.ts'
import { narrowBehind } from './narrow-behind.ts'
import { pushedQuery } from './pushed-query.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { expiring, type Freshness, look, type Sight } from './render-entity.ts'
import { tooManyJoined } from './too-many-joined.ts'

/** So many candidates at most are read at once. */
export const COUNT_PAGE = 1000
/** So many of them are judged together when what they link to is looked at too. */
const TOGETHER = 100

/** A candidate that matches; with what the caller sees of it, where that was looked at. */
export interface Match {
  readonly row: PlacedEntity
  readonly sight?: Sight
}

/** What is walked over. */
export type Walked = Pick<
  QueryEntities,
  'tenant' | 'query' | 'limit' | 'offset' | 'explanation' | 'candidates'
>

export interface Walk {
  readonly after?: string | undefined
  readonly until?: Freshness | undefined
}

/** The only entities that are looked at, in this order; null where one was and is no more. */
export interface Candidates {
  readonly ids: readonly (string | null)[]
  /** Told of places whose entity does not match, or is not there. */
  readonly miss: (place: number) => void
}

/** Walks the candidates, all of the store unless they are named, and passes on those that match on what the caller sees. */
export function findMatches(
  dependencies: ReadDependencies,
  matching: Walked,
  view: View,
  walk: Walk = {},
): AsyncGenerator<Match> {
  const { candidates } = matching
  return candidates
    ? amongCandidates(dependencies, { ...matching, candidates }, view, walk)
    : amongAll(dependencies, matching, view, walk)
}

const CANDIDATES = 200

async function* amongCandidates(
  dependencies: ReadDependencies,
  { candidates: { ids, miss }, ...matching }: Walked & { readonly candidates: Candidates },
  view: View,
  { after, until }: Walk,
): AsyncGenerator<Match> {
  const { query, limit, offset } = matching
  const size = Math.min(offset + limit + 1, CANDIDATES)
  const wanted = idFilter(query)
  for (let start = after === undefined ? 0 : Number(after) + 1; start < ids.length; start += size) {
    const places = new Map<string, number>()
    for (let at = start; at < Math.min(start + size, ids.length); at++) {
      const id = ids[at]
      if (typeof id === 'string' && wanted(id)) places.set(id, at)
    }
    if (places.size === 0) continue
    const among = { ...matching, query: { ...query, ids: [...places.keys()] }, limit: size, offset: 0 }
    const found = new Map<string, Match>()
    for await (const match of amongAll(dependencies, among, view, { until })) found.set(match.row.id, match)
    for (const [id, place] of places) {
      const match = found.get(id)
      if (match) yield { ...match, row: { ...match.row, place: String(place) } }
      else miss(place)
    }
  }
}

/** Which candidates a request is about at all; the pattern only counts when there are no ids (6.4.3.2). */
export function idFilter(query: EntityQuery): (id: string) => boolean {
  const { ids, idPattern } = query
  const set = ids && new Set(ids)
  if (set) return (id) => set.has(id)
  return idPattern === undefined ? () => true : (id) => matchPattern(query, idPattern, id)
}

async function* amongAll(
  dependencies: ReadDependencies,
  { tenant, query, limit, offset, explanation }: Walked,
  view: View,
  { after: start, until }: Walk,
): AsyncGenerator<Match> {
  const { store, clock, engine, maxRows } = dependencies
  if (query.geo || query.parts) await engine.ready()
  const now = clock()
  const { q } = query
  const deep = q && linkedDepth(q) > 0 ? q : undefined
  const pushed = pushedQuery(query, view)
  const asked = deep
    ? await narrowBehind(dependencies, pushed.query, { tenant, view, explanation })
    : pushed.query
  const linked = deep && linkedEntities(dependencies, { q: deep, tenant, view, now, until })
  let after = start
  let rowsLeft = maxRows
  do {
    if (after !== start) await setImmediate() // a long walk lets others in
    const size = Math.min(Math.max(offset + limit + 1, 20), COUNT_PAGE)
    const page = await store.query(tenant, {
      query: asked,
      limit: size,
      maxRows: rowsLeft,
      ...(after !== undefined && { after }),
    })
    const certain = page.exact && pushed.exact && view.unrestricted
    noteRead(explanation, page, certain && !linked)
    if (until && certain) until.earliest = Math.min(until.earliest, page.validUntil ?? until.earliest)
    if (linked) yield* judgeBehind(page.rows, linked)
    else
      for (const row of page.rows) {
        const match = certain ? counted({ row }) : judge(row, see(row))
        if (match) yield match
      }
    rowsLeft -= page.rows.length
    if (linked && linked.read > rowsLeft) throw tooManyJoined(maxRows)
    after = page.next
  } while (after !== undefined)

  function see(row: PlacedEntity): Sight {
    const sight = look(row, view, now)
    expiring(until, sight.validUntil)
    return sight
  }

  function judge(row: PlacedEntity, sight: Sight, context?: QueryContext): Match | undefined {
    return sight.seen && matchEntity(query, sight.seen, engine, context) ? counted({ row, sight }) : undefined
  }

  function counted(match: Match): Match {
    if (explanation) explanation.matches++
    return match
  }

  async function* judgeBehind(rows: readonly PlacedEntity[], linked: LinkedEntities): AsyncGenerator<Match> {
    for (let from = 0; from < rows.length; from += TOGETHER) {
      const sights = rows.slice(from, from + TOGETHER).map((row) => ({ row, sight: see(row) }))
      const context = await linked.lookUp(sights.flatMap(({ sight }) => sight.seen ?? []))
      for (const { row, sight } of sights) {
        const match = judge(row, sight, context)
        if (match) yield match
      }
    }
  }
}
