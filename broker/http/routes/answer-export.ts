import { badRequestData, invalidRequest } from '../../core/model/problem.ts'
import type { ExportEntities, exportEntities } from '../../operations/entities/export-entities.ts'
import { ENTITY_MAP_PARAMETERS } from '../decode/entity-map-request.ts'
import { renderOptions } from '../decode/entity-parameters.ts'
import { JOIN_PARAMETERS } from '../decode/join-parameters.ts'
import { ORDER_PARAMETERS } from '../decode/order-parameters.ts'
import { preferences, versionHeader, versionOption } from '../decode/prefer.ts'
import type { QueryBody } from '../decode/query-body.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest } from '../route.ts'

/** Answers a query as an export; `limit` caps all of it. @throws Problem InvalidRequest for what only pages have */
export function answerExport(
  run: ReturnType<typeof exportEntities>,
  request: HubRequest,
  { query, parameters, ...asked }: QueryBody & Pick<ExportEntities, 'table' | 'local'>,
): HubAnswer {
  refusePaging(request, parameters)
  const limit = totalLimit(parameters)
  const preferred = preferences(request.headers.prefer)
  const version = versionOption(preferred)
  const stream = run({
    ...who(request),
    ...asked,
    query,
    parameters,
    options: { ...renderOptions(parameters, asked.table, request.accept), ...version },
    features: request.accept === 'application/geo+json-seq',
    via: request.headers.via,
    ...(limit !== undefined && { limit }),
  })
  // whether any entity is altered shows only on the way
  const status = version.version === undefined ? 200 : 203
  return { status, stream: () => stream, table: asked.table, headers: versionHeader(preferred) }
}

/** Order, links and maps need all matches before the first can be written. */
const PAGING = [
  ...['offset', 'after', 'count'],
  ...ORDER_PARAMETERS,
  ...JOIN_PARAMETERS,
  ...ENTITY_MAP_PARAMETERS,
]

/** Refuses what only pages have. @throws Problem InvalidRequest */
export function refusePaging(
  { headers }: HubRequest,
  parameters: URLSearchParams,
  others: readonly string[] = [],
): void {
  const given = [...PAGING, ...others].find((name) => parameters.has(name))
  if (given !== undefined)
    throw invalidRequest(`Parameter ${given} is for pages; an export has all matches in one answer`)
  if (headers['ngsild-entitymap'] !== undefined)
    throw invalidRequest('Header NGSILD-EntityMap is for pages; an export has all matches in one answer')
}

function totalLimit(query: URLSearchParams): number | undefined {
  const text = query.get('limit')
  if (text === null) return undefined
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw badRequestData('Parameter limit of an export is not a whole number of 1 or more')
  return Number(text)
}
