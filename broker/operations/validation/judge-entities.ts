import type { Entity } from '../../core/model/entity.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { breachesOf } from '../../core/validation/breaches.ts'
import type { View } from '../../core/view/view.ts'
import type { Command } from '../command.ts'
import { findMatches } from '../entities/find-matches.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'
import { look } from '../entities/render-entity.ts'
import { type JudgedType, told } from './validation.ts'

export interface JudgeEntities extends Pick<Command, 'caller' | 'tenant'> {
  readonly query: Pick<EntityQuery, 'types' | 'ids'>
  /** So many entities are looked at. */
  readonly limit: number
  readonly after?: string
}

/** What was found among the entities that were looked at: those that the caller sees. */
export interface Judgement {
  readonly looked: number
  readonly entities: readonly JsonObject[]
  /** Where the next ones begin; absent: there are none. */
  readonly next?: string
}

type Dependencies = ReadDependencies & {
  readonly judged: () => ReadonlyMap<string, JudgedType>
}

/**
 * Answers which of this hub's own entities are not as the ontology has them, whatever is done about that in writes. They are
 * judged as they are now, so nothing has to be kept, and what the caller does not see in clear is not judged.
 */
export const judgeEntities =
  ({ judged, ...dependencies }: Dependencies) =>
  async ({ caller, tenant, query, limit, after }: JudgeEntities): Promise<Judgement> => {
    caller.check('read', tenant, { resource: 'entity' })
    const view = caller.view(tenant)
    const types = judged()
    const entities: JsonObject[] = []
    let looked = 0
    let last: string | undefined
    const walked = { tenant, query, limit, offset: 0 }
    for await (const { row, sight } of findMatches(dependencies, walked, view, { after })) {
      if (looked === limit) return { looked, entities, ...(last !== undefined && { next: last }) }
      looked++
      last = row.place
      const { seen } = sight ?? look(row, view, dependencies.clock())
      if (seen) entities.push(...judgement(seen, view, types))
    }
    return { looked, entities }
  }

function judgement(seen: Entity, view: View, types: ReadonlyMap<string, JudgedType>): readonly JsonObject[] {
  const isClear = (attribute: string): boolean =>
    view.unrestricted || view.treatment(seen.types, attribute, seen) === 'clear'
  const errors = seen.types.flatMap((type) => {
    const rules = types.get(type)?.rules
    return rules ? breachesOf(seen, rules, isClear).map((breach) => told({ type: rules.name, breach })) : []
  })
  return errors.length === 0 ? [] : [{ id: seen.id, type: [...seen.types], errors }]
}
