import { type Coordinates, loadCoordinates, type XY } from '../../../ontology/coordinates/coordinates.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { createPlaces, type Places, type UnitSearch } from '../../../ontology/places/places.ts'
import type { Unit } from '../../../ontology/places/unit.ts'
import { unmapped } from '../values/fault.ts'

/** What feeds know of places: administrative units over time, and how to read coordinates. */
export interface FeedPlaces {
  readonly units: Places
  readonly coordinates: () => Promise<Coordinates>
}

/** Answers what every feed knows of places: all units by code and name, and no boundaries. */
export function packagedPlaces(): FeedPlaces {
  let loaded: Promise<Coordinates> | undefined
  return {
    units: createPlaces(() => readOntology(packageRoot).administrativeUnits),
    coordinates: () => {
      loaded ??= loadCoordinates()
      return loaded
    },
  }
}

const ZONE_MILLISECONDS = 7 * 3_600_000

/** Answers the day, in Việt Nam, of a time in UTC; without one the day of now. */
export function dayOf(time: string | undefined, now = Date.now()): string {
  if (time === undefined) return dayAt(now)
  if (time !== last.time) last = { time, day: dayAt(Date.parse(time)) }
  return last.day
}

/** The day that was told last: many readings beside each other are of the same time. */
let last = { time: '', day: '' }

function dayAt(milliseconds: number): string {
  return new Date(milliseconds + ZONE_MILLISECONDS).toISOString().slice(0, 10)
}

/** Answers the id of the unit that has a name or code at a time. @throws RecordFault when there is none, or more than one */
export function unitNamed(
  { units }: Pick<FeedPlaces, 'units'>,
  search: Pick<UnitSearch, 'name' | 'code' | 'level'>,
  time?: string,
): string {
  const on = dayOf(time)
  const found = units.find({ ...search, on })
  const [only] = found
  const said = search.code === undefined ? 'Name' : 'Code'
  if (!only) throw unmapped(`${said} names no administrative unit on ${on}`)
  if (found.length > 1)
    throw unmapped(`${said} names several administrative units on ${on}: ${listed(found)}`)
  return only.id
}

/** Answers the id of the unit at a place and time; undefined: no boundary tells. */
export function unitAt({ units }: Pick<FeedPlaces, 'units'>, place: XY, time?: string): string | undefined {
  return units.at(place, dayOf(time))?.id
}

function listed(units: readonly Unit[]): string {
  return units.map(({ code, name }) => `${code} ${name.vi}`).join(', ')
}
