import type { Entity } from '../../broker/core/model/entity.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import { scanned } from '../../broker/core/view/see.ts'
import type { Treatment, View } from '../../broker/core/view/view.ts'

/** What of one entity is a person's who asked that it is not processed, or who withdrew her consent for a purpose. */
export interface Restriction {
  readonly entity: string
  readonly attributes: ReadonlySet<Iri>
  /** Only for this purpose; absent: for all. */
  readonly purpose?: string
}

/** The restrictions in force; others are another object. */
export interface Restrictions {
  readonly generation: number
  of(tenant: Tenant): readonly Restriction[]
}

/**
 * Answers a view in which restricted attributes are absent: those of the entity that they are restricted of, and no others.
 * What entities of a type can hide (`veils`) stays as it is: a restriction is of one entity, of which every write looks at its
 * own attributes; for its whole type it would keep all others from being written, and tell that there is one.
 */
export function hideRestricted(
  view: View,
  restrictions: Restrictions,
  { tenant, purpose }: { readonly tenant: Tenant; readonly purpose: string | undefined },
): View {
  const hidden = new Map<string, Set<Iri>>()
  const names = new Set<Iri>()
  for (const restriction of restrictions.of(tenant)) {
    // nobody knows that it is another purpose where a caller states none
    const holds = purpose === undefined || (restriction.purpose ?? purpose) === purpose
    if (!holds) continue
    const of = hidden.get(restriction.entity) ?? new Set()
    hidden.set(restriction.entity, of)
    for (const name of restriction.attributes) {
      of.add(name)
      names.add(name)
    }
  }
  return names.size === 0 ? view : hide(view, { hidden, names, generation: restrictions.generation })
}

interface Hidden {
  readonly hidden: ReadonlyMap<string, ReadonlySet<Iri>>
  readonly names: ReadonlySet<Iri>
  readonly generation: number
}

function hide(view: View, restricted: Hidden): View {
  const { hidden, names, generation } = restricted
  const isHidden = ({ id }: Entity, name: Iri): boolean => hidden.get(id)?.has(name) === true
  const treatment: View['treatment'] = (types, name, entity): Treatment => {
    const own = view.treatment(types, name, entity)
    if (own === 'absent' || !names.has(name)) return own
    if (entity) return isHidden(entity, name) ? 'absent' : own
    return (instance, attribute, of) => {
      if (isHidden(of, attribute)) return undefined
      return own === 'clear'
        ? scanned(instance, attribute, { entity: of, view })
        : own(instance, attribute, of)
    }
  }
  const { crowds, releases } = view
  const narrowed = <T extends { readonly view: View }>(many: T): T => ({
    ...many,
    view: hide(many.view, restricted),
  })
  return {
    ...view,
    id: `${view.id}.r${generation}`,
    unrestricted: false,
    treatment,
    clearEverywhere: (name, among) => !names.has(name) && view.clearEverywhere(name, among),
    ...(crowds && { crowds: crowds.map(narrowed) }),
    ...(releases && { releases: releases.map(narrowed) }),
  }
}
