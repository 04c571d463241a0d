import type { createTemporalEntityMap } from '../../operations/temporal/use-temporal-map.ts'
import { askedElsewhere } from '../decode/asked-elsewhere.ts'
import { askedQuery } from '../decode/asked-query.ts'
import { ENTITY_MAP_PARAMETERS, mapLifetime } from '../decode/entity-map-request.ts'
import {
  FILTER_PARAMETERS,
  flag,
  localOnly,
  PAGE_PARAMETERS,
  refuseTooWide,
} from '../decode/entity-parameters.ts'
import {
  EVOLUTION_PARAMETERS,
  evolutionOrdering,
  refuseTimeless,
  TEMPORAL_PARAMETERS,
  temporalRequest,
} from '../decode/temporal-parameters.ts'
import { temporalQueryBody } from '../decode/temporal-query-body.ts'
import { who } from '../decode/who.ts'
import { entityMapDocument, entityMapHeader } from '../encode/entity-map-document.ts'
import { warned } from '../encode/warned.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

const MAPS = '/ngsi-ld/v1/temporal/entityMaps'

/** Routes of `/temporal/entityMaps` (CIM 009 v1.9.1, 5.14.5). */
export function temporalMapRoutes(create: ReturnType<typeof createTemporalEntityMap>): readonly Route[] {
  const parameters = [
    ...TEMPORAL_PARAMETERS,
    ...EVOLUTION_PARAMETERS,
    ...FILTER_PARAMETERS,
    ...PAGE_PARAMETERS,
    ...ENTITY_MAP_PARAMETERS,
    ...['orderBy', 'collation', 'splitEntities', 'local'],
  ]
  return [
    { method: 'GET', path: MAPS, body: 'none', parameters, handle: answer },
    { method: 'POST', path: MAPS, body: 'ld', parameters: ['local'], handle: answer },
  ]

  async function answer(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const { query, parameters } = askedQuery(request, table, temporalQueryBody)
    const asked = temporalRequest(parameters, table)
    refuseTimeless(asked)
    refuseTooWide(query, localOnly(request.query, query))
    // what only pages have is checked, and of no account
    evolutionOrdering(parameters, table)
    flag(parameters, 'entityMap')
    const lifetime = mapLifetime(parameters)
    const elsewhere = askedElsewhere(request, parameters, localOnly(request.query, query))
    const selected = { ...who(request), ...asked, ...elsewhere, query, table }
    const { map, warnings } = await create({ ...selected, ...(lifetime !== undefined && { lifetime }) })
    const headers = { ...entityMapHeader(map), ...warned(warnings) }
    return { status: 201, table, linkedData: entityMapDocument(map), headers }
  }
}
