import { invalidRequest } from '../../core/model/problem.ts'
import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import type { createEntity } from '../../operations/entities/create-entity.ts'
import type { deleteEntity } from '../../operations/entities/delete-entity.ts'
import type { mergeEntity } from '../../operations/entities/merge-entity.ts'
import type { replaceEntity } from '../../operations/entities/replace-entity.ts'
import type { retrieveThroughMap } from '../../operations/entity-maps/use-entity-map.ts'
import { RDF_TYPES } from '../added-types.ts'
import { STANDARD_TYPES } from '../decode/accept.ts'
import { entityBody, entityId, fragmentBody, selected } from '../decode/entity-body.ts'
import { ENTITY_MAP_PARAMETERS, wantedMap } from '../decode/entity-map-request.ts'
import {
  flag,
  languageOfTexts,
  observedAt,
  RENDER_PARAMETERS,
  renderOptions,
} from '../decode/entity-parameters.ts'
import { JOIN_PARAMETERS, joinOf } from '../decode/join-parameters.ts'
import { onward } from '../decode/onward.ts'
import { preferences, versionHeader, versionOption } from '../decode/prefer.ts'
import { who } from '../decode/who.ts'
import { entityMapHeader } from '../encode/entity-map-document.ts'
import { pathSegment } from '../encode/path-segment.ts'
import { representationTag } from '../encode/representation-tag.ts'
import { warned } from '../encode/warned.ts'
import { entityOutcome } from '../encode/write-outcome.ts'
import { orRdf } from '../encode/write-rdf.ts'
import type { HubAnswer, HubRequest, MediaType, Route } from '../route.ts'

/** The operations behind single entities. */
export interface EntityOperations {
  readonly createEntity: ReturnType<typeof createEntity>
  readonly retrieveEntity: ReturnType<typeof retrieveThroughMap>
  readonly mergeEntity: ReturnType<typeof mergeEntity>
  readonly replaceEntity: ReturnType<typeof replaceEntity>
  readonly deleteEntity: ReturnType<typeof deleteEntity>
}

const RETRIEVE_TYPES: readonly MediaType[] = [...STANDARD_TYPES, ...RDF_TYPES]

/** Routes of `/entities/` that create, and of `/entities/{entityId}` (CIM 009 v1.9.1, 6.4 and 6.5). */
export function entityRoutes(operations: EntityOperations): readonly Route[] {
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
