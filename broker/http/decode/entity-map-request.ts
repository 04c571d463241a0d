import { parseDuration } from '../../core/model/duration.ts'
import { isJsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import { isMapPlace, type WantedMap } from '../../operations/entity-maps/use-entity-map.ts'
import type { HubRequest } from '../route.ts'
import { flag } from './entity-parameters.ts'

/** Parameters that ask for an EntityMap (CIM 009 v1.9.1, 6.4.3.2). */
export const ENTITY_MAP_PARAMETERS = ['entityMap', 'entityMapLifetime'] as const

/** Reads what a request, or the place in it, says of EntityMaps; undefined: nothing. @throws Problem BadRequestData */
export function wantedMap(
  { headers }: HubRequest,
  parameters: URLSearchParams,
  after?: string,
): WantedMap | undefined {
  const header = headers['ngsild-entitymap']
  const wanted = flag(parameters, 'entityMap') ?? false
  const lifetime = mapLifetime(parameters)
  if (header === undefined && !wanted && !(after && isMapPlace(after))) return undefined
  return {
    ...(header !== undefined && { id: lastSegment(header) }),
    ...(lifetime !== undefined && { lifetime }),
  }
}

/** Reads the suggested lifetime of an EntityMap. @throws Problem BadRequestData */
export function mapLifetime(parameters: URLSearchParams): Micros | undefined {
  const text = parameters.get('entityMapLifetime')
  if (text === null) return undefined
  const lifetime = parseDuration(text)
  if (lifetime === undefined)
    throw badRequestData('Parameter entityMapLifetime is no ISO 8601 duration such as PT1H')
  return lifetime
}

/** The header holds where a map is, or its id alone; what cannot be read is unknown like any other. */
function lastSegment(location: string): string {
  const segment = location.replace(/\/+$/, '').split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const OUTPUT_ONLY = new Set(['entityMap', 'linkedMaps', 'id', 'type', '@context'])

/** Reads an EntityMap Fragment (5.14.2): output-only members are ignored. @throws Problem BadRequestData */
export function entityMapFragment(body: JsonValue | undefined): { readonly expiresAt?: Micros } {
  if (!isJsonObject(body)) throw badRequestData('Body is no EntityMap object')
  if (body.type !== undefined && body.type !== 'EntityMap') throw badRequestData('EntityMap has another type')
  const { expiresAt, ...others } = body
  const unknown = Object.keys(others).find((name) => !OUTPUT_ONLY.has(name))
  if (unknown !== undefined) throw badRequestData(`EntityMap has a member ${unknown} that is not known here`)
  if (expiresAt === undefined) return {}
  const at = typeof expiresAt === 'string' ? parseDateTime(expiresAt) : undefined
  if (at === undefined)
    throw badRequestData('EntityMap member expiresAt is no DateTime such as 2026-01-31T08:00:00Z')
  return { expiresAt: at }
}
