import type { TermTable } from '../../core/context/term-table.ts'
import { isNull } from '../../core/merge/members.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import { type Iri, isIri } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { SCOPE } from '../../core/model/temporal.ts'
import { historyInstance, historyInstances } from '../../core/temporal/history-instances.ts'
import type { addTemporalAttributes } from '../../operations/temporal/add-temporal-attributes.ts'
import type { ProvidedEvolution } from '../../operations/temporal/append-evolution.ts'
import type { createTemporalEvolution } from '../../operations/temporal/create-temporal-evolution.ts'
import type {
  deleteAttributeInstance,
  OfInstance,
} from '../../operations/temporal/delete-attribute-instance.ts'
import type { deleteTemporalAttribute } from '../../operations/temporal/delete-temporal-attribute.ts'
import type { deleteTemporalEvolution } from '../../operations/temporal/delete-temporal-evolution.ts'
import type { modifyAttributeInstance } from '../../operations/temporal/modify-attribute-instance.ts'
import { datasetId } from '../decode/dataset-parameters.ts'
import { attributeName, entityId } from '../decode/entity-body.ts'
import { flag } from '../decode/entity-parameters.ts'
import { evolutionBody, evolutionFragmentBody, instanceBody } from '../decode/temporal-body.ts'
import { who } from '../decode/who.ts'
import { pathSegment } from '../encode/path-segment.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations that provide history. */
export interface TemporalOperations {
  readonly createTemporalEvolution: ReturnType<typeof createTemporalEvolution>
  readonly addTemporalAttributes: ReturnType<typeof addTemporalAttributes>
  readonly deleteTemporalAttribute: ReturnType<typeof deleteTemporalAttribute>
  readonly modifyAttributeInstance: ReturnType<typeof modifyAttributeInstance>
  readonly deleteAttributeInstance: ReturnType<typeof deleteAttributeInstance>
  readonly deleteTemporalEvolution: ReturnType<typeof deleteTemporalEvolution>
}

export const EVOLUTIONS = '/ngsi-ld/v1/temporal/entities'
const ATTRIBUTES = `${EVOLUTIONS}/:id/attrs`
const INSTANCE = `${ATTRIBUTES}/:attribute/:instanceId`

/** Routes that change what is below `/temporal/entities/` (CIM 009 v1.9.1, 6.18 to 6.22). */
export function temporalRoutes(operations: TemporalOperations): readonly Route[] {
  const parameters = ['local']
  return [
    {
      method: 'POST',
      path: EVOLUTIONS,
      body: 'ld',
      createsTenant: true,
      parameters,
      handle: checked(create),
    },
    { method: 'DELETE', path: `${EVOLUTIONS}/:id`, body: 'none', parameters, handle: checked(remove) },
    { method: 'POST', path: ATTRIBUTES, body: 'ld', parameters, handle: checked(add) },
    {
      method: 'DELETE',
      path: `${ATTRIBUTES}/:attribute`,
      body: 'none',
      parameters: [...parameters, 'datasetId', 'deleteAll'],
      handle: checked(removeAttribute),
    },
    { method: 'PATCH', path: INSTANCE, body: 'ld', parameters, handle: checked(modify) },
    { method: 'DELETE', path: INSTANCE, body: 'none', parameters, handle: checked(removeInstance) },
  ]

  async function create(request: HubRequest): Promise<HubAnswer> {
    const provided = providedBy(request, await evolutionBody(request))
    const { created } = await operations.createTemporalEvolution(provided)
    if (!created) return { status: 204 }
    return { status: 201, headers: { Location: `${EVOLUTIONS}/${pathSegment(provided.id)}` } }
  }

  async function add(request: HubRequest): Promise<HubAnswer> {
    const id = entityId(request)
    const fragment = await evolutionFragmentBody(request, id)
    await operations.addTemporalAttributes(providedBy(request, { ...fragment, id }))
    return { status: 204 }
  }

  async function modify(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const place = ofInstance(request, table)
    const fragment = instanceBody(request, table)
    const instance = (now: number) => historyInstance(fragment, place.attribute, now)
    await operations.modifyAttributeInstance({ ...place, instance })
    return { status: 204 }
  }

  async function removeInstance(request: HubRequest): Promise<HubAnswer> {
    await operations.deleteAttributeInstance(ofInstance(request, await request.table()))
    return { status: 204 }
  }

  async function removeAttribute(request: HubRequest): Promise<HubAnswer> {
    const dataset = datasetId(request.query)
    await operations.deleteTemporalAttribute({
      ...who(request),
      id: entityId(request),
      attribute: historicName(request, await request.table()),
      deleteAll: flag(request.query, 'deleteAll') ?? false,
      ...(dataset !== undefined && { datasetId: dataset }),
    })
    return { status: 204 }
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    await operations.deleteTemporalEvolution({ ...who(request), id: entityId(request) })
    return { status: 204 }
  }
}

/** History is changed here alone, whatever `local` says: but it says true or false. */
function checked(handle: Route['handle']): Route['handle'] {
  return (request) => {
    flag(request.query, 'local')
    return handle(request)
  }
}

function providedBy(
  request: HubRequest,
  { id = '', types = [], scopes, attributes }: EntityFragment,
): ProvidedEvolution {
  return {
    ...who(request),
    id,
    types,
    ...(scopes && !isNull(scopes) && { scopes }),
    instances: (now) => historyInstances(attributes, now),
  }
}

/** In history the scopes of an entity are an attribute like others (4.5.6). */
function historicName(request: HubRequest, table: TermTable): Iri {
  const name = attributeName(request, table)
  return name === 'scope' ? SCOPE : name
}

function ofInstance(request: HubRequest, table: TermTable): OfInstance {
  const id = entityId(request)
  const attribute = historicName(request, table)
  const { instanceId = '' } = request.params
  if (!isIri(instanceId))
    throw badRequestData(`Instance id ${JSON.stringify(instanceId)} of the path is no URI`)
  return { ...who(request), id, attribute, instanceId }
}
