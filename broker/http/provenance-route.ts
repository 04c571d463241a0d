import { contextLink } from '../core/context/context-link.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/model/json.ts'
import { invalidRequest } from '../core/model/problem.ts'
import { formatDateTime, type Micros } from '../core/model/time.ts'
import type { Provenance, Supply } from '../operations/provenance.ts'
import { PROVENANCE_TYPE } from './added-types.ts'
import type { HubAnswer, HubRequest, Route } from './route.ts'

/**
 * Lets a read say with `Hub-Provenance: true` which source supplied each attribute instance of its answer: that is then a
 * representation of its own, the standard's answer with the provenance beside it. Only of what is in the answer.
 */
export function provenanceRoute(route: Route): Route {
  if (!route.tellsProvenance) return route
  return { ...route, handle }

  async function handle(request: HubRequest): Promise<HubAnswer> {
    const wanted = request.headers['hub-provenance']
    if (wanted === undefined || wanted === 'false') return route.handle(request)
    if (wanted !== 'true') throw invalidRequest('Header Hub-Provenance is neither true nor false')
    if (request.accept !== 'application/json')
      throw invalidRequest('Header Hub-Provenance goes with answers of type application/json only')
    const provenance: Provenance = new Map()
    return beside(await route.handle({ ...request, provenance }), provenance)
  }
}

function beside({ fragments, table, headers, status }: HubAnswer, provenance: Provenance): HubAnswer {
  if (!fragments || !table) return { status, ...(headers && { headers }) }
  const { texts, single } = fragments
  const told = texts.flatMap((text) => provenanceOf(text, provenance) ?? [])
  const answer = single ? (texts[0] ?? '') : `[${texts.join(',')}]`
  const { ETag: _, Link: links = [], ...rest } = headers ?? {}
  return {
    status,
    contentType: PROVENANCE_TYPE,
    text: `{"answer":${answer},"provenance":${JSON.stringify(told)}}`,
    headers: { ...rest, Link: [...[links].flat(), contextLink(table)] },
  }
}

/** Projections take attributes out of an entity, and their provenance with them. */
function provenanceOf(text: string, provenance: Provenance): JsonObject | undefined {
  const entity: JsonValue = JSON.parse(text) // the hub wrote it
  if (!isJsonObject(entity)) return undefined
  const supplies = typeof entity.id === 'string' ? provenance.get(entity.id) : undefined
  if (!supplies) return undefined
  const attributes = new Map<string, JsonObject[]>()
  for (const supply of supplies) {
    if (!Object.hasOwn(entity, supply.name)) continue
    attributes.set(supply.name, [...(attributes.get(supply.name) ?? []), written(supply)])
  }
  return { id: entity.id ?? '', attributes: Object.fromEntries(attributes) }
}

function written({ source, datasetId, answeredAt, observedAt, modifiedAt }: Supply): JsonObject {
  return {
    source,
    ...(datasetId !== undefined && { datasetId }),
    ...time('answeredAt', answeredAt),
    ...time('observedAt', observedAt),
    ...time('modifiedAt', modifiedAt),
  }
}

function time(name: string, at: Micros | undefined): JsonObject {
  return at === undefined ? {} : { [name]: formatDateTime(at) }
}
