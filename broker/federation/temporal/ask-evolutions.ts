import { isJsonArray, type JsonValue } from '../../core/model/json.ts'
import type { TemporalEntity, TemporalInstance, TimeWindow } from '../../core/model/temporal.ts'
import type { Micros } from '../../core/model/time.ts'
import { answerTable } from '../forward/answer-table.ts'
import { failed, type SourceFailure, type SourceResponse, statusFailure } from '../forward/exchange.ts'
import { keepRegistered } from '../forward/keep-registered.ts'
import { nextPage } from '../forward/next-page.ts'
import type { SourceConnection } from '../forward/source-connection.ts'
import type { Forward } from '../registry/match-registrations.ts'
import { decodeEvolutionAnswer } from './decode-evolution-answer.ts'
import { type EvolutionRequest, endOfRange, evolutionRequest } from './evolution-request.ts'

/** What a source told of evolutions, and what went wrong. */
export interface EvolutionAnswer {
  readonly entities: readonly TemporalEntity[]
  readonly failure?: SourceFailure
  readonly warnings: readonly string[]
}

/** Evolutions of one entity are told in so many pages and parts at most. */
const MOST_REQUESTS = 100

const INVALID: SourceFailure = { code: 111, text: 'answered with something that is no NGSI-LD', tired: false }
const ENDLESS: SourceFailure = { code: 199, text: 'did not come to an end in time', tired: false }

/**
 * Reads evolutions of a source to their end: pages of entities by their `next` links, and of each page that is told in
 * parts (206) one part after the other (CIM 009 v1.9.1, 6.3.10). What goes wrong is part of the answer.
 */
export async function askEvolutions(
  connection: SourceConnection,
  { forward, ...asked }: EvolutionRequest & { readonly forward: Forward },
): Promise<EvolutionAnswer> {
  const found = new Map<string, TemporalEntity>()
  const warnings = new Set<string>()
  let left = MOST_REQUESTS
  const first = evolutionRequest(forward, asked, connection.table)
  let { parameters } = first
  for (;;) {
    const page = await read(first.path, parameters)
    if ('code' in page) return answer(page)
    const trouble = await readParts(page)
    if (trouble) return answer(trouble)
    const next = asked.id === undefined ? nextPage(page.response.headers.link) : undefined
    if (!next) return answer()
    if (found.size >= asked.limit || `${next}` === `${parameters}`) return answer(ENDLESS)
    parameters = next
  }

  /** Goes on where a part ends, until nothing is left of these entities, or nothing more is wanted. */
  async function readParts(page: Page): Promise<SourceFailure | undefined> {
    const ids = page.entities.map(({ id }) => id)
    let { window } = asked
    let part = page
    while (part.response.status === 206 && !isEnough(ids)) {
      const following = windowBehind(part, window)
      if (!following) return ENDLESS
      window = following
      const narrowed = asked.id === undefined ? { ...forward, ids } : forward
      const request = evolutionRequest(narrowed, { ...asked, limit: ids.length, window }, connection.table)
      const answered = await read(request.path, request.parameters)
      if ('code' in answered) return answered
      part = answered
    }
    return undefined
  }

  async function read(to: string, search: URLSearchParams): Promise<Page | SourceFailure> {
    if (left-- === 0 || connection.remaining() === 0) return ENDLESS
    const response = await connection.send({ method: 'GET', path: to, parameters: search })
    if (failed(response)) return response
    for (const text of response.warnings) warnings.add(text)
    const failure = statusFailure(response)
    if (failure) return failure
    const entities = await readEntities(response)
    if (!entities) return INVALID
    for (const entity of entities) keep(entity)
    return { response, entities }
  }

  async function readEntities({
    status,
    body,
  }: SourceResponse): Promise<readonly TemporalEntity[] | undefined> {
    if (status === 404) return []
    const items: readonly JsonValue[] = isJsonArray(body) ? body : body === undefined ? [] : [body]
    try {
      const entities: TemporalEntity[] = []
      for (const item of items)
        entities.push(decodeEvolutionAnswer(item, await answerTable(item, connection.table, connection)))
      return entities.every(({ id }) => asked.id === undefined || id === asked.id) ? entities : undefined
    } catch {
      return undefined
    }
  }

  function keep(entity: TemporalEntity): void {
    const registered = keepRegistered(forward, entity) as TemporalEntity | undefined // it only takes attributes away
    const other = found.get(entity.id)
    if (registered) found.set(entity.id, other ? together(other, registered) : registered)
  }

  /** With lastN nobody needs more than that. */
  function isEnough(ids: readonly string[]): boolean {
    const { lastN } = asked
    if (lastN === undefined) return false
    const series = ids.flatMap((id) => Object.values(found.get(id)?.attributes ?? {}))
    return series.length > 0 && series.every(({ length }) => length >= lastN)
  }

  function windowBehind({ response }: Page, window: TimeWindow | undefined): TimeWindow | undefined {
    const end = endOfRange(response.headers['content-range'])
    if (end === undefined || !window) return undefined // without a time there is no way to ask for what comes then
    const backwards = asked.lastN !== undefined
    const stands: Micros | undefined = backwards ? window.to : window.from
    if (end === stands) return undefined
    return { ...window, ...(backwards ? { to: end } : { from: end }) }
  }

  function answer(failure?: SourceFailure): EvolutionAnswer {
    return { entities: [...found.values()], warnings: [...warnings], ...(failure && { failure }) }
  }
}

interface Page {
  readonly response: SourceResponse
  readonly entities: readonly TemporalEntity[]
}

/** Parts meet at an instant that both may tell. */
function together(left: TemporalEntity, right: TemporalEntity): TemporalEntity {
  const attributes: Record<string, readonly TemporalInstance[]> = { ...left.attributes }
  for (const [name, instances] of Object.entries(right.attributes)) {
    const known = attributes[name] ?? []
    const ids = new Set(known.map(({ instanceId }) => instanceId))
    attributes[name] = [...known, ...instances.filter(({ instanceId }) => !ids.has(instanceId))]
  }
  return { ...left, attributes }
}
