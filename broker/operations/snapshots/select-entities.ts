import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { isProjected, projectedAttributes } from '../../core/view/render.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { Command } from '../command.ts'
import { findMatches } from '../entities/find-matches.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'

/** One query of a snapshot, decoded. */
export interface SnapshotQuery {
  readonly query: EntityQuery
  /** What of each entity becomes part of the snapshot. */
  readonly options: RenderOptions
}

export type SelectDependencies = ReadDependencies

const PAGE = 200

/** Walks the entities that a query of a snapshot selects, on what the caller sees; each as it is kept. @throws Problem */
export async function* selectEntities(
  dependencies: SelectDependencies,
  { caller, tenant }: Command,
  { query, options }: SnapshotQuery,
): AsyncGenerator<Entity> {
  const walk = { tenant, query, limit: PAGE, offset: 0 }
  for await (const { row } of findMatches(dependencies, walk, caller.view(tenant))) {
    const alive = atTime(parseEntity(row.text), dependencies.clock())
    if (alive) yield projected(alive, options)
  }
}

/** Keeps what the projection and the datasetId filter leave; id and type make the entity. */
function projected(entity: Entity, options: RenderOptions): Entity {
  const { scopes, ...rest } = entity
  return {
    ...rest,
    ...(scopes && isProjected('scope', options) && { scopes }),
    attributes: projectedAttributes(entity.attributes, options),
  }
}
