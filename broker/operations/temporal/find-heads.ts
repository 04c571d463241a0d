import { setImmediate } from 'node:timers/promises'
import type { EntityQuery, EntitySelector, TypeNode } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import type { View } from '../../core/view/view.ts'
import type { EvolutionHead, EvolutionQuery, EvolutionStore } from '../../store/port/evolution.ts'
import type { Command } from '../command.ts'
import { withTypes } from '../entities/pushed-query.ts'
import type { InstanceReader } from './instance-reader.ts'
import type { EvolutionMeans } from './read-dependencies.ts'
import { admitsEvolution } from './see-evolution.ts'

/** Which evolutions are walked over. */
export interface HeadWalk extends Pick<Command, 'tenant'> {
  readonly query: EntityQuery
  readonly view: View
  /** Only those behind this id. */
  readonly after?: string | undefined
  /** So many are likely to be enough. */
  readonly enough?: number
}

const FIRST = 50
const MOST = 1000

/** Walks the evolutions that the caller sees, some at a time, ascending by id, with the ids and types that a query asks for. */
export async function* findHeads(
  store: EvolutionStore,
  { engine }: Pick<EvolutionMeans, 'engine'>,
  { tenant, query, view, after: start, enough = 0 }: HeadWalk,
  reader: Pick<InstanceReader, 'spend'>,
): AsyncGenerator<readonly EvolutionHead[]> {
  const { selectors } = query
  const asked = { ...narrowed(query), ...(selectors && { selectors }) }
  const pushed = pushedSelection(query, view)
  let after = start
  const bare = view.unrestricted ? { stateless: true as const } : {}
  for (let limit = Math.min(Math.max(FIRST, enough), 2 * MOST); ; limit = MOST) {
    const behind = after === undefined ? {} : { after }
    const heads = await store.evolutions(tenant, { ...pushed, ...bare, ...behind, limit })
    reader.spend(heads.length)
    yield heads.filter(
      (head) => admitsEvolution(head, view) && matchEntity(asked, { ...head, attributes: {} }, engine),
    )
    after = heads.at(-1)?.id
    if (heads.length < limit) return
    await setImmediate() // a long walk lets others in
  }
}

/** The part of a query that is about ids and types alone. */
function narrowed({ ids, idPattern, types }: Partial<EntitySelector>): Partial<EntitySelector> {
  return {
    ...(ids && { ids }),
    ...(idPattern !== undefined && { idPattern }),
    ...(types && { types }),
  }
}

/** What the store may narrow by: of several selectors everything that one of them can select. */
function pushedSelection(query: EntityQuery, view: View): Pick<EvolutionQuery, 'ids' | 'types'> {
  const { selectors = [] } = query
  const types = query.types ?? anyOf(selectors)
  const ids = query.ids ?? idsOf(selectors)
  const { types: seen } = withTypes(types ? { types } : {}, view)
  return { ...(ids && { ids }), ...(seen && { types: seen }) }
}

function anyOf(selectors: readonly EntitySelector[]): TypeNode | undefined {
  return selectors.length === 0 ? undefined : { kind: 'or', nodes: selectors.map(({ types }) => types) }
}

function idsOf(selectors: readonly EntitySelector[]): readonly string[] | undefined {
  if (selectors.length === 0 || selectors.some(({ ids }) => !ids)) return undefined
  return [...new Set(selectors.flatMap(({ ids = [] }) => ids))]
}
