import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import type { Registration, RegistrationMode } from './registration.ts'
import type { Registry } from './registry.ts'
import { isCurrent, withoutTaken } from './taken-by.ts'

/** Which entities a read is about, as far as registrations tell. */
export interface Subject {
  readonly types?: TypeNode
  readonly ids?: readonly string[]
}

/** What proxied registrations leave of the entities that a read is about. */
export interface Untaken {
  /** Answers what is left of a copy, by the mode of where it comes from, this hub unless it is given; undefined: nothing. */
  of(entity: Entity, mode?: RegistrationMode): Entity | undefined
  /** Attributes that are taken of some entities whose other attributes are left. */
  attributes(): ReadonlySet<Iri>
}

/** Answers what proxied registrations leave of the entities that a read is about; undefined: all of them. */
export function untakenOf(
  registry: Pick<Registry, 'proxied'>,
  { tenant, subjects, now }: { tenant: Tenant; subjects: readonly Subject[]; now: Micros },
): Untaken | undefined {
  const concerned = subjects.filter((subject) => isAnyCurrent(registry.proxied(tenant, subject), now))
  if (concerned.length === 0) return undefined
  return {
    of: (entity, mode) => {
      const takers = concerned.flatMap(({ types }) => [
        ...registry.proxied(tenant, { ids: [entity.id], ...(types && { types }) }),
      ])
      const current = takers.filter((taker) => isCurrent(taker, now))
      return withoutTaken(entity, current, mode)
    },
    attributes: () => {
      const names = new Set<Iri>()
      for (const subject of concerned) {
        for (const { information } of registry.proxied(tenant, subject)) {
          for (const { attributes } of information) for (const name of attributes) names.add(name)
        }
      }
      return names
    },
  }
}

function isAnyCurrent(takers: Iterable<Registration>, now: Micros): boolean {
  for (const taker of takers) if (isCurrent(taker, now)) return true
  return false
}
