import type { AttributeChange, Decision, EntityChange } from '../model/change.ts'
import type { Attributes, Entity, Instance } from '../model/entity.ts'

/**
 * Leaves the current state alone where a decision would put an older observation in place of a newer one: such an
 * instance is only for history. Same time, or no time on either side: an ordinary update.
 */
export function keepNewest(current: Entity | undefined, decision: Decision): Decision {
  const { next, change } = decision
  if (!current || !next || !change?.attributes.some(isLate)) return decision
  const attributes = change.attributes.map(marked)
  const marks: EntityChange = { ...change, attributes }
  if (!change.members && attributes.every(({ late }) => late)) {
    return { ...decision, next: current, change: marks }
  }
  return {
    ...decision,
    next: { ...next, attributes: withNewest(next.attributes, attributes) },
    change: marks,
  }
}

function isLate({ before, after }: AttributeChange): boolean {
  if (before?.observedAt === undefined || after?.observedAt === undefined) return false
  return after.observedAt < before.observedAt
}

function marked(change: AttributeChange): AttributeChange {
  return isLate(change) ? { ...change, late: true } : change
}

function withNewest(attributes: Attributes, changes: readonly AttributeChange[]): Attributes {
  const kept = new Map(Object.entries(attributes))
  for (const { attribute, before, late } of changes) {
    if (late && before) kept.set(attribute, inPlace(kept.get(attribute) ?? [], before))
  }
  return Object.fromEntries(kept)
}

function inPlace(instances: readonly Instance[], newest: Instance): readonly Instance[] {
  return instances.map((instance) => (instance.datasetId === newest.datasetId ? newest : instance))
}
