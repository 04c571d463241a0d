import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import { narrow } from '../../core/query/needs.ts'
import { isProjected, projectedAttributes } from '../../core/view/render.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { see } from '../../core/view/see.ts'
import { type Copy, combineCopies, copiesOf } from '../../federation/combine/combine-copies.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { Command } from '../command.ts'
import { findMatches } from '../entities/find-matches.ts'
import { lookBehind } from '../entities/merge-copies.ts'
import { isPushable } from '../entities/query-entities.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'
import type { TellProblem } from './prepare-snapshots.ts'

/** One query of a snapshot, decoded. */
export interface SnapshotQuery {
  readonly query: EntityQuery
  /** As it was given: its filters are handed on word for word. */
  readonly parameters: URLSearchParams
  readonly table: TermTable
  /** What of each entity becomes part of the snapshot. */
  readonly options: RenderOptions
}

/** Told where not every source had its part in it. */
interface Telling {
  readonly tell: TellProblem
}

export type SelectDependencies = ReadDependencies

const PAGE = 200
/** So many entities at most are taken from each source. */
const MOST_OF_SOURCE = 10_000

/**
 * Walks the entities that a query of a snapshot selects, on what the caller sees, each as it is kept: this hub's own in
 * clear, and what sources answered to the caller put together with them (CIM 009 v1.9.1, 5.16.1.4, 5.7.2.4). Nobody else
 * finds the snapshot, and the caller reads it through its view of then. @throws Problem
 */
export async function* selectEntities(
  dependencies: SelectDependencies,
  command: Command,
  { options, ...asked }: SnapshotQuery & Telling,
): AsyncGenerator<Entity> {
  for await (const entity of selectWhole(dependencies, command, asked)) yield projected(entity, options)
}

async function* selectWhole(
  dependencies: SelectDependencies,
  { caller, tenant }: Command,
  { query, parameters, table, tell }: Omit<SnapshotQuery, 'options'> & Telling,
): AsyncGenerator<Entity> {
  const view = caller.view(tenant)
  const remote = await dependencies.federation.query({
    ...{ tenant, caller, query, parameters, table, via: undefined },
    limit: MOST_OF_SOURCE,
    pushable: isPushable(query, view),
  })
  if (!remote.alone && !remote.complete)
    tell({ code: 'BadGateway', text: 'Not every source answered with all that it has' })
  const groups = new Map<string, Copy[]>()
  for (const copy of remote.copies) groups.set(copy.entity.id, [...(groups.get(copy.entity.id) ?? []), copy])
  const own = remote.own
  const taken = own?.attributes()
  const walked = taken ? narrow(query, (name) => !taken.has(name)).query : query
  const walk = { tenant, query: walked, limit: PAGE, offset: 0 }
  for await (const { row } of findMatches(dependencies, walk, view)) {
    const alive = groups.has(row.id) ? undefined : atTime(parseEntity(row.text), dependencies.clock())
    const left = alive && own ? own.of(alive) : alive
    if (left && (!own || (await isSelected(left)))) yield left
  }
  for (const [id, copies] of groups) {
    const [stored] = await dependencies.store.readMany(tenant, [id])
    const alive = stored && atTime(parseEntity(stored.text), dependencies.clock())
    const whole = combineCopies(copiesOf(alive && own ? own.of(alive) : alive, { copies }))
    if (await isSelected(whole)) yield whole
  }

  async function isSelected(whole: Entity): Promise<boolean> {
    const seen = see(whole, view)
    if (!seen) return false
    if (query.geo) await dependencies.engine.ready()
    const linked = await lookBehind(dependencies, { tenant, query }, view, [seen])
    return matchEntity(query, seen, dependencies.engine, linked)
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
