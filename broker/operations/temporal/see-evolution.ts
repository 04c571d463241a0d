import type { Entity } from '../../core/model/entity.ts'
import type { TemporalAttributes, TemporalEntity, TemporalInstance } from '../../core/model/temporal.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'

/** Tells whether the caller sees that there is this evolution: by the entity as it is now, or as it was last. */
export function admitsEvolution(head: EvolutionHead, view: View): boolean {
  if (view.unrestricted) return true
  const state = stateOf(head)
  return (!view.types || state.types.some((type) => view.types?.has(type))) && view.admits(state)
}

/** Answers what the caller sees of these instances of an evolution that it sees. */
export function seeEvolution(
  head: EvolutionHead,
  attributes: TemporalAttributes,
  view: View,
): TemporalEntity {
  const { deletedAt } = head
  const evolution = { ...entityOf(head), ...(deletedAt !== undefined && { deletedAt }), attributes }
  // masks and scans leave all members of an instance but its value and what is inside
  return (
    (see(evolution, historyView(view, stateOf(head))) as TemporalEntity | undefined) ?? {
      ...evolution,
      attributes: {},
    }
  )
}

/** Answers what rules about content look at: the entity as it is now, or as it was last; where nobody knows, nothing. */
export function stateOf(head: EvolutionHead): Entity {
  return head.state ?? { ...entityOf(head), attributes: {} }
}

function entityOf({ id, types, scopes, createdAt, modifiedAt }: EvolutionHead): Omit<Entity, 'attributes'> {
  return { id, types, ...(scopes && { scopes }), createdAt, modifiedAt }
}

/** Rows were judged by the head, which the instances are not; of a deletion there is nothing to mask. */
function historyView(view: View, state: Entity): View {
  if (view.unrestricted) return view
  const { types: _, ...rest } = view
  return {
    ...rest,
    admits: () => true,
    treatment: (types, attribute) => {
      const treatment = view.treatment(types, attribute, state)
      if (typeof treatment === 'string') return treatment
      return (instance, name, entity) =>
        (instance as TemporalInstance).deletedAt === undefined ? treatment(instance, name, entity) : instance
    },
  }
}
