import { isIri } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { deleteEntityMap, updateEntityMap } from '../../operations/entity-maps/change-entity-map.ts'
import type { createEntityMap } from '../../operations/entity-maps/create-entity-map.ts'
import type { retrieveEntityMap } from '../../operations/entity-maps/retrieve-entity-map.ts'
import { askedQuery } from '../decode/asked-query.ts'
import { entityMapFragment, mapLifetime } from '../decode/entity-map-request.ts'
import { flag, localOnly, refuseTooWide, renderOptions } from '../decode/entity-parameters.ts'
import { joinOf } from '../decode/join-parameters.ts'
import { QUERY_PARAMETERS } from '../decode/query-parameters.ts'
import { who } from '../decode/who.ts'
import { entityMapDocument, entityMapHeader } from '../encode/entity-map-document.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the EntityMap resources. */
export interface EntityMapOperations {
  readonly createEntityMap: ReturnType<typeof createEntityMap>
  readonly retrieveEntityMap: ReturnType<typeof retrieveEntityMap>
  readonly updateEntityMap: ReturnType<typeof updateEntityMap>
  readonly deleteEntityMap: ReturnType<typeof deleteEntityMap>
}

const COLLECTION = '/ngsi-ld/v1/entityMaps'

/** Routes of `/entityMaps` (CIM 009 v1.9.1, 6.32 and 6.34). */
export function entityMapRoutes(operations: EntityMapOperations): readonly Route[] {
  const item = `${COLLECTION}/:id`
  return [
    { method: 'GET', path: COLLECTION, body: 'none', parameters: QUERY_PARAMETERS, handle: create },
    { method: 'POST', path: COLLECTION, body: 'ld', parameters: ['local'], handle: create },
    { method: 'GET', path: item, body: 'none', handle: retrieve },
    { method: 'PATCH', path: item, body: 'ld', handle: update },
    { method: 'DELETE', path: item, body: 'none', handle: remove },
  ]

  async function create(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const body = askedQuery(request, table)
    const { query, parameters } = body
    const local = localOnly(request.query, query)
    refuseTooWide(query, local)
    // what only pages have is checked, and of no account
    renderOptions(parameters, table, request.accept)
    joinOf(parameters)
    flag(parameters, 'entityMap')
    const splitEntities = flag(parameters, 'splitEntities')
    const lifetime = mapLifetime(parameters)
    const { map, warnings } = await operations.createEntityMap({
      ...who(request),
      ...body,
      table,
      local,
      via: request.headers.via,
      headers: request.headers,
      ...(splitEntities !== undefined && { splitEntities }),
      ...(lifetime !== undefined && { lifetime }),
    })
    const headers = { ...entityMapHeader(map), ...(warnings.length > 0 && { 'NGSILD-Warning': warnings }) }
    return { status: 201, table, linkedData: entityMapDocument(map), headers }
  }

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const map = await operations.retrieveEntityMap({ ...who(request), id: mapId(request) })
    return { status: 200, table, linkedData: entityMapDocument(map) }
  }

  async function update(request: HubRequest): Promise<HubAnswer> {
    await request.table()
    const command = { ...who(request), id: mapId(request), ...entityMapFragment(request.body) }
    await operations.updateEntityMap(command)
    return { status: 204 }
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    await operations.deleteEntityMap({ ...who(request), id: mapId(request) })
    return { status: 204 }
  }
}

function mapId({ params }: HubRequest): string {
  const id = params.id ?? ''
  if (!isIri(id)) throw badRequestData(`EntityMap id ${JSON.stringify(id)} of the path is no URI`)
  return id
}
