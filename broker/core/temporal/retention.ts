import type { Iri } from '../model/iri.ts'
import { SCOPE } from '../model/temporal.ts'
import { DAY, type Micros } from '../model/time.ts'
import { firstRule, type OfAttributes } from './rules-of-attributes.ts'

/** How long history keeps instances, and then totals of hours and of days in their place; absent: for ever. */
export interface Lifetimes {
  readonly instances?: Micros
  /** Not less than that of instances. */
  readonly hourly?: Micros
  /** Not less than that of totals of hours. */
  readonly daily?: Micros
}

/** How long history keeps some attributes of entities of some types; without either: of all. Names are expanded. */
export interface RetentionRule extends OfAttributes, Lifetimes {}

/** The days of UTC, by their number from 1970, before which something is kept no longer; infinite: it is for ever. */
export interface Horizon {
  readonly instances: number
  readonly hourly: number
  readonly daily: number
}

/**
 * Answers what is kept no longer of an attribute of an entity that has these types; undefined: everything is kept. Scopes
 * are always kept: where an entity was is only known by all of them.
 */
export function horizonOf(
  rules: readonly RetentionRule[],
  { types, attribute }: { readonly types: readonly Iri[]; readonly attribute: Iri },
  now: Micros,
): Horizon | undefined {
  const rule = attribute === SCOPE ? undefined : firstRule(rules, types, attribute)
  if (rule?.instances === undefined) return undefined
  const dayBefore = (age: Micros | undefined): number =>
    age === undefined ? Number.NEGATIVE_INFINITY : Math.floor((now - age) / DAY)
  return {
    instances: dayBefore(rule.instances),
    hourly: dayBefore(rule.hourly),
    daily: dayBefore(rule.daily),
  }
}
