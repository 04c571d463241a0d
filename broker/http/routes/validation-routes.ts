import { parseTypeSelection } from '../../core/query/parse-type-selection.ts'
import type { judgeEntities } from '../../operations/validation/judge-entities.ts'
import { cursorPurpose } from '../decode/cursor-purpose.ts'
import { pageRequest } from '../decode/entity-parameters.ts'
import { placeOf } from '../decode/place-of.ts'
import { who } from '../decode/who.ts'
import { nextPlace } from '../encode/next-place.ts'
import type { PageSettings } from '../page-settings.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind what is told of the rules of the ontology. */
export interface ValidationOperations {
  readonly judgeEntities: ReturnType<typeof judgeEntities>
}

/** Route of `/hub/v1/validation`: entities that are not as the ontology has them; ours, not the standard's. */
export function validationRoutes(
  operations: ValidationOperations,
  { seal, limits }: PageSettings,
): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/validation',
      body: 'none',
      parameters: ['type', 'id', 'limit', 'after'],
      produces: ['application/json'],
      handle: judge,
    },
  ]

  async function judge(request: HubRequest): Promise<HubAnswer> {
    const wanted = pageRequest(request.query, limits)
    const [type, id] = [request.query.get('type'), request.query.get('id')]
    const boundTo = cursorPurpose(request, request.query)
    const after = wanted.after === undefined ? undefined : placeOf(wanted.after, seal, boundTo)
    const { looked, entities, next } = await operations.judgeEntities({
      ...who(request),
      query: {
        ...(type !== null && { types: parseTypeSelection(type, await request.table()) }),
        ...(id !== null && { ids: id.split(',') }),
      },
      limit: wanted.limit,
      ...(after !== undefined && { after }),
    })
    return {
      status: 200,
      body: { looked, entities },
      ...nextPlace(request, wanted, { next, seal, boundTo }),
    }
  }
}
