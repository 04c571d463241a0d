import type { Entity } from '../../core/model/entity.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { QNode, QPath } from '../../core/query/ast.ts'
import { linkedPaths, linkedTargets } from '../../core/query/linked-targets.ts'
import type { View } from '../../core/view/view.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { expiring, type Freshness, look } from './render-entity.ts'
import { tooManyJoined } from './too-many-joined.ts'

/** For whom, and when, linked entities are looked at. */
export interface LinkedLook {
  readonly tenant: Tenant
  readonly view: View
  readonly now: Micros
  readonly until?: Freshness | undefined
}

/** What a q finds behind relationships. */
export interface LinkedEntities {
  readonly linked: (uri: string) => Entity | undefined
  /** So many ids were looked up. */
  readonly size: number
}

/** Ids that each path goes on at. */
type Frontier = ReadonlyMap<QPath, ReadonlySet<string>>

/**
 * Looks up in this hub's own store, as the caller sees it, what a q looks into behind the relationships of some entities
 * (CIM 009 v1.9.1, 4.9), since the evaluator cannot wait. @throws Problem TooComplexQuery
 */
export async function lookUpLinked(
  { store, maxJoined }: Pick<ReadDependencies, 'store' | 'maxJoined'>,
  { q, entities }: { readonly q: QNode; readonly entities: readonly Entity[] },
  { tenant, view, now, until }: LinkedLook,
): Promise<LinkedEntities> {
  const known = new Map<string, Entity | undefined>()
  let frontier = frontierOf(linkedPaths(q).map((path) => [path, entities] as const))
  while (frontier.size > 0) {
    const unknown = new Set(
      [...frontier.values()].flatMap((uris) => [...uris].filter((uri) => !known.has(uri))),
    )
    if (known.size + unknown.size > maxJoined) throw tooManyJoined(maxJoined)
    for (const uri of unknown) known.set(uri, undefined)
    for (const stored of await store.readMany(tenant, [...unknown])) {
      const { seen, validUntil } = look(stored, view, now)
      expiring(until, validUntil)
      known.set(stored.id, seen)
    }
    frontier = frontierOf([...frontier].map(([path, uris]) => [path, seenOf(uris)] as const))
  }
  return { linked: (uri) => known.get(uri), size: known.size }

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
