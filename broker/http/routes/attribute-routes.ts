import { decodeAttribute } from '../../core/context/decode-entity.ts'
import type { DecodeRules } from '../../core/context/decode-rules.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import { badRequestData, invalidRequest } from '../../core/model/problem.ts'
import type { appendAttributes } from '../../operations/attributes/append-attributes.ts'
import type { deleteAttribute } from '../../operations/attributes/delete-attribute.ts'
import type { partialUpdateAttribute } from '../../operations/attributes/partial-update-attribute.ts'
import type { replaceAttribute } from '../../operations/attributes/replace-attribute.ts'
import type { updateAttributes } from '../../operations/attributes/update-attributes.ts'
import type { AttributeWrite } from '../../operations/distributed/write-attribute.ts'
import { datasetId } from '../decode/dataset-parameters.ts'
import { attributeName, entityBody, selected } from '../decode/entity-body.ts'
import { flag } from '../decode/entity-parameters.ts'
import { onward } from '../decode/onward.ts'
import { who } from '../decode/who.ts'
import { attributesOutcome } from '../encode/write-outcome.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the attribute resources. */
export interface AttributeOperations {
  readonly appendAttributes: ReturnType<typeof appendAttributes>
  readonly updateAttributes: ReturnType<typeof updateAttributes>
  readonly partialUpdateAttribute: ReturnType<typeof partialUpdateAttribute>
  readonly replaceAttribute: ReturnType<typeof replaceAttribute>
  readonly deleteAttribute: ReturnType<typeof deleteAttribute>
}

const ATTRIBUTES = '/ngsi-ld/v1/entities/:id/attrs'

/** Routes of `/entities/{entityId}/attrs/` and below (CIM 009 v1.9.1, 6.6 and 6.7). */
export function attributeRoutes(operations: AttributeOperations): readonly Route[] {
  const parameters = ['type', 'local']
  const write = { body: 'ld', preconditions: 'entity' } as const
  return [
    { ...write, method: 'POST', path: ATTRIBUTES, parameters: [...parameters, 'options'], handle: append },
    { ...write, method: 'PATCH', path: ATTRIBUTES, parameters, handle: update },
    { ...write, method: 'PATCH', path: `${ATTRIBUTES}/:attribute`, parameters, handle: partialUpdate },
    { ...write, method: 'PUT', path: `${ATTRIBUTES}/:attribute`, parameters, handle: replace },
    {
      ...write,
      method: 'DELETE',
      path: `${ATTRIBUTES}/:attribute`,
      body: 'none',
      parameters: [...parameters, 'datasetId', 'deleteAll'],
      handle: remove,
    },
  ]

  async function append(request: HubRequest): Promise<HubAnswer> {
    const options = request.query.get('options')
    if (options !== null && options !== 'noOverwrite')
      throw invalidRequest(`Option ${options} is not known here`)
    const fragment = await attributesBody(request, { nulls: 'forbidden' })
    const overwrite = options === null
    return attributesOutcome(
      await operations.appendAttributes({
        fragment,
        overwrite,
        ...who(request),
        ...(await onward(request)),
        ...(await selected(request)),
      }),
    )
  }

  async function update(request: HubRequest): Promise<HubAnswer> {
    const fragment = await attributesBody(request, { nulls: 'attribute' })
    return attributesOutcome(
      await operations.updateAttributes({
        fragment,
        ...who(request),
        ...(await onward(request)),
        ...(await selected(request)),
      }),
    )
  }

  async function partialUpdate(request: HubRequest): Promise<HubAnswer> {
    return attributesOutcome(await operations.partialUpdateAttribute(await attributeBody(request, true)))
  }

  async function replace(request: HubRequest): Promise<HubAnswer> {
    return attributesOutcome(await operations.replaceAttribute(await attributeBody(request, false)))
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const dataset = datasetId(request.query)
    const outcome = await operations.deleteAttribute({
      attribute: attributeName(request, table),
      ...who(request),
      ...(await onward(request)),
      ...(await selected(request, table)),
      deleteAll: flag(request.query, 'deleteAll') ?? false,
      ...(dataset !== undefined && { datasetId: dataset }),
    })
    return attributesOutcome(outcome)
  }
}

/** Decodes attributes of the entity that the path names: an id in the body says nothing. */
async function attributesBody(request: HubRequest, rules: DecodeRules): Promise<EntityFragment> {
  const { id: _, ...fragment } = await entityBody(request, rules)
  return fragment
}

async function attributeBody(request: HubRequest, partial: boolean): Promise<AttributeWrite> {
  const table = await request.table()
  const attribute = attributeName(request, table)
  if (attribute === 'scope')
    throw badRequestData('Scope is no attribute: change it with the attributes of the entity')
  const fragments = decode(request, table, partial)
  return {
    attribute,
    fragments,
    ...who(request),
    ...(await onward(request)),
    ...(await selected(request, table)),
  }
}

function decode(request: HubRequest, table: TermTable, partial: boolean): ReturnType<typeof decodeAttribute> {
  const rules = partial
    ? ({ nulls: 'attribute', partial: 'attribute' } as const)
    : ({ nulls: 'forbidden' } as const)
  return decodeAttribute(request.params.attribute ?? '', request.body ?? null, table, rules)
}
