import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import { isJsonObject } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Forward } from '../registry/match-registrations.ts'
import { failed, type SourceFailure, type SourceResponse, statusFailure } from './exchange.ts'
import { keepRegistered } from './keep-registered.ts'
import { nextPage } from './next-page.ts'
import { readEntities } from './read-entities.ts'
import type { SourceConnection, SourceDependencies } from './source-connection.ts'
import { batchQueryRequest, queryRequest, type ReadRequest, retrieveRequest } from './source-request.ts'
import { understandsFilters } from './source-version.ts'

/** What one source answered: entities in the hub's own model, and what went wrong. */
export interface SourceAnswer {
  readonly entities: readonly Entity[]
  /** All that the source has is here. */
  readonly complete: boolean
  readonly failure?: SourceFailure
  /** When it was answered, if it was kept since. */
  readonly answeredAt?: Micros
  /** Warnings that the source passed on from behind it. */
  readonly warnings: readonly string[]
  /** The source named another EntityMap than the one that it was handed: that one is lost. */
  readonly lostMap?: true
  /** What the source tells of entities that the caller sees none of; absent: it was not asked, or does not tell. */
  readonly together?: ToldTogether
}

/** A number of entities that nobody is shown, and what is said of noise in it. */
export interface ToldTogether {
  readonly count: number
  readonly noise: readonly string[]
}

/** A question to one source: for one entity (`id`) or for up to `limit`. */
export interface SourceQuestion {
  readonly forward: Forward
  readonly id?: string
  readonly limit?: number
  /** The client's parameters, when the source may apply its filters. */
  readonly pushed?: URLSearchParams
  /** What the source has is filtered here: that it has more than `limit` is worth a warning. */
  readonly unfiltered?: true
  /** Further parts of the same source with the same attributes, for which it is asked together: it offers `queryBatch`. */
  readonly more?: readonly Forward[]
  /** The client asked by a body, so the source is too where it offers that (4.20). */
  readonly byBody?: boolean
  /** The source is asked how many there are too, of which the caller sees none. */
  readonly together?: true
  /** An EntityMap of the source, which is handed on (CIM 009 v1.9.1, 5.7.1.4, 5.7.2.4). */
  readonly entityMap?: string
}

type Dependencies = Pick<SourceDependencies, 'clock'>

/** The largest page that sources of every make serve. */
const PAGE = 1000
const SMALL_PAGE = 100

const INVALID: SourceFailure = { code: 111, text: 'answered with something that is no NGSI-LD', tired: false }

/** Asks one source for entities; what goes wrong is part of the answer. */
export function askSource(
  dependencies: Dependencies,
  connection: SourceConnection,
  question: SourceQuestion,
): Promise<SourceAnswer> {
  return readAll(dependencies, connection, { ...question, request: requestOf(connection, question) })
}

/** What a source offers decides how it is asked; where it offers both, the client does (CIM 009 v1.9.1, 4.20). */
function requestOf(
  { table, version }: SourceConnection,
  { forward, id, limit = PAGE, pushed, more = [], byBody = false, together }: SourceQuestion,
): ReadRequest {
  const { operations } = forward.registration
  if (id !== undefined && operations.has('retrieveEntity')) return retrieveRequest(forward, id, table)
  const querying = {
    table,
    limit: id === undefined ? Math.min(limit, PAGE) : 1,
    version,
    ...(together && { together }),
    ...(pushed && understandsFilters(forward.registration, pushed) && { pushed }),
  }
  const body = operations.has('queryBatch') && (byBody || !operations.has('queryEntity'))
  return body ? batchQueryRequest([forward, ...more], querying) : queryRequest(forward, querying)
}

/** Follows `next` links until enough entities are there, the source ends, or something goes wrong. */
async function readAll(
  dependencies: Dependencies,
  connection: SourceConnection,
  {
    forward,
    more = [],
    id,
    limit = 1,
    entityMap,
    request,
  }: SourceQuestion & { readonly request: ReadRequest },
): Promise<SourceAnswer> {
  const found = new Map<string, Entity>()
  const warnings = new Set<string>()
  let { parameters } = request.send
  let answeredAt: Micros | undefined
  let lost = false
  let together: ToldTogether | undefined
  for (;;) {
    const page = await connection.send({ ...request.send, parameters, ...(entityMap && { entityMap }) })
    if (failed(page)) return answer(page)
    lost ||= entityMap !== undefined && namesOther(page.headers['ngsild-entitymap'], entityMap)
    const less = fewerAtOnce(page, parameters) ?? uncounted(page, parameters)
    if (less) {
      parameters = less
      continue
    }
    for (const text of page.warnings) warnings.add(text)
    answeredAt = page.answeredAt
    const failure = statusFailure(page)
    if (failure) return answer(failure)
    if (parameters.has('count')) together ??= toldTogether(page)
    const entities = await readEntities(connection, page, id)
    if (!entities) return answer(INVALID)
    for (const entity of entities) keep(entity)
    const next = id === undefined ? nextPage(page.headers.link) : undefined
    if (!next) return answer(undefined, true)
    if (found.size >= limit) return answer(undefined)
    if (`${next}` === `${parameters}` || connection.remaining() === 0) {
      return answer({ code: 199, text: 'did not come to an end in time', tired: false })
    }
    parameters = next
  }

  function keep(entity: Entity): void {
    const registered = [forward, ...more].map((part) => keepRegistered(part, entity)).find((kept) => kept)
    const alive = registered && atTime(registered, dependencies.clock())
    if (alive && !found.has(alive.id)) found.set(alive.id, alive)
  }

  function answer(failure: SourceFailure | undefined, complete = false): SourceAnswer {
    const entities = [...found.values()]
    return {
      entities,
      complete,
      warnings: [...warnings],
      ...(failure && { failure }),
      ...(answeredAt !== undefined && { answeredAt }),
      ...(lost && { lostMap: true as const }),
      ...(together && { together }),
    }
  }
}

/** A source that says nothing of such entities has none, or none of which the caller may be told. */
function toldTogether({ headers }: SourceResponse): ToldTogether {
  const { 'hub-results-together': count = '', 'hub-count-noise': noise = '' } = headers
  return { count: /^\d{1,15}$/.test(count) ? Number(count) : 0, noise: NOISE.test(noise) ? [noise] : [] }
}

const NOISE = /^[a-z0-9.;=, -]{1,200}$/

/** Who may not count there may see all the same: answers how to ask without. */
function uncounted({ status }: SourceResponse, parameters: URLSearchParams): URLSearchParams | undefined {
  if (status !== 403 || !parameters.has('count')) return undefined
  const less = new URLSearchParams(parameters)
  less.delete('count')
  return less
}

/** The header holds where a map is, or its id alone. */
function namesOther(location: string | undefined, entityMap: string): boolean {
  if (location === undefined) return false
  return !location.includes(entityMap) && !location.includes(encodeURIComponent(entityMap))
}

/** Some brokers serve a hundred at a time and refuse to be asked for more: answers how to ask them. */
function fewerAtOnce(
  { status, body }: SourceResponse,
  parameters: URLSearchParams,
): URLSearchParams | undefined {
  if (status !== 403 && status !== 400) return undefined
  if (Number(parameters.get('limit')) <= SMALL_PAGE) return undefined
  if (!isJsonObject(body) || !String(body.type).endsWith('TooManyResults')) return undefined
  const fewer = new URLSearchParams(parameters)
  fewer.set('limit', String(SMALL_PAGE))
  return fewer
}
