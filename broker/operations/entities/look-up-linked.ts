import type { Entity } from '../../core/model/entity.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { QNode, QPath } from '../../core/query/ast.ts'
import { linkedPaths, linkedTargets } from '../../core/query/linked-targets.ts'
import type { QueryContext } from '../../core/query/match-q.ts'
import type { View } from '../../core/view/view.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { expiring, type Freshness, look } from './render-entity.ts'
import { tooManyJoined } from './too-many-joined.ts'

/** What is looked for behind relationships, for whom, and when. */
export interface LinkedLook {
  readonly q: QNode
  readonly tenant: Tenant
  readonly view: View
  readonly now: Micros
  readonly until?: Freshness | undefined
}

/** What a q finds behind relationships. */
export interface LinkedEntities {
  /** Finds it for these entities: the evaluator cannot wait. @throws Problem TooComplexQuery */
  lookUp(entities: readonly Entity[]): Promise<QueryContext>
  /** So many ids were read. */
  readonly read: number
}

/** Ids that each path goes on at. */
type Frontier = ReadonlyMap<QPath, ReadonlySet<string>>

/**
 * Looks up in this hub's own store, as the caller sees it, what a q looks into behind relationships (CIM 009 v1.9.1, 4.9).
 * What was read is kept for the next entities, as far as there is room.
 */
export function linkedEntities(
  { store, maxJoined }: Pick<ReadDependencies, 'store' | 'maxJoined'>,
  { q, tenant, view, now, until }: LinkedLook,
): LinkedEntities {
  const paths = linkedPaths(q)
  let known = new Map<string, Entity | undefined>()
  let read = 0
  return {
    get read() {
      return read
    },
    lookUp: async (entities) => {
      if (known.size > maxJoined / 2) known = new Map()
      let frontier = frontierOf(paths.map((path) => [path, entities] as const))
      while (frontier.size > 0) {
        await readUnknown(frontier)
        frontier = frontierOf([...frontier].map(([path, uris]) => [path, seenOf(uris)] as const))
      }
      const found = known
      return { linked: (uri) => found.get(uri) }
    },
  }

  async function readUnknown(frontier: Frontier): Promise<void> {
    const uris = [...frontier.values()].flatMap((each) => [...each])
    const unknown = new Set(uris.filter((uri) => !known.has(uri)))
    if (known.size + unknown.size > maxJoined) throw tooManyJoined(maxJoined)
    if (unknown.size === 0) return
    read += unknown.size
    for (const uri of unknown) known.set(uri, undefined)
    for (const stored of await store.readMany(tenant, [...unknown])) {
      const { seen, validUntil } = look(stored, view, now)
      expiring(until, validUntil)
      known.set(stored.id, seen)
    }
  }

  function seenOf(uris: ReadonlySet<string>): readonly Entity[] {
    return [...uris].map((uri) => known.get(uri)).filter((entity) => entity !== undefined)
  }
}

function frontierOf(steps: readonly (readonly [QPath, readonly Entity[]])[]): Frontier {
  const frontier = new Map<QPath, Set<string>>()
  for (const [path, entities] of steps) {
    for (const { uri, path: rest } of entities.flatMap((entity) => linkedTargets(path, entity))) {
      frontier.set(rest, (frontier.get(rest) ?? new Set()).add(uri))
    }
  }
  return frontier
}
