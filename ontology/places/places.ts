import type { JsonObject } from '../vocabulary.ts'
import { type Boundary, distanceTo, isInside } from './boundary.ts'
import { isValidOn, type Position, readUnit, type Unit, type UnitLevel } from './unit.ts'
import { readUnitName, type UnitName } from './unit-name.ts'

/** What is known of a unit that is looked for; what is not said does not narrow. */
export interface UnitSearch {
  readonly code?: string
  /** As people write it; after commas the units that it is part of: "Phường Trung Thành, TP Thái Nguyên". */
  readonly name?: string
  /** A day on which it was valid. */
  readonly on?: string
  readonly level?: UnitLevel
}

/** Units whose territory is in another one: all of it, or a part that a name alone does not tell. */
export interface UnitContents {
  readonly whole: readonly string[]
  readonly partly: readonly string[]
}

/** The administrative units over time: whoever asks for a code or name without a day may be told several. */
export interface Places {
  readonly units: readonly Unit[]
  unit(id: string): Unit | undefined
  find(search: UnitSearch): readonly Unit[]
  /** Tells whether any boundary of a unit that was valid on a day is known, of a level if it is said. */
  hasBoundaries(day: string, level?: UnitLevel): boolean
  boundary(id: string): Boundary | undefined
  /** The smallest unit of a day at a position, or that of a level, by the boundaries; undefined: none is known there. */
  at(position: Position, day: string, level?: UnitLevel): Unit | undefined
  /** The same by the nearest point that stands for a unit, where no boundary tells. */
  near(position: Position, day: string, levels: readonly UnitLevel[], atMostKm: number): Unit | undefined
  /** Which units, of whatever time, are in this one. */
  contents(id: string): UnitContents
}

/** How far a position may be outside of all boundaries and still belong to the nearest, in metres: they are simplified. */
export const TOLERANCE_METRES = 50

/** Observations of a feed are of few days. */
const REMEMBERED_DAYS = 64

const LEVELS: readonly UnitLevel[] = ['commune', 'district', 'province']

/** Makes the register of units from AdministrativeUnit entities, which are read when somebody first asks. */
export function createPlaces(
  entities: () => readonly JsonObject[],
  boundaries: ReadonlyMap<string, Boundary> = new Map(),
): Places {
  let read: Register | undefined
  const register = (): Register => {
    read ??= registerOf(entities().map(readUnit))
    return read
  }
  const contents = new Map<string, UnitContents>()
  const outlined = new Map<string, readonly Outlined[]>()
  const bounded = (day: string, level: UnitLevel): readonly Outlined[] => {
    if (boundaries.size === 0) return NONE
    const key = `${level} ${day}`
    const known = outlined.get(key) ?? outlinedOn(register().units, boundaries, { day, level })
    if (outlined.size >= REMEMBERED_DAYS) outlined.clear()
    outlined.set(key, known)
    return known
  }
  return {
    get units() {
      return register().units
    },
    unit: (id) => register().byId.get(id),
    find: (search) => findUnits(register(), search),
    hasBoundaries: (day, level) =>
      (level === undefined ? LEVELS : [level]).some((each) => bounded(day, each).length > 0),
    boundary: (id) => boundaries.get(id),
    at: (position, day, level) => {
      for (const each of level === undefined ? LEVELS : [level]) {
        const found = containing(bounded(day, each), position)
        if (found) return found
      }
      return undefined
    },
    near: (position, day, levels, atMostKm) =>
      nearest(
        register().units.filter((unit) => isValidOn(unit, day)),
        position,
        { levels, atMostKm },
      ),
    contents: (id) => {
      const known = contents.get(id) ?? contentsOf(register(), id)
      contents.set(id, known)
      return known
    },
  }
}

interface Register {
  readonly units: readonly Unit[]
  readonly byId: ReadonlyMap<string, Unit>
  readonly byCode: ReadonlyMap<string, readonly Unit[]>
  readonly byName: ReadonlyMap<string, readonly Unit[]>
  readonly parts: ReadonlyMap<string, readonly Unit[]>
}

function registerOf(units: readonly Unit[]): Register {
  return {
    units,
    byId: new Map(units.map((unit) => [unit.id, unit])),
    byCode: grouped(units, ({ code }) => [code]),
    byName: grouped(units, (unit) => [...new Set(namesOf(unit).map(({ bare }) => bare))]),
    parts: grouped(units, ({ partOf }) => (partOf === undefined ? [] : [partOf])),
  }
}

function grouped(
  units: readonly Unit[],
  keys: (unit: Unit) => readonly string[],
): ReadonlyMap<string, readonly Unit[]> {
  const groups = new Map<string, Unit[]>()
  for (const unit of units)
    for (const key of keys(unit)) {
      const group = groups.get(key)
      if (group) group.push(unit)
      else groups.set(key, [unit])
    }
  return groups
}

function namesOf({ name, alsoNamed }: Unit): readonly UnitName[] {
  return [name.vi, name.en, ...alsoNamed].map(readUnitName)
}

function findUnits(register: Register, { code, name, on, level }: UnitSearch): readonly Unit[] {
  const [first, ...above] = name?.split(',').map(readUnitName) ?? []
  const among =
    code !== undefined ? register.byCode.get(code) : first ? register.byName.get(first.bare) : register.units
  return (among ?? []).filter(
    (unit) =>
      (on === undefined || isValidOn(unit, on)) &&
      (level === undefined || unit.level === level) &&
      (!first || isNamed(unit, first)) &&
      above.every((each) => ancestorsOf(register, unit).some((parent) => isNamed(parent, each))),
  )
}

function isNamed(unit: Unit, { bare, category }: UnitName): boolean {
  if (category !== undefined && category !== unit.category) return false
  return namesOf(unit).some((name) => name.bare === bare)
}

function ancestorsOf({ byId }: Register, { partOf }: Unit): readonly Unit[] {
  const parent = partOf === undefined ? undefined : byId.get(partOf)
  return parent ? [parent, ...ancestorsOf({ byId } as Register, parent)] : [] // only byId is looked at
}

interface Outlined {
  readonly unit: Unit
  readonly boundary: Boundary
}

const NONE: readonly Outlined[] = []

function outlinedOn(
  units: readonly Unit[],
  boundaries: ReadonlyMap<string, Boundary>,
  { day, level }: { readonly day: string; readonly level: UnitLevel },
): readonly Outlined[] {
  return units.flatMap((unit) => {
    const boundary = unit.level === level && isValidOn(unit, day) ? boundaries.get(unit.id) : undefined
    return boundary ? [{ unit, boundary }] : []
  })
}

/** Outlines are simplified: a position in a gap between two belongs to the nearer one. */
function containing(known: readonly Outlined[], position: Position): Unit | undefined {
  const inside = known.find(({ boundary }) => isInside(boundary, position))
  if (inside) return inside.unit
  return known
    .flatMap(({ unit, boundary }) => {
      const metres = distanceTo(boundary, position, TOLERANCE_METRES)
      return metres === undefined ? [] : [{ unit, metres }]
    })
    .sort((left, right) => left.metres - right.metres)[0]?.unit
}

function nearest(
  units: readonly Unit[],
  position: Position,
  { levels, atMostKm }: { readonly levels: readonly UnitLevel[]; readonly atMostKm: number },
): Unit | undefined {
  for (const level of levels) {
    const [closest] = units
      .flatMap((unit) =>
        unit.level === level && unit.point ? [{ unit, km: kilometres(position, unit.point) }] : [],
      )
      .sort((left, right) => left.km - right.km)
    if (closest) return closest.km <= atMostKm ? closest.unit : undefined
  }
  return undefined
}

function kilometres([east, north]: Position, [toEast, toNorth]: Position): number {
  const shrink = Math.cos((north * Math.PI) / 180)
  return 111.2 * Math.hypot((east - toEast) * shrink, north - toNorth)
}

/**
 * A unit holds what is part of it, what all went into those, and what was formed of nothing else; in part what a piece of it went
 * into or came from.
 */
function contentsOf(register: Register, id: string): UnitContents {
  const whole = new Set<string>()
  const open = register.byId.has(id) ? [id] : []
  const found = (each: string): void => {
    if (!whole.has(each)) open.push(each)
  }
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    whole.add(each)
    const unit = register.byId.get(each)
    for (const part of register.parts.get(each) ?? []) found(part.id)
    for (const { id: before, extent } of unit?.predecessors ?? []) if (extent === 'full') found(before)
    for (const { id: next } of unit?.successors ?? []) if (isFormedOf(register, next, whole)) found(next)
  }
  const partly = new Set(
    [...whole].flatMap((each) => {
      const { successors = [], predecessors = [] } = register.byId.get(each) ?? {}
      return [...successors, ...predecessors].map((link) => link.id).filter((other) => !whole.has(other))
    }),
  )
  return { whole: [...whole].sort(), partly: [...partly].sort() }
}

/**
 * Tells whether all that a unit was formed of is among those. Each takes over the code of one of them: where that one is not
 * known, others may be missing too.
 */
function isFormedOf({ byId }: Register, id: string, whole: ReadonlySet<string>): boolean {
  const unit = byId.get(id)
  const known = unit?.predecessors.some((before) => byId.get(before.id)?.code === unit.code)
  return known === true && unit?.predecessors.every((before) => whole.has(before.id)) === true
}
