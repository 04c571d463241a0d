import type { components } from '../../../openapi/generated/types.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import { parseAttributeList } from '../../core/query/parse-attribute-list.ts'
import type { EraseHistory, eraseHistory } from '../../operations/history/erase-history.ts'
import type { ImportOutcome, importHistory } from '../../operations/history/import-history.ts'
import { contentType } from '../decode/body.ts'
import { datasetIds } from '../decode/dataset-parameters.ts'
import { entityQuery, flag } from '../decode/entity-parameters.ts'
import { OBSERVATION_TYPES, observationLines } from '../decode/observation-lines.ts'
import { temporalRequest } from '../decode/temporal-parameters.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the resource. */
export interface HistoryOperations {
  readonly importHistory: ReturnType<typeof importHistory>
  readonly eraseHistory: ReturnType<typeof eraseHistory>
}

const TIMES = ['timerel', 'timeAt', 'endTimeAt', 'timeproperty'] as const

/**
 * Routes of `/hub/v1/history`: ours, not the standard's. `maxLineBytes`: of a line that is imported; a body may have any
 * number of them.
 */
export function historyRoutes(operations: HistoryOperations, maxLineBytes: number): readonly Route[] {
  const route = { path: '/hub/v1/history', produces: ['application/json'] } as const
  return [
    { ...route, method: 'POST', body: 'stream', createsTenant: true, handle: take },
    {
      ...route,
      method: 'DELETE',
      body: 'none',
      parameters: ['id', 'type', 'attrs', 'datasetId', ...TIMES, 'all'],
      handle: erase,
    },
  ]

  async function take(request: HubRequest): Promise<HubAnswer> {
    const { stream } = request
    const type = OBSERVATION_TYPES.find((one) => one === contentType(request.headers['content-type']))
    if (!type || !stream)
      throw new Problem('UnsupportedMediaType', `Body is neither ${OBSERVATION_TYPES.join(' nor ')}`)
    const body = { stream, type, table: await request.table(), maxLineBytes }
    const outcome = await operations.importHistory({
      ...who(request),
      read: (clock) => observationLines(body, clock),
    })
    return { status: outcome.rejected.count > 0 ? 207 : 200, body: { ...resultOf(outcome) } }
  }

  async function erase(request: HubRequest): Promise<HubAnswer> {
    const selected = selection(request.query, await request.table())
    refuseEverything(selected, flag(request.query, 'all') ?? false)
    const erased = await operations.eraseHistory({ ...who(request), ...selected })
    return { status: erased.refused > 0 ? 207 : 200, body: { ...erased } }
  }
}

function resultOf({ rejected, ...counts }: ImportOutcome): components['schemas']['ImportResult'] {
  const first = rejected.first.map(({ number, problem }) => ({ line: number, detail: problem.message }))
  return { ...counts, rejected: { count: rejected.count, first } }
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
