import type { exportEntities } from '../../operations/entities/export-entities.ts'
import type { QueriedEntities } from '../../operations/entities/query-entities.ts'
import type { queryThroughMap } from '../../operations/entity-maps/use-entity-map.ts'
import type { findNamedUnit, NamedUnit } from '../../operations/units/find-named-unit.ts'
import { EXPORT_TYPES, isExport, RDF_TYPES } from '../added-types.ts'
import { STANDARD_TYPES } from '../decode/accept.ts'
import { askedQuery } from '../decode/asked-query.ts'
import { cursorPurpose } from '../decode/cursor-purpose.ts'
import { wantedMap } from '../decode/entity-map-request.ts'
import {
  flag,
  localOnly,
  PAGE_PARAMETERS,
  type PageRequest,
  pageRequest,
  refuseTooWide,
  renderOptions,
} from '../decode/entity-parameters.ts'
import { joinOf } from '../decode/join-parameters.ts'
import { orderingOf } from '../decode/order-parameters.ts'
import { placeOf } from '../decode/place-of.ts'
import { preferences, versionHeader, versionOption } from '../decode/prefer.ts'
import { QUERY_PARAMETERS } from '../decode/query-parameters.ts'
import { type QueryOfUnit, unitHeader, unitName, withinUnit } from '../decode/unit-header.ts'
import { who } from '../decode/who.ts'
import { entityMapHeader } from '../encode/entity-map-document.ts'
import { pagingLinks } from '../encode/paging-links.ts'
import { togetherHeaders } from '../encode/together-headers.ts'
import { warned } from '../encode/warned.ts'
import { orRdf } from '../encode/write-rdf.ts'
import type { PageSettings } from '../page-settings.ts'
import type { HubAnswer, HubRequest, MediaType, Route } from '../route.ts'
import { answerExport } from './answer-export.ts'

/** The operations behind queries of entities. */
export interface EntityQueryOperations {
  readonly queryEntities: ReturnType<typeof queryThroughMap>
  readonly exportEntities: ReturnType<typeof exportEntities>
  readonly findNamedUnit: ReturnType<typeof findNamedUnit>
}

const QUERY_TYPES: readonly MediaType[] = [...STANDARD_TYPES, ...RDF_TYPES, ...EXPORT_TYPES]

/** Routes that query entities (CIM 009 v1.9.1, 6.4.3.2 and 6.23). */
export function entityQueryRoutes(
  operations: EntityQueryOperations,
  settings: PageSettings,
): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/ngsi-ld/v1/entities',
      body: 'none',
      produces: QUERY_TYPES,
      parameters: QUERY_PARAMETERS,
      explains: true,
      inUnits: true,
      tellsProvenance: true,
      handle: orRdf(query),
    },
    {
      method: 'POST',
      path: '/ngsi-ld/v1/entityOperations/query',
      body: 'ld',
      produces: QUERY_TYPES,
      parameters: ['format', 'options', 'geometryProperty', ...PAGE_PARAMETERS, 'local'],
      explains: true,
      inUnits: true,
      tellsProvenance: true,
      handle: orRdf(query),
    },
  ]

  async function query(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const unit = unitOf(request)
    const asked = askedQuery(request, table)
    const body: QueryOfUnit = unit ? withinUnit(asked, unit, table) : asked
    const { query, parameters } = body
    const local = localOnly(request.query, query)
    refuseTooWide(query, local)
    if (isExport(request.accept))
      return told(answerExport(operations.exportEntities, request, { query, parameters, table, local }), unit)
    const page = pageRequest(request.query, settings.limits)
    const join = joinOf(parameters)
    const ordering = orderingOf(parameters, table)
    const boundTo = (): string => cursorPurpose(request, parameters, unit?.unit.id)
    const preferred = preferences(request.headers.prefer)
    const after = page.after === undefined ? undefined : placeOf(page.after, settings.seal, boundTo())
    const wanted = wantedMap(request, parameters, after)
    const splitEntities = flag(parameters, 'splitEntities')
    const command = {
      query,
      ...who(request),
      parameters,
      table,
      options: { ...renderOptions(parameters, table, request.accept), ...versionOption(preferred) },
      features: request.accept === 'application/geo+json',
      local,
      via: request.headers.via,
      headers: request.headers,
      limit: page.limit,
      offset: page.offset ?? 0,
      count: page.count,
      ...(join && { join }),
      ...(ordering && { ordering }),
      ...(splitEntities !== undefined && { splitEntities }),
      ...(request.method === 'POST' && { byBody: true }),
      ...(body.judgedHere && { judgedHere: true }),
      ...(after !== undefined && { after }),
    }
    const answer = await operations.queryEntities(command, wanted)
    request.disclose?.(answer.disclosed, answer.datasets)
    const found: HubAnswer = {
      status: answer.altered ? 203 : answer.used?.created ? 201 : 200,
      fragments: { texts: answer.texts },
      table,
      headers: {
        ...pageHeaders(request, page, answer, boundTo),
        ...entityMapHeader(answer.used),
        ...versionHeader(preferred),
      },
      ...(answer.lasting && { lasting: answer.lasting }),
    }
    return told(found, unit)
  }

  /** The unit that the header names; ours, not the standard's. */
  function unitOf(request: HubRequest): NamedUnit | undefined {
    const header = request.headers['hub-unit']
    if (header === undefined) return undefined
    return operations.findNamedUnit({ ...who(request), named: unitName(header) })
  }

  function pageHeaders(
    request: HubRequest,
    page: PageRequest,
    answer: QueriedEntities,
    boundTo: () => string,
  ): Headers {
    const after = answer.after === undefined ? undefined : settings.seal.close(answer.after, boundTo())
    const neighbours = { more: answer.more, ...(after !== undefined && { after }) }
    const links = pagingLinks(request.path, request.query, page, neighbours, request.accept)
    return {
      ...warned(answer.warnings),
      ...(links.length > 0 && { Link: links }),
      ...(answer.count !== undefined && { 'NGSILD-Results-Count': String(answer.count) }),
      ...(answer.together && togetherHeaders(answer.together)),
    }
  }
}

function told(answer: HubAnswer, unit: NamedUnit | undefined): HubAnswer {
  return unit ? { ...answer, headers: { ...answer.headers, 'Hub-Unit': unitHeader(unit) } } : answer
}

type Headers = NonNullable<HubAnswer['headers']>
