import type { TermTable } from '../../core/context/term-table.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Forward } from '../registry/match-registrations.ts'
import type { SourceRequest } from './source-connection.ts'
import { conformTypes } from './source-version.ts'
import { typeText } from './type-text.ts'

/** A read at a source. */
export interface ReadRequest {
  readonly send: SourceRequest & { readonly parameters: URLSearchParams }
}

/** Filters of the client that a source can apply by itself, word for word. */
const TEXTS = ['q', 'scopeQ', 'expandValues', 'jsonKeys'] as const
const GEO = ['georel', 'geometry', 'coordinates', 'geoproperty'] as const

/** Asks a source for one entity (CIM 009 v1.9.1, 5.7.1), narrowed to what it registered. */
export function retrieveRequest(forward: Forward, id: string, table: TermTable): ReadRequest {
  const parameters = new URLSearchParams()
  if (forward.types) parameters.set('type', typeText(forward.types, table))
  if (forward.attributes) parameters.set('attrs', names(forward.attributes, table).join(','))
  addCommon(parameters, forward)
  return { send: { method: 'GET', path: `/entities/${encodeURIComponent(id)}`, parameters } }
}

/** What a query at a source is made of besides the forward; `pushed`: the client's filters, when the source may have them. */
export interface Querying {
  readonly table: TermTable
  readonly limit: number
  readonly pushed?: URLSearchParams
  /** How many there are is asked too. */
  readonly together?: true
  /** Minor version of the standard that the source speaks; absent: that of the hub. */
  readonly version?: number | undefined
}

/** Asks a source for entities by parameters (CIM 009 v1.9.1, 5.7.2, 6.4.3.2), narrowed. */
export function queryRequest(
  forward: Forward,
  { table, limit, pushed, version, together }: Querying,
): ReadRequest {
  const parameters = new URLSearchParams()
  if (forward.types) parameters.set('type', typeText(conformTypes(forward.types, version), table))
  if (forward.ids) parameters.set('id', forward.ids.join(','))
  if (forward.idPattern !== undefined) parameters.set('idPattern', forward.idPattern)
  for (const name of [...TEXTS, ...GEO]) {
    const value = pushed?.get(name)
    if (value) parameters.set(name, value)
  }
  parameters.set('limit', String(limit))
  if (together) parameters.set('count', 'true')
  if (forward.attributes) parameters.set('attrs', names(forward.attributes, table).join(','))
  addCommon(parameters, forward)
  return { send: { method: 'GET', path: '/entities', parameters } }
}

/** Asks a source for entities by a body (CIM 009 v1.9.1, 5.7.2, 6.23.3.1), narrowed; all of the forwards want the same attributes. */
export function batchQueryRequest(
  forwards: readonly [Forward, ...Forward[]],
  { table, limit, pushed, together }: Querying,
): ReadRequest {
  const [forward] = forwards
  const parameters = new URLSearchParams({ limit: String(limit), ...(together && { count: 'true' }) })
  addCommon(parameters, forward)
  const texts = TEXTS.flatMap((name) => {
    const value = pushed?.get(name)
    return value ? [[name, value] as const] : []
  })
  const selectors = forwards.flatMap((each) => selectorOf(each, table) ?? [])
  const body = {
    type: 'Query',
    ...(selectors.length === forwards.length && { entities: selectors }),
    ...Object.fromEntries(texts),
    ...(pushed?.has('georel') && { geoQ: geoQuery(pushed) }),
    ...(forward.attributes && { attrs: names(forward.attributes, table) }),
  }
  return { send: { method: 'POST', path: '/entityOperations/query', parameters, body } }
}

/** An EntitySelector names a type always (5.2.33); without anything to select by there is none. */
function selectorOf({ types, ids, idPattern }: Forward, table: TermTable): JsonObject | undefined {
  if (!types && !ids && idPattern === undefined) return undefined
  return {
    type: types ? typeText(types, table) : '*',
    ...(ids && { id: ids.length === 1 && ids[0] !== undefined ? ids[0] : ids }),
    ...(idPattern !== undefined && { idPattern }),
  }
}

/** Coordinates are an array in a body (5.2.13). */
function geoQuery(pushed: URLSearchParams): JsonObject {
  const given = GEO.flatMap((name) => {
    const value = pushed.get(name)
    return value === null ? [] : [[name, name === 'coordinates' ? JSON.parse(value) : value] as const]
  })
  return Object.fromEntries(given)
}

/** The deprecated `attrs` is what every version of the standard understands. */
function names(attributes: readonly Iri[], table: TermTable): readonly string[] {
  return attributes.map((name) => table.compact(name))
}

/** Times are needed to merge. */
function addCommon(parameters: URLSearchParams, { registration }: Forward): void {
  parameters.set('options', 'sysAttrs')
  if (registration.localOnly) parameters.set('local', 'true')
}
