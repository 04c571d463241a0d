import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import type { QueryContext } from '../../core/query/match-q.ts'
import { linkedDepth, narrow } from '../../core/query/needs.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import { type Copy, combineCopies, copiesOf } from '../../federation/combine/combine-copies.ts'
import type { FederatedCopies } from '../../federation/federation.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { StoredEntity } from '../../store/port/store.ts'
import { type LocalPage, pageKey } from './cached-page.ts'
import { findMatches } from './find-matches.ts'
import { joinEntities } from './join-entities.ts'
import { linkedElsewhere } from './linked-elsewhere.ts'
import { linkedEntities } from './look-up-linked.ts'
import { keepMerged, mergedBefore } from './merged-before.ts'
import { noteProvenance } from './note-provenance.ts'
import { pageBudget } from './page-budget.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies, Rendering } from './read-dependencies.ts'
import { renderVisible, type Shown, type Style, textsOf } from './render-entity.ts'

/** Merges this hub's matches with those of other hubs by id: one page, in the order of the ids. */
export async function mergeCopies(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
  remote: Pick<FederatedCopies, 'copies' | 'own'>,
): Promise<LocalPage> {
  const generation = dependencies.store.generation(command.tenant) // before the store is read: it may show more, never less
  const of =
    generation === undefined || remote.own || !isPlain(command)
      ? undefined
      : { key: pageKey(command, style), generation }
  const before = of && mergedBefore(remote.copies, of)
  if (before) return before
  const { alone, ...page } = await mergeAnew(dependencies, command, style, remote)
  if (of && alone) keepMerged(remote.copies, of, page)
  return page
}

/** Nothing else has a part in the page, and nobody wants to know more of it. */
function isPlain({ query, join, candidates, explanation, provenance }: QueryEntities): boolean {
  return !isDeep(query) && !join && !candidates && !explanation && !provenance
}

async function mergeAnew(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
  remote: Pick<FederatedCopies, 'copies' | 'own'>,
): Promise<LocalPage & { readonly alone: boolean }> {
  const { limit, offset, count, query, join } = command
  if (query.geo || query.parts) await dependencies.engine.ready()
  const groups = new Map<string, Copy[]>()
  for (const copy of remote.copies) groups.set(copy.entity.id, [...(groups.get(copy.entity.id) ?? []), copy])
  const own = await ownCopies(dependencies, command, style.view, { groups, ...remote })
  const ids = [...new Set([...groups.keys(), ...own.keys()])].sort(compareText)
  const combined = ids.flatMap((id) => see(combineCopies(copiesById(id)), style.view) ?? [])
  const linked = await lookBehind(dependencies, command, style.view, combined)
  const shown: Shown[] = []
  const weigh = pageBudget(dependencies.maxPageBytes)
  let matched = 0
  for (const seen of combined) {
    if (!matchEntity(query, seen, dependencies.engine, linked)) continue
    matched++
    if (matched <= offset || matched > offset + limit) continue
    const rendering = renderCopy(seen, style)
    weigh(rendering)
    shown.push({ id: seen.id, ...rendering })
    noteProvenance(dependencies, command, { seen, copies: copiesById(seen.id), style })
  }
  const texts = join
    ? await joinEntities(dependencies, shown, { join, style, ...linkedElsewhere(dependencies, command) })
    : textsOf(shown)
  return {
    ...texts,
    more: matched > offset + limit,
    ...(count && { count: matched }),
    // what this hub has itself may expire
    alone: own.size === 0,
  }

  function copiesById(id: string): readonly Copy[] {
    return copiesOf(own.get(id), { copies: groups.get(id) ?? [] })
  }
}

/** How entities of sources were rendered that are still around: one that came again as it was is the same object. */
const RENDERED = new WeakMap<Entity, { readonly style: string; readonly rendering: Rendering }>()

function renderCopy(entity: Entity, style: Style): Rendering {
  const known = RENDERED.get(entity)
  if (known?.style === style.key) return known.rendering
  const rendering = renderVisible(entity, style)
  RENDERED.set(entity, { style: style.key, rendering })
  return rendering
}

/** What a q looks into behind relationships is this hub's own, wherever these come from. */
export async function lookBehind(
  dependencies: ReadDependencies,
  { tenant, query: { q } }: Pick<QueryEntities, 'tenant' | 'query'>,
  view: View,
  entities: readonly Entity[],
): Promise<QueryContext | undefined> {
  if (!q || linkedDepth(q) === 0) return undefined
  return linkedEntities(dependencies, { q, tenant, view, now: dependencies.clock() }).lookUp(entities)
}

/**
 * This hub's own matches and its copies of what other hubs answered, whether these match alone or not; of each what proxied
 * registrations leave of it, and only that is judged. Those that will match whatever comes together suffice for the page.
 */
async function ownCopies(
  dependencies: ReadDependencies,
  command: QueryEntities,
  view: View,
  { groups, own }: { readonly groups: ReadonlyMap<string, unknown> } & Pick<FederatedCopies, 'own'>,
): Promise<ReadonlyMap<string, Entity>> {
  const { query, offset, limit, count } = command
  const kept = new Map<string, Entity>()
  const met = new Set<string>()
  const taken = own?.attributes()
  const walked = taken ? narrow(query, (name) => !taken.has(name)) : { query, exact: true }
  const most = count ? Number.POSITIVE_INFINITY : offset + limit + 1
  let certain = 0
  for await (const { row } of findMatches(dependencies, { ...command, query: walked.query }, view)) {
    if (isCertain(add(row)) && !groups.has(row.id)) certain++
    if (certain >= most) break
  }
  const others = [...groups.keys()].filter((id) => !met.has(id))
  for (const stored of await dependencies.store.readMany(command.tenant, others)) add(stored)
  return kept

  function add({ id, text }: StoredEntity): Entity | undefined {
    met.add(id)
    const alive = atTime(parseEntity(text), dependencies.clock())
    const left = alive && own ? own.of(alive) : alive
    if (left) kept.set(id, left)
    return left
  }

  function isCertain(left: Entity | undefined): boolean {
    if (!left || (walked.exact && !own)) return left !== undefined
    const seen = see(left, view)
    return seen !== undefined && !isDeep(query) && matchEntity(query, seen, dependencies.engine)
  }
}

function isDeep({ q }: EntityQuery): boolean {
  return q !== undefined && linkedDepth(q) > 0
}
