import type { AttributeChange, LogRecord } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { EvolutionUnit, SameInstances } from './evolution.ts'
import type { PastSelection } from './past-selection.ts'

/**
 * Answers what the log tells of a change of history: the names of its attributes, and no content, since what is erased must
 * not live on there.
 */
export function evolutionChanges(
  { change }: EvolutionUnit,
  same?: SameInstances,
): readonly AttributeChange[] {
  switch (change.action) {
    case 'append':
      return withoutSame([...new Set(change.instances.map(attributeOf))].map(created), same)
    case 'replaceInstance':
      return [told(change.attribute, 'updated')]
    case 'deleteInstance':
    case 'deleteAttribute':
      return [told(change.attribute, 'deleted')]
    case 'delete':
      return []
    case 'erase':
      return erasureChanges(change.what)
    default:
      return change satisfies never
  }
}

/** Answers what the log tells of an erasure: none where it is about all attributes. */
export function erasureChanges({ attributes = [] }: PastSelection): readonly AttributeChange[] {
  return attributes.map((attribute) => told(attribute, 'deleted'))
}

/** Answers what the log says that a change of history did to the evolution as a whole. */
export function evolutionAction(
  action: EvolutionUnit['change']['action'],
  created = false,
): LogRecord['action'] {
  if (action === 'delete') return 'deleted'
  return created ? 'created' : 'updated'
}

/** Leaves out the attributes that an append had nothing new of. */
export function withoutSame(
  changes: readonly AttributeChange[],
  same: SameInstances | undefined,
): readonly AttributeChange[] {
  return same ? changes.filter(({ attribute }) => !same.attributes.includes(attribute)) : changes
}

function attributeOf({ attribute }: { readonly attribute: Iri }): Iri {
  return attribute
}

function created(attribute: Iri): AttributeChange {
  return told(attribute, 'created')
}

function told(attribute: Iri, action: AttributeChange['action']): AttributeChange {
  return { attribute, action }
}
