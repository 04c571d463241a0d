import type { JsonObject, JsonValue } from '../vocabulary.ts'

/** How high an administrative unit stands; there are no districts since 2025-07-01. */
export type UnitLevel = 'commune' | 'district' | 'province'

/** How much of a unit's territory a link holds for. */
export type Extent = 'full' | 'partial'

/** A unit that another one became, or was formed of. */
export interface UnitLink {
  readonly id: string
  readonly extent: Extent
}

/** Longitude and latitude, WGS84. */
export type Position = readonly [number, number]

/** An administrative unit in one period of validity: codes and names were reused. */
export interface Unit {
  readonly id: string
  readonly code: string
  readonly level: UnitLevel
  /** City, ward, township and so on, as the ontology names them. */
  readonly category: string
  readonly name: { readonly vi: string; readonly en: string }
  /** Other spellings. */
  readonly alsoNamed: readonly string[]
  /** First and last day; absent: not known, or still valid. */
  readonly from?: string
  readonly to?: string
  /** Id of the unit that it is part of. */
  readonly partOf?: string
  readonly successors: readonly UnitLink[]
  readonly predecessors: readonly UnitLink[]
  /** A point inside. */
  readonly point?: Position
  /** In km². */
  readonly area?: number
}

/** Reads a unit from an AdministrativeUnit as the ontology ships it: compact, normalized. */
export function readUnit(entity: JsonObject): Unit {
  const [from, to, partOf] = [textIn(entity.validFrom), textIn(entity.validTo), objectsOf(entity.partOf)[0]]
  const { vi = '', en = '' } = languagesIn(entity.name)
  const point = pointIn(member(entity.location, 'value'))
  const area = member(entity.area, 'value')
  return {
    id: String(entity.id),
    code: textIn(entity.code) ?? '',
    level: (textIn(entity.level) ?? 'commune') as UnitLevel, // a value of its list, as generated
    category: textIn(entity.category) ?? '',
    name: { vi, en },
    alsoNamed: Object.values(languagesIn(entity.alternateName)),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(partOf !== undefined && { partOf }),
    successors: linksIn(entity.succeededBy),
    predecessors: linksIn(entity.predecessor),
    ...(point && { point }),
    ...(typeof area === 'number' && { area }),
  }
}

/** Tells whether a unit was valid on a day; a day that is not known does not bound. */
export function isValidOn({ from = '', to = '9999' }: Unit, day: string): boolean {
  return from <= day && day <= to
}

function linksIn(relationship: JsonValue | undefined): readonly UnitLink[] {
  const instances = [relationship ?? []].flat() as readonly JsonValue[] // one instance or several
  return instances.flatMap((instance) => {
    const extent = textIn(member(instance, 'extent')) === 'partial' ? 'partial' : 'full'
    return objectsOf(instance).map((id): UnitLink => ({ id, extent }))
  })
}

function objectsOf(relationship: JsonValue | undefined): readonly string[] {
  return [member(relationship, 'object') ?? []].flat().map(String)
}

function textIn(property: JsonValue | undefined): string | undefined {
  const value = member(property, 'value')
  return typeof value === 'string' ? value : undefined
}

function languagesIn(property: JsonValue | undefined): Readonly<Record<string, string>> {
  return (member(property, 'languageMap') ?? {}) as Record<string, string> // as generated
}

function pointIn(geometry: JsonValue | undefined): Position | undefined {
  const coordinates = member(geometry, 'coordinates')
  if (member(geometry, 'type') !== 'Point' || !Array.isArray(coordinates)) return undefined
  const [longitude, latitude] = coordinates as readonly JsonValue[] // numbers, as generated
  return [Number(longitude), Number(latitude)]
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)[name]
    : undefined
}
