import type { TermTable } from '../../core/context/term-table.ts'
import type { Forward } from '../registry/match-registrations.ts'
import { typeText } from './type-text.ts'

/** Path and parameters of a read at a source. */
export interface ReadRequest {
  /** Below `/ngsi-ld/v1`. */
  readonly path: string
  readonly parameters: URLSearchParams
}

/** Filters of the client that a source can apply by itself, word for word. */
const PUSHED = [
  ...['q', 'expandValues', 'jsonKeys', 'scopeQ'],
  ...['georel', 'geometry', 'coordinates', 'geoproperty'],
]

/** Asks a source for one entity (CIM 009 v1.9.1, 5.7.1), narrowed to what it registered. */
export function retrieveRequest(forward: Forward, id: string, table: TermTable): ReadRequest {
  const parameters = new URLSearchParams()
  if (forward.types) parameters.set('type', typeText(forward.types, table))
  addCommon(parameters, forward, table)
  return { path: `/entities/${encodeURIComponent(id)}`, parameters }
}

/** Asks a source for entities (CIM 009 v1.9.1, 5.7.2), narrowed; `pushed`: the client's filters, when it may have them. */
export function queryRequest(
  forward: Forward,
  {
    table,
    limit,
    pushed,
  }: { readonly table: TermTable; readonly limit: number; readonly pushed?: URLSearchParams },
): ReadRequest {
  const parameters = new URLSearchParams()
  if (forward.types) parameters.set('type', typeText(forward.types, table))
  if (forward.ids) parameters.set('id', forward.ids.join(','))
  if (forward.idPattern !== undefined) parameters.set('idPattern', forward.idPattern)
  for (const name of PUSHED) {
    const value = pushed?.get(name)
    if (value) parameters.set(name, value)
  }
  parameters.set('limit', String(limit))
  addCommon(parameters, forward, table)
  return { path: '/entities', parameters }
}

/** The deprecated `attrs` is what every version of the standard understands; times are needed to merge. */
function addCommon(parameters: URLSearchParams, forward: Forward, table: TermTable): void {
  if (forward.attributes) {
    parameters.set('attrs', forward.attributes.map((name) => table.compact(name)).join(','))
  }
  parameters.set('options', 'sysAttrs')
  if (forward.registration.localOnly) parameters.set('local', 'true')
}
