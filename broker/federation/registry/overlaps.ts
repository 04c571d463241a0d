import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery, TypeNode } from '../../core/query/ast.ts'
import { matchTypes } from '../../core/query/match-types.ts'
import { matchPattern } from '../../core/query/pattern.ts'
import { allOf } from './narrow-types.ts'
import type { EntityInfo, Registration, RegistrationMode } from './registration.ts'
import type { Seeking } from './sought.ts'
import { isCurrent, isProxied } from './taken-by.ts'

/**
 * Answers a registration that must not be there together with a proxied one (CIM 009 v1.9.1, 4.3.6.3 and 5.9.2.4): what an
 * exclusive one takes, no other one takes too. Redirect ones may overlap, and sources of history take nothing.
 * `proxied`: those of the hub that match.
 */
export function findOverlap(
  registration: Registration,
  proxied: (seeking: Seeking) => Iterable<Registration>,
  now: Micros,
): Registration | undefined {
  if (!isCurrent(registration, now)) return undefined
  for (const { mode, ...seeking } of rivalsOf(registration)) {
    for (const other of proxied(seeking)) {
      if (other.mode === mode && other.id !== registration.id && isCurrent(other, now)) return other
    }
  }
  return undefined
}

/** What of this hub's own entities a proxied registration takes: each query selects some, by types, ids and attributes. */
export function takenBy(registration: Registration, now: Micros): readonly EntityQuery[] {
  if (!isProxied(registration) || !isCurrent(registration, now)) return []
  const { information, mode } = registration
  return information.flatMap(({ entities, attributes }) =>
    (entities.length > 0 ? entities : [{ types: [] }]).map(({ types, id, idPattern }: EntityInfo) => ({
      ...(id !== undefined && { ids: [id] }),
      ...(id === undefined && idPattern !== undefined && { idPattern }),
      // there is one entity of an id, whatever its types
      ...(mode === 'redirect' && types.length > 0 && { types: allOf(types) }),
      ...(attributes.length > 0 && { attributes }),
    })),
  )
}

/** Tells whether such a query selects an entity. */
export function takes(query: EntityQuery, entity: Entity): boolean {
  const { types, ids, idPattern, attributes } = query
  return (
    (!types || matchTypes(types, entity.types)) &&
    (!ids || ids.includes(entity.id)) &&
    (idPattern === undefined || matchPattern(query, idPattern, entity.id)) &&
    (!attributes || attributes.some((name) => Object.hasOwn(entity.attributes, name)))
  )
}

/** Whose entities and attributes in which mode a registration must not have too. */
function rivalsOf({
  information,
  mode,
}: Registration): readonly (Seeking & { readonly mode: RegistrationMode })[] {
  return information.flatMap(({ entities, attributes }) => {
    const named = attributes.length > 0 ? { attributes } : {}
    const infos = entities.length > 0 ? entities : [{ types: [] }]
    return infos.flatMap(({ types, id, idPattern }: EntityInfo) => {
      const asked = {
        ...named,
        ...(id !== undefined && { ids: [id] }),
        ...(id === undefined && idPattern !== undefined && { idPattern }),
      }
      const typed = { ...asked, ...(types.length > 0 && { types: anyOf(types) }) }
      if (mode === 'redirect') return [{ ...typed, mode: 'exclusive' as const }]
      // there is one entity of an id, whatever types two of them name
      return [
        { ...asked, mode: 'exclusive' as const },
        { ...typed, mode: 'redirect' as const },
      ]
    })
  })
}

function anyOf(types: readonly Iri[]): TypeNode {
  const nodes = types.map((type) => ({ kind: 'type', type }) as const)
  const [only] = nodes
  return nodes.length === 1 && only ? only : { kind: 'or', nodes }
}
