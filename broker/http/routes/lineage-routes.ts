import { isIri, isName } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import type { traceAttribute } from '../../operations/lineage/trace-attribute.ts'
import { datasetId } from '../decode/dataset-parameters.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operation behind lineage. */
export interface LineageOperations {
  readonly traceAttribute: ReturnType<typeof traceAttribute>
}

/** Route of `/hub/v1/lineage`: which record of which source an attribute is from; ours, not the standard's. */
export function lineageRoutes(operations: LineageOperations): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/lineage',
      body: 'none',
      parameters: ['id', 'attribute', 'datasetId', 'observedAt'],
      produces: ['application/json'],
      handle: trace,
    },
  ]

  async function trace(request: HubRequest): Promise<HubAnswer> {
    const { query } = request
    const [id, attribute] = [query.get('id') ?? '', query.get('attribute') ?? '']
    if (!isIri(id)) throw badRequestData('Parameter id is no URI')
    if (!isName(attribute)) throw badRequestData('Parameter attribute is no name')
    const table = await request.table()
    const dataset = datasetId(query)
    const body = await operations.traceAttribute({
      ...who(request),
      id,
      attribute: table.expand(attribute),
      ...(dataset !== undefined && { datasetId: dataset }),
      ...(query.has('observedAt') && { observedAt: instantIn(query) }),
    })
    return { status: 200, body }
  }
}

function instantIn(query: URLSearchParams): Micros {
  const instant = parseDateTime(query.get('observedAt') ?? '')
  if (instant === undefined)
    throw badRequestData('Parameter observedAt is no DateTime in UTC such as 2025-11-15T01:30:00Z')
  return instant
}
