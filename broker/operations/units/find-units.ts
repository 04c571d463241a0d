import type {
  AdministrativeUnit,
  UnitLevel,
  UnitRegister,
  UnitSearch,
} from '../../core/model/administrative-unit.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'

export interface UnitDependencies {
  readonly units: UnitRegister
}

type Asking = Pick<Command, 'caller' | 'tenant'>

/** Where a unit is looked for: what was there on a day. */
export interface PlaceOnDay {
  readonly position: readonly [number, number]
  readonly day: string
}

export interface FindUnits extends Asking {
  readonly search: UnitSearch
  /** Of all that are found only the one there. */
  readonly place?: PlaceOnDay
}

/** Answers the administrative units that are looked for, in the order of code and time. @throws Problem Forbidden */
export const findUnits =
  ({ units }: UnitDependencies) =>
  async ({ caller, tenant, search, place }: FindUnits): Promise<readonly AdministrativeUnit[]> => {
    caller.check('read', tenant, { resource: 'unit' })
    if (!place) return [...units.find(search)].sort(byCodeAndTime)
    const at = unitAt(units, place, search.level)
    return at && units.find(search).includes(at) ? [at] : []
  }

/** Answers one administrative unit. @throws Problem Forbidden, ResourceNotFound */
export const retrieveUnit =
  ({ units }: UnitDependencies) =>
  async ({ caller, tenant, id }: Asking & { readonly id: string }): Promise<AdministrativeUnit> => {
    caller.check('read', tenant, { resource: 'unit' })
    const unit = units.unit(id)
    if (!unit) throw new Problem('ResourceNotFound', `Administrative unit ${id} is not known`)
    return unit
  }

function unitAt(
  units: UnitRegister,
  { position, day }: PlaceOnDay,
  level: UnitLevel | undefined,
): AdministrativeUnit | undefined {
  if (!units.hasBoundaries(day, level))
    throw new Problem(
      'OperationNotSupported',
      `No boundary of ${level === undefined ? 'a unit' : `a ${level}`} that was valid on ${day} is loaded, so none is found by a point`,
    )
  return units.at(position, day, level)
}

function byCodeAndTime(left: AdministrativeUnit, right: AdministrativeUnit): number {
  return keyOf(left) < keyOf(right) ? -1 : 1
}

function keyOf({ code, from = '', to = '9999' }: AdministrativeUnit): string {
  return `${code}|${from === '' ? to : from}`
}
