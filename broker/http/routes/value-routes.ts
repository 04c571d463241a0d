import { decodeAttributeValue } from '../../core/context/decode-entity.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { type Instance, VALUE_MEMBER } from '../../core/model/entity.ts'
import { type Iri, NGSI_LD_NULL } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, type JsonValue, ownValue } from '../../core/model/json.ts'
import { badRequestData, invalidRequest } from '../../core/model/problem.ts'
import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import type { setAttributeValue } from '../../operations/attributes/set-attribute-value.ts'
import type { retrieveEntity } from '../../operations/entities/retrieve-entity.ts'
import { contentType } from '../decode/body.ts'
import { datasetId } from '../decode/dataset-parameters.ts'
import { attributeName, entityId, selected } from '../decode/entity-body.ts'
import { flag, observedAt } from '../decode/entity-parameters.ts'
import { languages } from '../decode/language-parameters.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the value resource. */
export interface ValueOperations {
  readonly retrieveEntity: ReturnType<typeof retrieveEntity>
  readonly setAttributeValue: ReturnType<typeof setAttributeValue>
}

const VALUE = '/ngsi-ld/v1/entities/:id/attrs/:attribute/value'

/**
 * Routes of `/entities/{entityId}/attrs/{attrId}/value` (TS 104 175, 10.4.4 and 10.2.6). A bare value is plain JSON, which has
 * no place for an @context.
 */
export function valueRoutes({ retrieveEntity, setAttributeValue }: ValueOperations): readonly Route[] {
  const parameters = ['type', 'local', 'datasetId']
  return [
    {
      method: 'GET',
      path: VALUE,
      body: 'none',
      produces: ['application/json'],
      parameters: [...parameters, 'lang'],
      handle: retrieve,
    },
    {
      method: 'PUT',
      path: VALUE,
      body: 'json',
      preconditions: 'entity',
      parameters: [...parameters, 'observedAt'],
      handle: set,
    },
  ]

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const type = request.query.get('type')
    const { texts, tag, warnings, disclosed, datasets } = await retrieveEntity({
      ...who(request),
      id: entityId(request),
      ...(type !== null && { types: parseTypeSelection(type, table) }),
      table,
      options: {
        format: 'normalized',
        ...languages(request.query),
        datasetIds: [datasetId(request.query) ?? '@none'],
        pick: { members: new Set(), attributes: new Map([[attribute(request, table), undefined]]) },
      },
      features: false,
      local: flag(request.query, 'local') ?? false,
      via: request.headers.via,
      headers: request.headers,
    })
    request.disclose?.(disclosed, datasets)
    return {
      status: 200,
      body: onlyValue(JSON.parse(texts[0] ?? '')),
      headers: {
        ...(warnings.length > 0 && { 'NGSILD-Warning': warnings }),
        ...(tag !== undefined && { ETag: `"${tag}.value"` }),
      },
    }
  }

  async function set(request: HubRequest): Promise<HubAnswer> {
    if (contentType(request.headers['content-type']) === 'application/ld+json')
      throw badRequestData('Body is a bare value, which has no @context: send it as application/json')
    const table = await request.table('headers')
    const { body: value = null } = request
    if (value === null || value === NGSI_LD_NULL) throw invalidRequest('Body is null, which is no value')
    const dataset = datasetId(request.query)
    await setAttributeValue({
      ...who(request),
      ...(await selected(request, table)),
      setting: {
        attribute: attribute(request, table),
        ...(dataset !== undefined && { datasetId: dataset }),
        ...observedAt(request.query),
        valueAs: (kind) => decodeAttributeValue(request.params.attribute ?? '', kind, value, table),
      },
    })
    return { status: 204 }
  }
}

function attribute(request: HubRequest, table: TermTable): Iri {
  const name = attributeName(request, table)
  if (name === 'scope') throw badRequestData('Scope is no attribute: it has no value of its own')
  return name
}

/** Takes the value out of an entity that was written with one attribute, in normalized form and nothing else. */
function onlyValue(entity: JsonValue): JsonValue {
  const [instance] = isJsonObject(entity) ? Object.values(entity) : []
  if (!isJsonObject(instance)) throw new Error('Attribute was not written as one instance')
  const kind = instance.type as Instance['kind'] // the normalized form says it
  const value = ownValue(instance, VALUE_MEMBER[kind]) ?? null
  if (kind !== 'ListRelationship' || !isJsonArray(value)) return value
  return value.map((item) => (isJsonObject(item) ? (ownValue(item, 'object') ?? null) : item))
}
