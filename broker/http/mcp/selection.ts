import { badRequestData } from '../../core/model/problem.ts'

/** What tools take to say which entities are meant. */
export interface Selection {
  readonly type?: string
  readonly ids?: readonly string[]
  readonly q?: string
  readonly scope?: string
  readonly near?: { readonly longitude: number; readonly latitude: number; readonly metres: number }
  readonly within?: { readonly type: 'Polygon' | 'MultiPolygon'; readonly coordinates: readonly unknown[] }
}

/** The schema of `Selection`. */
export const SELECTION = {
  type: {
    type: 'string',
    minLength: 1,
    maxLength: 1000,
    description: 'Entity type by its short name, as discover_types tells; several separated by commas',
  },
  ids: {
    type: 'array',
    items: { type: 'string', maxLength: 1000 },
    minItems: 1,
    maxItems: 100,
    description: 'Ids of entities, URIs',
  },
  q: {
    type: 'string',
    minLength: 1,
    maxLength: 4000,
    description:
      'Filter on attributes in the query language of NGSI-LD: pm25>35;airQualityLevel=="bad" where ; is and, | is or, ( ) group, ' +
      '== != > >= < <= compare, ~="pattern" matches, a..b is a range, a name alone asks that it is there, !name that it is not',
  },
  scope: { type: 'string', minLength: 1, maxLength: 1000, description: 'Scope query, such as /air/#' },
  near: {
    type: 'object',
    properties: {
      longitude: { type: 'number', minimum: -180, maximum: 180 },
      latitude: { type: 'number', minimum: -90, maximum: 90 },
      metres: { type: 'number', exclusiveMinimum: 0, maximum: 40_000_000 },
    },
    required: ['longitude', 'latitude', 'metres'],
    additionalProperties: false,
    description: 'Only entities whose location is at most so many metres from this point (WGS84)',
  },
  within: {
    type: 'object',
    properties: {
      type: { type: 'string', enum: ['Polygon', 'MultiPolygon'] },
      coordinates: { type: 'array', items: {} },
    },
    required: ['type', 'coordinates'],
    additionalProperties: false,
    description: 'Only entities whose location is inside this GeoJSON geometry; exclusive with near',
  },
} as const

/** The schema of the name of an administrative unit, which queries of what is now take. */
export const UNIT = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  description:
    'Only entities that lie in this administrative unit, by name, code or id, of before the reform of 2025 too: thành phố Sông Công',
}

/** The schema of names of attributes. */
export const ATTRIBUTES = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 300 },
  minItems: 1,
  maxItems: 100,
}

/** Schemas of the members that page through a result. */
export const NEXT = {
  type: 'string',
  pattern: '^(?:after=[\\w-]+|offset=\\d{1,9})$',
  description: 'Where the page before said that the next one begins',
}

/** Writes a selection as the parameters of a query (CIM 009 v1.9.1, 6.4.3.2). */
export function selectionParameters(selection: Selection): Record<string, string> {
  const { type, ids, q, scope } = selection
  const geo = geoQuery(selection)
  return {
    ...(type !== undefined && { type }),
    ...(ids && { id: ids.join(',') }),
    ...(q !== undefined && { q }),
    ...(scope !== undefined && { scopeQ: scope }),
    ...(geo && { ...geo, coordinates: JSON.stringify(geo.coordinates) }),
  }
}

/** Writes a place as the query of the standard (4.10). @throws Problem BadRequestData where it is said twice */
export function geoQuery({ near, within }: Selection): GeoQueryMembers | undefined {
  if (near && within) throw badRequestData('Arguments near and within are given together: use one of both')
  if (within) return { georel: 'within', geometry: within.type, coordinates: within.coordinates as JsonArray } // GeoJSON, which the hub looks at
  if (!near) return undefined
  const { longitude, latitude, metres } = near
  return { georel: `near;maxDistance==${metres}`, geometry: 'Point', coordinates: [longitude, latitude] }
}

type JsonArray = readonly (number | JsonArray)[]

interface GeoQueryMembers {
  readonly [member: string]: string | JsonArray
  readonly georel: string
  readonly geometry: string
  readonly coordinates: JsonArray
}

/** Writes the place of a page as a parameter. */
export function nextParameter(next: string | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(next))
}
