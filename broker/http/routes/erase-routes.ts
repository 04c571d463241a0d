import type { TermTable } from '../../core/context/term-table.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { parseAttributeList } from '../../core/query/parse-attribute-list.ts'
import type { ErasedHistory, EraseHistory, eraseHistory } from '../../operations/history/erase-history.ts'
import { datasetIds } from '../decode/dataset-parameters.ts'
import { entityQuery, flag } from '../decode/entity-parameters.ts'
import { temporalRequest } from '../decode/temporal-parameters.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

const TIMES = ['timerel', 'timeAt', 'endTimeAt', 'timeproperty'] as const

/** Route that erases from `/hub/v1/history`: ours, not the standard's. */
export function eraseRoutes(erase: ReturnType<typeof eraseHistory>): readonly Route[] {
  return [
    {
      method: 'DELETE',
      path: '/hub/v1/history',
      body: 'none',
      parameters: ['id', 'type', 'attrs', 'datasetId', ...TIMES, 'all'],
      produces: ['application/json'],
      handle,
    },
  ]

  async function handle(request: HubRequest): Promise<HubAnswer> {
    const selected = selection(request.query, await request.table())
    refuseEverything(selected, flag(request.query, 'all') ?? false)
    const erased: ErasedHistory = await erase({ ...who(request), ...selected })
    return { status: erased.refused > 0 ? 207 : 200, body: { ...erased } }
  }
}

type Selected = Pick<EraseHistory, 'query' | 'what'>

/** Reads what is to be erased, of whom: as a temporal query selects it. @throws Problem */
function selection(query: URLSearchParams, table: TermTable): Selected {
  const { ids, types } = entityQuery(query, table)
  const attrs = query.get('attrs')
  const { window } = temporalRequest(query, table)
  const datasets = datasetIds(query).datasetIds?.map((id) => (id === '@none' ? '' : id))
  return {
    query: { ...(ids && { ids }), ...(types && { types }) },
    what: {
      ...(attrs !== null && { attributes: parseAttributeList(attrs, table) }),
      ...(datasets && { datasetIds: datasets }),
      ...(window && { window }),
    },
  }
}

/** Whoever means everything of somebody has to say so. @throws Problem BadRequestData */
function refuseEverything({ query: { ids, types }, what }: Selected, all: boolean): void {
  if (!ids && !types) throw badRequestData('Request selects no entities: give id or type')
  const { attributes, window } = what
  const isNarrow = attributes !== undefined || window?.from !== undefined || window?.to !== undefined
  if (!isNarrow && !all)
    throw badRequestData('Request selects all history of entities: give attrs, timerel or all=true')
}
