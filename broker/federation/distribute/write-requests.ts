import { encodeEntityFragment, encodeInstances } from '../../core/context/encode-fragment.ts'
import type { EntityFragment, InstanceFragment } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { SourceRequest } from '../forward/source-connection.ts'
import { typeText } from '../forward/type-text.ts'
import { typeParameter, type WriteRequest, type WrittenEntity } from './distribution.ts'
import { narrowToShare } from './narrow-fragment.ts'
import type { PurgedAttributes, PurgeShare } from './share-purge.ts'

type Parameters = Readonly<Record<string, string>>

/** Asks a source to create its part (CIM 009 v1.9.1, 5.6.1). */
export function createRequest(fragment: EntityFragment): WriteRequest {
  return (share, table) => ({
    method: 'POST',
    path: '/entities',
    body: encodeEntityFragment(narrowToShare(fragment, share, true), table),
  })
}

/** Asks a source to replace its part (CIM 009 v1.9.1, 5.6.18). */
export function replaceRequest(entity: WrittenEntity, fragment: EntityFragment): WriteRequest {
  return (share, table) => ({
    ...onEntity('PUT', entity, typeParameter(entity, share, table)),
    body: encodeEntityFragment(narrowToShare(fragment, share, true), table),
  })
}

/** Asks a source to merge its part (CIM 009 v1.9.1, 5.6.17). */
export function mergeRequest(
  entity: WrittenEntity,
  { id: _, ...fragment }: EntityFragment,
  parameters: Parameters,
): WriteRequest {
  return (share, table) => ({
    ...onEntity('PATCH', entity, { ...typeParameter(entity, share, table), ...parameters }),
    body: encodeEntityFragment(narrowToShare(fragment, share, false), table),
  })
}

/** Asks a source to delete the entity (CIM 009 v1.9.1, 5.6.6). */
export function deleteRequest(entity: WrittenEntity): WriteRequest {
  return (share, table) => onEntity('DELETE', entity, typeParameter(entity, share, table))
}

/** Asks a source to append or to update its attributes (CIM 009 v1.9.1, 5.6.3 and 5.6.2). */
export function attributesRequest(
  method: 'POST' | 'PATCH',
  entity: WrittenEntity,
  {
    fragment: { id: _, ...fragment },
    parameters = {},
  }: { fragment: EntityFragment; parameters?: Parameters },
): WriteRequest {
  return (share, table) => ({
    ...onEntity(method, entity, { ...typeParameter(entity, share, table), ...parameters }, '/attrs/'),
    body: encodeEntityFragment(narrowToShare(fragment, share, false), table),
  })
}

/** Asks a source to change one attribute (CIM 009 v1.9.1, 5.6.4 and 5.6.19). */
export function attributeRequest(
  method: 'PATCH' | 'PUT',
  entity: WrittenEntity,
  { attribute, fragments }: { attribute: Iri; fragments: readonly InstanceFragment[] },
): WriteRequest {
  return (share, table) => {
    const { attributes } = narrowToShare({ attributes: { [attribute]: fragments } }, share, false)
    const path = `/attrs/${encodeURIComponent(table.compact(attribute))}`
    return {
      ...onEntity(method, entity, typeParameter(entity, share, table), path),
      body: encodeInstances(attributes[attribute] ?? [], table),
    }
  }
}

/** Asks a source to delete one attribute, or the scope (CIM 009 v1.9.1, 5.6.5). */
export function deleteAttributeRequest(
  entity: WrittenEntity,
  attribute: Iri | 'scope',
  parameters: Parameters,
): WriteRequest {
  return (share, table) => {
    const name = attribute === 'scope' ? attribute : table.compact(attribute)
    const all = { ...typeParameter(entity, share, table), ...parameters }
    return onEntity('DELETE', entity, all, `/attrs/${encodeURIComponent(name)}`)
  }
}

/**
 * Asks a source to purge what it registered (CIM 009 v1.9.1, 5.6.21), with the filters of the client, which the
 * share was found fit for.
 */
export function purgeRequest(
  { forward, drop }: PurgeShare,
  filters: URLSearchParams,
  only: PurgedAttributes | undefined,
): WriteRequest {
  return (_share, table) => {
    const parameters = new URLSearchParams()
    if (forward.types) parameters.set('type', typeText(forward.types, table))
    if (forward.ids) parameters.set('id', forward.ids.join(','))
    if (forward.idPattern !== undefined) parameters.set('idPattern', forward.idPattern)
    for (const name of PURGE_FILTERS) {
      const value = filters.get(name)
      if (value) parameters.set(name, value)
    }
    const list = (names: Iterable<Iri>): string => [...names].map(table.compact).join(',')
    if (forward.attributes && filters.has('attrs')) parameters.set('attrs', list(forward.attributes))
    if (drop) parameters.set('drop', list(drop))
    else if (only && 'keep' in only) parameters.set('keep', list(only.keep))
    return { method: 'DELETE', path: '/entities', parameters }
  }
}

/** Filters of the client that a source applies by itself, word for word. */
const PURGE_FILTERS = [
  'q',
  'expandValues',
  'jsonKeys',
  'scopeQ',
  'georel',
  'geometry',
  'coordinates',
  'geoproperty',
]

function onEntity(
  method: SourceRequest['method'],
  { id }: WrittenEntity,
  parameters: Parameters,
  below = '',
): SourceRequest {
  return {
    method,
    path: `/entities/${encodeURIComponent(id)}${below}`,
    ...(Object.keys(parameters).length > 0 && { parameters: new URLSearchParams({ ...parameters }) }),
  }
}
