import type { TermTable } from '../../core/context/term-table.ts'
import { invalidRequest } from '../../core/model/problem.ts'
import { parseAttributeList } from '../../core/query/parse-attribute-list.ts'
import { type ChangeSelection, FOLLOWED, type Followed } from '../../operations/changes/change-selection.ts'
import type { Trigger } from '../../subscriptions/subscription.ts'
import { entityQuery, FILTER_PARAMETERS } from './entity-parameters.ts'
import { listParameter } from './list-parameter.ts'

/** Parameters that say which changes are wanted, and how their entities are written. */
export const CHANGE_PARAMETERS: readonly string[] = [
  ...FILTER_PARAMETERS.filter((name) => name !== 'csf'),
  ...['format', 'options', 'attrs', 'pick', 'omit', 'lang', 'datasetId'],
  ...['collections', 'watchedAttributes', 'triggers'],
]

const ATTRIBUTE_TRIGGERS = ['attributeCreated', 'attributeUpdated', 'attributeDeleted'] as const
const TRIGGERS: Readonly<Record<string, readonly Trigger[]>> = {
  entityCreated: ['entityCreated'],
  entityDeleted: ['entityDeleted'],
  entityUpdated: ATTRIBUTE_TRIGGERS,
  ...Object.fromEntries(ATTRIBUTE_TRIGGERS.map((trigger) => [trigger, [trigger]])),
}

/** Reads which changes are wanted. @throws Problem BadRequestData, InvalidRequest or TooComplexQuery */
export function changeSelection(query: URLSearchParams, table: TermTable): ChangeSelection {
  const watched = query.get('watchedAttributes')
  const triggers = listParameter(query, 'triggers')?.flatMap(triggersNamed)
  return {
    collections: new Set(listParameter(query, 'collections')?.map(collectionNamed) ?? ['entity']),
    query: entityQuery(query, table),
    ...(watched !== null && {
      watchedAttributes: new Set(parseAttributeList(watched, table, { parameter: 'watchedAttributes' })),
    }),
    ...(triggers && { triggers: new Set(triggers) }),
  }
}

function collectionNamed(name: string): Followed {
  const known = FOLLOWED.find((collection) => collection === name)
  if (known) return known
  throw invalidRequest(
    `Parameter collections names ${JSON.stringify(name)}, which is none of ${FOLLOWED.join(', ')}`,
  )
}

function triggersNamed(name: string): readonly Trigger[] {
  const known = Object.hasOwn(TRIGGERS, name) ? TRIGGERS[name] : undefined
  if (known) return known
  throw invalidRequest(
    `Parameter triggers names ${JSON.stringify(name)}, which is none of ${Object.keys(TRIGGERS).join(', ')}`,
  )
}
