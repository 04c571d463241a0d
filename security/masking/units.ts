import {
  type AdministrativeUnit,
  dayOf,
  type UnitLevel as Level,
  type UnitRegister,
} from '../../broker/core/model/administrative-unit.ts'
import type { JsonObject, JsonValue } from '../../broker/core/model/json.ts'
import { isJsonObject } from '../../broker/core/model/json.ts'
import type { Micros } from '../../broker/core/model/time.ts'

/** How large a unit is told instead of a place. */
export type UnitLevel = 'commune' | 'province'

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

type Point = AdministrativeUnit['point']

/** Before 2025-07-01 no outlines and points of communes are known: their districts are told. */
const LEVELS: Readonly<Record<UnitLevel, readonly Level[]>> = {
  commune: ['commune', 'district'],
  province: ['province'],
}
const FARTHEST_KM: Readonly<Record<UnitLevel, number>> = { commune: 25, province: 150 }

/**
 * Answers units by the register: that which the entity names, else the one of that day whose boundary holds the place, else the
 * one with the nearest point that stands for it.
 */
export function createUnits(register: Pick<UnitRegister, 'unit' | 'at' | 'near'>): Units {
  return {
    standFor: (place, level) => {
      const named = idsIn(place.named).map((id) => pointOf(register.unit(id), level))
      const point = named.find((each) => each !== undefined) ?? pointAt(place, level)
      return point && { type: 'Point', coordinates: [...point] }
    },
  }

  function pointAt({ geometry, at }: PlaceInTime, level: UnitLevel): Point {
    const place = isJsonObject(geometry) ? firstPosition(geometry.coordinates) : undefined
    if (!place) return undefined
    const day = dayOf(at)
    const levels = LEVELS[level]
    for (const each of levels) {
      const point = pointOf(register.at(place, day, each), level)
      if (point) return point
    }
    return register.near(place, day, levels, FARTHEST_KM[level])?.point
  }

  /** The point of a unit; of one without, that of the unit that all of it became, or else of the one that it is part of. */
  function pointOf(unit: AdministrativeUnit | undefined, level: UnitLevel): Point {
    if (!unit) return undefined
    const parent = unit.partOf === undefined ? undefined : register.unit(unit.partOf)
    if (level === 'province' && unit.level !== 'province') return pointOf(parent, level)
    if (unit.point) return unit.point
    const [next, ...others] = unit.successors
    const whole = next?.extent === 'full' && others.length === 0 ? register.unit(next.id) : undefined
    return whole?.point ?? pointOf(parent, level)
  }
}

function firstPosition(value: JsonValue | undefined): readonly [number, number] | undefined {
  if (!Array.isArray(value)) return undefined
  const [first, second] = value as readonly JsonValue[]
  if (typeof first === 'number' && typeof second === 'number') return [first, second]
  return firstPosition(first)
}

function idsIn(value: JsonValue | undefined): readonly string[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value ?? null]
  return list.filter((id) => typeof id === 'string')
}
