import type { AttributeChange, LogRecord } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { EvolutionUnit } from './evolution.ts'

/**
 * Answers what the log tells of a change of history: the names of its attributes, and no content, since what is erased must
 * not live on there.
 */
export function evolutionChanges({ change }: EvolutionUnit): readonly AttributeChange[] {
  switch (change.action) {
    case 'append':
      return [...new Set(change.instances.map(({ attribute }) => attribute))].map((attribute) =>
        told(attribute, 'created'),
      )
    case 'replaceInstance':
      return [told(change.attribute, 'updated')]
    case 'deleteInstance':
    case 'deleteAttribute':
      return [told(change.attribute, 'deleted')]
    case 'delete':
      return []
    default:
      return change satisfies never
  }
}

/** Answers what the log says that a change of history did to the evolution as a whole. */
export function evolutionAction(
  action: EvolutionUnit['change']['action'],
  created = false,
): LogRecord['action'] {
  if (action === 'delete') return 'deleted'
  return created ? 'created' : 'updated'
}

function told(attribute: Iri, action: AttributeChange['action']): AttributeChange {
  return { attribute, action }
}
