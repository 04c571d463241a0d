import type { Seal } from '../../../security/seal.ts'
import { invalidRequest } from '../../core/model/problem.ts'
import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import type { createEntity } from '../../operations/entities/create-entity.ts'
import type { deleteEntity } from '../../operations/entities/delete-entity.ts'
import type { exportEntities } from '../../operations/entities/export-entities.ts'
import type { mergeEntity } from '../../operations/entities/merge-entity.ts'
import type { QueriedEntities } from '../../operations/entities/query-entities.ts'
import type { replaceEntity } from '../../operations/entities/replace-entity.ts'
import type { queryThroughMap, retrieveThroughMap } from '../../operations/entity-maps/use-entity-map.ts'
import type { findNamedUnit, NamedUnit } from '../../operations/units/find-named-unit.ts'
import { EXPORT_TYPES, isExport, RDF_TYPES } from '../added-types.ts'
import { askedQuery } from '../decode/asked-query.ts'
import { cursorPurpose } from '../decode/cursor-purpose.ts'
import { entityBody, entityId, fragmentBody, selected } from '../decode/entity-body.ts'
import { ENTITY_MAP_PARAMETERS, wantedMap } from '../decode/entity-map-request.ts'
import {
  FILTER_PARAMETERS,
  flag,
  languageOfTexts,
  localOnly,
  observedAt,
  PAGE_PARAMETERS,
  type PageRequest,
  pageRequest,
  RENDER_PARAMETERS,
  refuseTooWide,
  renderOptions,
} from '../decode/entity-parameters.ts'
import { JOIN_PARAMETERS, joinOf } from '../decode/join-parameters.ts'
import { onward } from '../decode/onward.ts'
import { ORDER_PARAMETERS, orderingOf } from '../decode/order-parameters.ts'
import { placeOf } from '../decode/place-of.ts'
import { preferences, versionHeader, versionOption } from '../decode/prefer.ts'
import { type QueryOfUnit, unitHeader, unitName, withinUnit } from '../decode/unit-header.ts'
import { who } from '../decode/who.ts'
import { entityMapHeader } from '../encode/entity-map-document.ts'
import { pagingLinks } from '../encode/paging-links.ts'
import { pathSegment } from '../encode/path-segment.ts'
import { representationTag } from '../encode/representation-tag.ts'
import { togetherHeaders } from '../encode/together-headers.ts'
import { warned } from '../encode/warned.ts'
import { entityOutcome } from '../encode/write-outcome.ts'
import { orRdf } from '../encode/write-rdf.ts'
import type { HubAnswer, HubRequest, MediaType, Route } from '../route.ts'
import { answerExport } from './answer-export.ts'

/** The operations behind the entity resources. */
export interface EntityOperations {
  readonly createEntity: ReturnType<typeof createEntity>
  readonly retrieveEntity: ReturnType<typeof retrieveThroughMap>
  readonly queryEntities: ReturnType<typeof queryThroughMap>
  readonly exportEntities: ReturnType<typeof exportEntities>
  readonly mergeEntity: ReturnType<typeof mergeEntity>
  readonly replaceEntity: ReturnType<typeof replaceEntity>
  readonly deleteEntity: ReturnType<typeof deleteEntity>
  readonly findNamedUnit: ReturnType<typeof findNamedUnit>
}

/** What the query routes need besides. */
export interface PageSettings {
  readonly seal: Seal
  readonly limits: { readonly standard: number; readonly most: number }
}

const STANDARD_TYPES: readonly MediaType[] = [
  'application/json',
  'application/ld+json',
  'application/geo+json',
]
const RETRIEVE_TYPES: readonly MediaType[] = [...STANDARD_TYPES, ...RDF_TYPES]
const QUERY_TYPES: readonly MediaType[] = [...RETRIEVE_TYPES, ...EXPORT_TYPES]

/** Routes of `/entities/` and `/entities/{entityId}` (CIM 009 v1.9.1, 6.4 and 6.5). */
export function entityRoutes(operations: EntityOperations, settings: PageSettings): readonly Route[] {
  const parameters = [
    ...FILTER_PARAMETERS,
    ...RENDER_PARAMETERS,
    ...JOIN_PARAMETERS,
    ...ORDER_PARAMETERS,
    ...PAGE_PARAMETERS,
    ...ENTITY_MAP_PARAMETERS,
    'splitEntities',
    'local',
  ]
  return [
    {
      method: 'POST',
      path: '/ngsi-ld/v1/entities',
      body: 'ld',
      createsTenant: true,
      preconditions: 'absence',
      idempotent: 'entity',
      parameters: ['local'],
      handle: create,
    },
    {
      method: 'GET',
      path: '/ngsi-ld/v1/entities',
      body: 'none',
      produces: QUERY_TYPES,
      parameters,
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
    {
      method: 'GET',
      path: '/ngsi-ld/v1/entities/:id',
      body: 'none',
      produces: RETRIEVE_TYPES,
      parameters: [...RENDER_PARAMETERS, ...JOIN_PARAMETERS, ...ENTITY_MAP_PARAMETERS, 'type', 'local'],
      tellsProvenance: true,
      handle: orRdf(retrieve),
    },
    {
      method: 'PUT',
      path: '/ngsi-ld/v1/entities/:id',
      body: 'ld',
      parameters: ['type', 'local'],
      preconditions: 'entity',
      handle: replace,
    },
    {
      method: 'PATCH',
      path: '/ngsi-ld/v1/entities/:id',
      body: 'ld',
      parameters: ['type', 'local', 'format', 'options', 'observedAt', 'lang'],
      preconditions: 'entity',
      handle: merge,
    },
    {
      method: 'DELETE',
      path: '/ngsi-ld/v1/entities/:id',
      body: 'none',
      parameters: ['type', 'local'],
      preconditions: 'entity',
      handle: remove,
    },
  ]

  async function create(request: HubRequest): Promise<HubAnswer> {
    const fragment = await entityBody(request, { nulls: 'forbidden', requireId: true, requireType: true })
    const outcome = await operations.createEntity({
      fragment,
      ...who(request),
      ...(await onward(request)),
    })
    const { id } = outcome
    const headers = { Location: `/ngsi-ld/v1/entities/${pathSegment(id)}` }
    return entityOutcome(id, outcome, { status: 201, headers })
  }

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const type = request.query.get('type')
    const preferred = preferences(request.headers.prefer)
    const join = joinOf(request.query)
    const wanted = wantedMap(request, request.query)
    const command = {
      id: entityId(request),
      ...who(request),
      ...(type !== null && { types: parseTypeSelection(type, table) }),
      table,
      options: {
        ...renderOptions(request.query, table, request.accept),
        ...(request.query.has('attrs') && { needsAttribute: true as const }),
        ...versionOption(preferred),
      },
      features: request.accept === 'application/geo+json',
      local: flag(request.query, 'local') ?? false,
      via: request.headers.via,
      headers: request.headers,
      ...(join && { join }),
    }
    const retrieved = await operations.retrieveEntity(command, wanted)
    const { texts, altered, tag, warnings, lasting, used } = retrieved
    request.disclose?.(retrieved.disclosed, retrieved.datasets)
    return {
      status: altered ? 203 : 200,
      fragments: join?.mode === 'flat' ? { texts } : { texts, single: true },
      table,
      headers: {
        ...warned(warnings),
        ...entityMapHeader(used),
        ...versionHeader(preferred),
        ...(tag !== undefined && {
          ETag: representationTag(tag, { ...preferred, accept: request.accept, table }),
        }),
      },
      ...(lasting && { lasting }),
    }
  }

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

  async function replace(request: HubRequest): Promise<HubAnswer> {
    const target = await selected(request)
    const fragment = await fragmentBody(request, { nulls: 'forbidden', requireType: true }, target.id)
    const outcome = await operations.replaceEntity({
      fragment,
      ...who(request),
      ...(await onward(request)),
      ...target,
    })
    return entityOutcome(target.id, outcome, DONE)
  }

  async function merge(request: HubRequest): Promise<HubAnswer> {
    const target = await selected(request)
    const options = renderOptions(
      new URLSearchParams([...request.query].filter(([name]) => name !== 'lang')),
      await request.table(),
      'application/json',
    )
    if (options.sysAttrs) throw invalidRequest('Option sysAttrs is not known here')
    const simplified = options.format === 'simplified'
    const fragment = await fragmentBody(request, { nulls: 'deep', partial: true, simplified }, target.id)
    const outcome = await operations.mergeEntity({
      fragment,
      ...who(request),
      ...(await onward(request)),
      ...target,
      simplified,
      ...observedAt(request.query),
      ...languageOfTexts(request.query),
    })
    return entityOutcome(target.id, outcome, DONE)
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    const target = await selected(request)
    const outcome = await operations.deleteEntity({ ...who(request), ...(await onward(request)), ...target })
    return entityOutcome(target.id, outcome, DONE)
  }
}

const DONE: HubAnswer = { status: 204 }

function told(answer: HubAnswer, unit: NamedUnit | undefined): HubAnswer {
  return unit ? { ...answer, headers: { ...answer.headers, 'Hub-Unit': unitHeader(unit) } } : answer
}

type Headers = NonNullable<HubAnswer['headers']>
