import type { JsonObject, JsonValue } from '../../broker/core/model/json.ts'
import { isJsonObject } from '../../broker/core/model/json.ts'
import { formatDateTime, type Micros } from '../../broker/core/model/time.ts'

/** How large a unit is told instead of a place. */
export type UnitLevel = 'commune' | 'province'

/** A unit in one time of validity. */
interface Unit {
  readonly id: string
  readonly level: string
  /** First and last day; absent: not known, or still valid. */
  readonly from?: string
  readonly to?: string
  readonly point?: readonly [number, number]
  /** Units that its whole territory, or part of it, went to. */
  readonly whole: readonly string[]
  readonly parents: readonly string[]
}

/** Finds the administrative unit of a place at a time. */
export interface Units {
  /** Answers a point that stands for the unit; undefined: no unit of that time is known there. */
  standFor(place: PlaceInTime, level: UnitLevel): JsonObject | undefined
}

/** Where and when: the unit that the entity names goes before its coordinates. */
export interface PlaceInTime {
  readonly geometry: JsonValue
  readonly at: Micros
  readonly named?: JsonValue
}

const LEVELS: Readonly<Record<UnitLevel, readonly string[]>> = {
  commune: ['commune', 'district'],
  province: ['province'],
}
/** The day is that of the domain: +07:00. */
const ZONE = 7 * 3_600_000_000
const FARTHEST_KM: Readonly<Record<UnitLevel, number>> = { commune: 25, province: 150 }

/**
 * Reads units with their dates from NGSI-LD entities of type AdministrativeUnit (normalized, compact). There are no boundaries
 * in them: without a unit that the entity names, a place is that of the nearest point that stands for a unit valid then, of
 * communes since 2025-07-01, of districts and cities before.
 */
export function createUnits(entities: () => readonly JsonObject[]): Units {
  let read: ReadonlyMap<string, Unit> | undefined
  const units = () => {
    read ??= new Map(
      entities()
        .map(unitOf)
        .map((unit) => [unit.id, unit] as const),
    )
    return read
  }
  return {
    standFor: (place, level) => {
      const all = units()
      const named = idsIn(place.named).map((id) => pointOf(all.get(id), level, all))
      const point = named.find((each) => each !== undefined) ?? nearest(place, level, all)
      return point && { type: 'Point', coordinates: [...point] }
    },
  }
}

function unitOf(entity: JsonObject): Unit {
  const [from, to] = [textIn(entity.validFrom), textIn(entity.validTo)]
  const point = isJsonObject(entity.location) ? pointIn(entity.location.value) : undefined
  return {
    id: String(entity.id),
    level: textIn(entity.level) ?? '',
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(point && { point }),
    whole:
      isJsonObject(entity.succeededBy) && !entity.succeededBy.datasetId ? linksIn(entity.succeededBy) : [],
    parents: linksIn(entity.partOf),
  }
}

/** The point of a unit; of one without, that of the unit that all of it became, or else of the one that it is part of. */
function pointOf(
  unit: Unit | undefined,
  level: UnitLevel,
  all: ReadonlyMap<string, Unit>,
): Unit['point'] | undefined {
  if (!unit) return undefined
  if (level === 'province' && unit.level !== 'province')
    return pointOf(firstOf(unit.parents, all), level, all)
  if (unit.point) return unit.point
  return firstOf(unit.whole, all)?.point ?? pointOf(firstOf(unit.parents, all), level, all)
}

function firstOf([id]: readonly string[], all: ReadonlyMap<string, Unit>): Unit | undefined {
  return id === undefined ? undefined : all.get(id)
}

function nearest(
  { geometry, at }: PlaceInTime,
  level: UnitLevel,
  all: ReadonlyMap<string, Unit>,
): Unit['point'] | undefined {
  const place = isJsonObject(geometry) ? firstPosition(geometry.coordinates) : undefined
  if (!place) return undefined
  const day = formatDateTime(at + ZONE).slice(0, 10)
  const valid = [...all.values()].filter(({ from = '', to = '9999' }) => from <= day && day <= to)
  for (const wanted of LEVELS[level]) {
    const points = valid.flatMap((unit) => (unit.level === wanted && unit.point ? [unit.point] : []))
    const [closest] = points
      .map((point) => ({ point, km: kilometres(place, point) }))
      .sort((one, other) => one.km - other.km)
    if (closest) return closest.km <= FARTHEST_KM[level] ? closest.point : undefined
  }
  return undefined
}

function kilometres(
  [east, north]: readonly [number, number],
  [toEast, toNorth]: readonly [number, number],
): number {
  const shrink = Math.cos((north * Math.PI) / 180)
  return 111.2 * Math.hypot((east - toEast) * shrink, north - toNorth)
}

function firstPosition(value: JsonValue | undefined): readonly [number, number] | undefined {
  if (!Array.isArray(value)) return undefined
  const [first, second] = value as readonly JsonValue[]
  if (typeof first === 'number' && typeof second === 'number') return [first, second]
  return firstPosition(first)
}

function pointIn(value: JsonValue | undefined): readonly [number, number] | undefined {
  return isJsonObject(value) && value.type === 'Point' ? firstPosition(value.coordinates) : undefined
}

function textIn(property: JsonValue | undefined): string | undefined {
  return isJsonObject(property) && typeof property.value === 'string' ? property.value : undefined
}

function linksIn(relationship: JsonValue | undefined): readonly string[] {
  return isJsonObject(relationship) ? idsIn(relationship.object) : []
}

function idsIn(value: JsonValue | undefined): readonly string[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value ?? null]
  return list.filter((id) => typeof id === 'string')
}
