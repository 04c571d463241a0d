import type { Egress } from '../../../security/egress/egress.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue, jsonEqual } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Forward } from '../registry/match-registrations.ts'
import { decodeAnswer } from './decode-answer.ts'
import { exchange, failed, remaining, type SourceFailure, type SourcePage } from './exchange.ts'
import { keepRegistered } from './keep-registered.ts'
import { nextPage } from './next-page.ts'
import { type RequestHeaders, sourceHeaders, steering } from './source-headers.ts'
import { queryRequest, retrieveRequest, type SourceRequest } from './source-request.ts'

/** What one source answered: entities in the hub's own model, and what went wrong. */
export interface SourceAnswer {
  readonly entities: readonly Entity[]
  /** All that the source has is here. */
  readonly complete: boolean
  readonly failure?: SourceFailure
  /** Warnings that the source passed on from behind it. */
  readonly warnings: readonly string[]
}

/** A question to one source: for one entity (`id`) or for up to `limit`. */
export interface SourceQuestion {
  readonly forward: Forward
  readonly id?: string
  readonly limit?: number
  /** The client's parameters, when the source may apply its filters. */
  readonly pushed?: URLSearchParams
  /** The table of the client's @context. */
  readonly table: TermTable
  readonly headers: () => Promise<{
    readonly via: string
    readonly incoming: RequestHeaders
    readonly outbound: Readonly<Record<string, string>>
  }>
  /** Bounds everything that this question takes, all pages together. */
  readonly deadline: Micros
}

interface Dependencies {
  readonly egress: Egress
  readonly clock: () => Micros
  readonly tableOf: (context: JsonValue) => Promise<TermTable>
}

/** A source's answer may be so long, all pages together. */
const MAX_BYTES = 16 * 1024 * 1024
/** The largest page that sources of every make serve. */
const PAGE = 1000

const INVALID: SourceFailure = { code: 111, text: 'answered with something that is no NGSI-LD', tired: false }
const UNPREPARED: SourceFailure = { code: 199, text: 'could not be asked', tired: false }

/** Asks one source within one deadline; what goes wrong is part of the answer. */
export async function askSource(dependencies: Dependencies, question: SourceQuestion): Promise<SourceAnswer> {
  try {
    const own = steering(question.forward.registration, 'jsonldContext')
    const { registration } = question.forward
    const prepared = Promise.all([
      own === undefined ? question.table : dependencies.tableOf(own),
      question.headers(),
    ])
    const [table, given] = await within(remaining(question.deadline, dependencies.clock()), prepared)
    const headers = sourceHeaders(registration, { table, ...given })
    // the client's filters are words of its own @context
    const pushed = own === undefined && question.pushed ? { pushed: question.pushed } : {}
    return await readAll(
      dependencies,
      { ...question, table, request: requestOf(question, table, pushed) },
      headers,
    )
  } catch {
    return { entities: [], complete: false, failure: UNPREPARED, warnings: [] }
  }
}

/** Credentials and @contexts may have to be fetched too: that is part of the deadline. @throws when it passes */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Deadline passed')), milliseconds)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function requestOf(
  { forward, id, limit = PAGE }: SourceQuestion,
  table: TermTable,
  pushed: { readonly pushed?: URLSearchParams },
): SourceRequest {
  if (id !== undefined) return retrieveRequest(forward, id, table)
  return queryRequest(forward, { table, limit: Math.min(limit, PAGE), ...pushed })
}

/** Follows `next` links until enough entities are there, the source ends, or something goes wrong. */
async function readAll(
  { egress, clock, tableOf }: Dependencies,
  { forward, id, limit = 1, table, request, deadline }: SourceQuestion & { readonly request: SourceRequest },
  headers: Record<string, string>,
): Promise<SourceAnswer> {
  const found = new Map<string, Entity>()
  const warnings = new Set<string>()
  let { parameters } = request
  let bytes = MAX_BYTES
  for (;;) {
    const page = await exchange(egress, {
      url: `${request.url}?${parameters}`,
      headers,
      timeoutMs: Math.max(1, remaining(deadline, clock())),
      maxBytes: bytes,
    })
    if (failed(page)) return answer(page)
    for (const text of page.warnings) warnings.add(text)
    const entities = await readEntities(page, { id, table, tableOf })
    if (!entities) return answer(INVALID)
    for (const entity of entities) keep(entity)
    const next = id === undefined ? nextPage(page.link) : undefined
    bytes -= page.bytes
    if (!next) return answer(undefined, true)
    if (found.size >= limit) return answer(undefined)
    if (bytes <= 0 || `${next}` === `${parameters}` || remaining(deadline, clock()) === 0) {
      return answer({ code: 199, text: 'did not come to an end in time', tired: false })
    }
    parameters = next
  }

  function keep(entity: Entity): void {
    const registered = keepRegistered(forward, entity)
    const alive = registered && atTime(registered, clock())
    if (alive && !found.has(alive.id)) found.set(alive.id, alive)
  }

  function answer(failure: SourceFailure | undefined, complete = false): SourceAnswer {
    const entities = [...found.values()]
    return { entities, complete, warnings: [...warnings], ...(failure && { failure }) }
  }
}

/** Reads the entities of a page; undefined when any of it is no NGSI-LD: then nothing of it is believed. */
async function readEntities(
  { body }: SourcePage,
  {
    id,
    table,
    tableOf,
  }: { readonly id: string | undefined; readonly table: TermTable } & Pick<Dependencies, 'tableOf'>,
): Promise<readonly Entity[] | undefined> {
  if (body === undefined) return []
  if (Array.isArray(body) !== (id === undefined)) return undefined
  try {
    const entities: Entity[] = []
    for (const item of itemsOf(body)) entities.push(await readEntity(item, table, tableOf))
    return entities.every((entity) => id === undefined || entity.id === id) ? entities : undefined
  } catch {
    return undefined
  }
}

/** An answer in JSON-LD names its own @context, mostly the one that was sent. @throws Problem */
async function readEntity(
  item: JsonValue,
  table: TermTable,
  tableOf: Dependencies['tableOf'],
): Promise<Entity> {
  if (!isJsonObject(item) || item['@context'] === undefined) return decodeAnswer(item, table)
  const { '@context': context, ...body } = item
  const same = context === table.url || jsonEqual(context, table.source)
  return decodeAnswer(
    body satisfies JsonObject,
    same || context === undefined ? table : await tableOf(context),
  )
}
