import type { AdministrativeUnit, UnitOutline } from '../../core/model/administrative-unit.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'
import type { UnitDependencies } from './find-units.ts'

/** A unit that a query is about, with all that is in it. */
export interface NamedUnit {
  readonly unit: AdministrativeUnit
  readonly whole: readonly string[]
  readonly partly: readonly string[]
  /** Which of what is only partly in it is in it; absent: nothing tells. */
  readonly outline?: UnitOutline
}

const DAY = /^(.*\S)\s*@\s*(\d{4}-\d{2}-\d{2})$/s
const CODE = /^(?:\d{2}|\d{3}|\d{5})$/

/**
 * Answers the unit that somebody names: by its id, its code or its name, with a day behind @ where several units have had that code
 * or name. @throws Problem Forbidden; BadRequestData for none, and for several, which it lists
 */
export const findNamedUnit =
  ({ units }: UnitDependencies) =>
  ({ caller, tenant, named }: Pick<Command, 'caller' | 'tenant'> & { readonly named: string }): NamedUnit => {
    caller.check('read', tenant, { resource: 'unit' })
    const byId = units.unit(named)
    const found = byId ? [byId] : units.find(searchOf(named))
    const [unit] = found
    if (!unit) throw badRequestData('Header Hub-Unit names no administrative unit that is known')
    if (found.length > 1) throw ambiguous(found)
    const boundary = units.boundary(unit.id)
    return { unit, ...units.contents(unit.id), ...(boundary && { outline: boundary.geometry }) }
  }

function searchOf(named: string): { code?: string; name?: string; on?: string } {
  const [, before = named, on] = DAY.exec(named) ?? []
  return { ...(CODE.test(before) ? { code: before } : { name: before }), ...(on !== undefined && { on }) }
}

function ambiguous(found: readonly AdministrativeUnit[]): Problem {
  const members = {
    units: found.map(({ id, code, name, from = null, to = null }) => ({
      ...{ id, code, name: name.vi },
      ...(from !== null && { validFrom: from }),
      ...(to !== null && { validTo: to }),
    })),
  }
  return new Problem(
    'BadRequestData',
    `Header Hub-Unit names ${found.length} administrative units: add the day, such as @2025-06-30, or take an id`,
    { members },
  )
}
