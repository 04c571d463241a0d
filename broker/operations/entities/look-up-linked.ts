import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { QNode, QPath } from '../../core/query/ast.ts'
import { linkedPaths, linkedTargets } from '../../core/query/linked-targets.ts'
import type { QueryContext } from '../../core/query/match-q.ts'
import { attributesOf } from '../../core/query/needs.ts'
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

/** So many linked entities at most are held as a whole. */
const TOGETHER = 200

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
  const names = attributesOf({ q })
  let known = new Map<string, Entity | undefined>()
  let read = 0
  return {
    get read() {
      return read
    },
    lookUp: async (entities) => {
      if (known.size > maxJoined / 2) known = new Map()
      const before = read
      let frontier = frontierOf(paths.map((path) => [path, entities] as const))
      while (frontier.size > 0) {
        await readUnknown(frontier, before + maxJoined)
        frontier = frontierOf([...frontier].map(([path, uris]) => [path, seenOf(uris)] as const))
      }
      const found = known
      return { linked: (uri) => found.get(uri) }
    },
  }

  async function readUnknown(frontier: Frontier, most: number): Promise<void> {
    const uris = [...frontier.values()].flatMap((each) => [...each])
    const unknown = new Set(uris.filter((uri) => !known.has(uri)))
    read += unknown.size
    if (read > most) throw tooManyJoined(maxJoined)
    for (const uri of unknown) known.set(uri, undefined)
    const ids = [...unknown]
    for (let from = 0; from < ids.length; from += TOGETHER) {
      for (const stored of await store.readMany(tenant, ids.slice(from, from + TOGETHER))) {
        const { seen, validUntil } = look(stored, view, now)
        expiring(until, validUntil)
        known.set(stored.id, seen && only(seen, names))
      }
    }
  }

  function seenOf(uris: ReadonlySet<string>): readonly Entity[] {
    return [...uris].map((uri) => known.get(uri)).filter((entity) => entity !== undefined)
  }
}

/** Only what the q may look at is kept. */
function only(entity: Entity, names: ReadonlySet<Iri>): Entity {
  const attributes = Object.entries(entity.attributes).filter(([name]) => names.has(name))
  return { ...entity, attributes: Object.fromEntries(attributes) }
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
