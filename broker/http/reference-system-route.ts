import { mapPlaces, type PlanePosition, placesIn } from '../core/geo/map-places.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/model/json.ts'
import { badRequestData, invalidRequest } from '../core/model/problem.ts'
import type { ReferenceSystem, ReferenceSystems } from '../core/model/reference-system.ts'
import type { HubAnswer, HubRequest, Route } from './route.ts'

/** Bodies that are entities, or attributes of them. */
const WITH_PLACES =
  /^\/ngsi-ld\/v1\/(?:temporal\/)?(?:entities|entityOperations\/(?:create|upsert|update|merge))(?:\/|$)/
const FEATURES: ReadonlySet<string> = new Set(['application/geo+json', 'application/geo+json-seq'])

/**
 * Lets `Hub-CRS` say in which reference system the places of a GeoJSON answer are written, and `Content-Crs` in which those of a
 * body are; what is kept, compared and answered otherwise is WGS84. What would be ignored is refused.
 */
export function inReferenceSystem(route: Route, systems: ReferenceSystems): Route {
  const takesPlaces = route.body === 'ld' && WITH_PLACES.test(route.path)
  return { ...route, handle }

  // nearly every request has none of these headers, and waits no longer for them
  function handle(request: HubRequest): Promise<HubAnswer> {
    const { 'hub-crs': wanted, 'content-crs': given, 'hub-unit': unit } = request.headers
    if (wanted === undefined && given === undefined && (unit === undefined || route.inUnits))
      return route.handle(request)
    return handleNamed(request)
  }

  async function handleNamed(request: HubRequest): Promise<HubAnswer> {
    const { 'hub-crs': wanted, 'content-crs': given, 'hub-unit': unit } = request.headers
    if (unit !== undefined && !route.inUnits)
      throw invalidRequest('Header Hub-Unit is for queries of entities, by parameters or by a body')
    const system = wanted === undefined ? undefined : await asked(request, wanted)
    const answer = await route.handle(given === undefined ? request : await taken(request, given))
    return system ? written(answer, system) : answer
  }

  async function asked({ accept }: HubRequest, name: string): Promise<ReferenceSystem> {
    if (!FEATURES.has(accept))
      throw invalidRequest(
        'Header Hub-CRS is for answers of type application/geo+json or application/geo+json-seq',
      )
    return known('Hub-CRS', name)
  }

  async function taken(request: HubRequest, header: string): Promise<HubRequest> {
    const { body } = request
    if (!takesPlaces || body === undefined)
      throw invalidRequest('Header Content-Crs is for bodies with entities or attributes')
    const system = await known('Content-Crs', header.replace(/^<(.*)>$/, '$1'))
    const likelier = system.likelier(placesIn(body))
    if (likelier !== undefined) throw badRequestData(likelier)
    return { ...request, body: mapPlaces(body, system.toWgs84) }
  }

  async function known(header: string, name: string): Promise<ReferenceSystem> {
    const system = await systems.named(name)
    if (!system) throw invalidRequest(`Header ${header} names no reference system that is known here`)
    return system
  }
}

function written(answer: HubAnswer, system: ReferenceSystem): HubAnswer {
  const { fragments, stream, body, headers } = answer
  const change = (position: PlanePosition): PlanePosition => told(position, system)
  const changed = (text: string): string => JSON.stringify(mapPlaces(JSON.parse(text) as JsonValue, change)) // the hub wrote it
  const crs = crsMember(system)
  return {
    ...answer,
    headers: { ...tagged(headers, system), 'Content-Crs': `<${system.uri}>` },
    ...(fragments && {
      crs,
      fragments: {
        ...fragments,
        texts: fragments.texts.map((text) => (fragments.single ? named(changed(text), crs) : changed(text))),
      },
    }),
    ...(isJsonObject(body) && { body: { ...(mapPlaces(body, change) as JsonObject), crs } }), // one stays one
    ...(stream && { stream: (gone: AbortSignal) => each(stream(gone), changed) }),
  }
}

/** @throws Problem for a place that the system has no coordinates of, such as one on the other side of the earth */
function told(position: PlanePosition, { id, fromWgs84 }: ReferenceSystem): PlanePosition {
  const found = fromWgs84(position)
  if (found.every(Number.isFinite)) return found
  throw badRequestData(`Answer has a place that has no coordinates in ${id}: ask without Hub-CRS`)
}

/** As GeoJSON had it before RFC 7946: programs that read a file see no header. */
function crsMember({ id }: ReferenceSystem): JsonObject {
  const [authority, code] = id.split(':')
  return {
    type: 'name',
    properties: { name: `urn:ogc:def:crs:${authority}:${authority === 'OGC' ? '1.3' : ''}:${code}` },
  }
}

function named(feature: string, crs: JsonObject): string {
  return `{"crs":${JSON.stringify(crs)},${feature.slice(1)}`
}

/** The same state in another system is another representation. */
function tagged(headers: HubAnswer['headers'], { id }: ReferenceSystem): HubAnswer['headers'] {
  const tag = headers?.ETag
  return typeof tag === 'string'
    ? { ...headers, ETag: tag.replace(/"$/, `.${id.replace(':', '-')}"`) }
    : headers
}

async function* each(texts: AsyncIterable<string>, change: (text: string) => string): AsyncGenerator<string> {
  for await (const text of texts) yield change(text)
}
