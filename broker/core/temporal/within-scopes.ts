import { isJsonArray } from '../model/json.ts'
import {
  SCOPE,
  type TemporalEntity,
  type TemporalInstance,
  type TimeWindow,
  timeOf,
} from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import type { ScopeNode } from '../query/ast.ts'
import { matchScopes } from '../query/match-scopes.ts'
import { keepInstances, withAttributes } from './keep-instances.ts'

/** Which scopes are asked for, and when. */
export interface ScopeQuestion {
  readonly scope: ScopeNode
  readonly window?: TimeWindow | undefined
}

/** Scopes that an entity had from one instant to another; without end: it still has them. */
interface ScopeInterval {
  readonly scopes: readonly string[]
  readonly from: Micros
  readonly to: Micros
  /** What tells of it; absent where no history of scopes is known. */
  readonly instance?: TemporalInstance
}

/**
 * Answers what of `found`, the part of an evolution within the window, lies within the time of scopes that satisfy a scope
 * query (CIM 009 v1.9.1, 5.7.4.4, S4, and C.5.16); undefined when none did. Of scopes all that were valid within the window
 * are told, also those from before it.
 */
export function withinScopes(
  entity: TemporalEntity,
  found: TemporalEntity,
  { scope, window }: ScopeQuestion,
): TemporalEntity | undefined {
  const valid = intervalsOf(entity, window).filter(
    ({ from, to }) => (window?.to === undefined || from < window.to) && to > (window?.from ?? from),
  )
  const matching = valid.filter(({ scopes }) => matchScopes(scope, scopes))
  if (matching.length === 0) return undefined
  const { attributes } = keepInstances(found, (instance, name) => {
    const at = timeOf(instance, window?.property)
    return name !== SCOPE && at !== undefined && matching.some(({ from, to }) => at >= from && at < to)
  })
  const told = valid.flatMap(({ instance }) => instance ?? [])
  return withAttributes(found, told.length > 0 ? { ...attributes, [SCOPE]: told } : attributes)
}

/** An entity whose scopes have no history has had them always. */
function intervalsOf(entity: TemporalEntity, window: TimeWindow | undefined): readonly ScopeInterval[] {
  const history = entity.attributes[SCOPE]
  if (!history)
    return [{ scopes: entity.scopes ?? [], from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }]
  const timed = history
    .map((instance) => ({ instance, from: validFrom(instance, window) }))
    .sort((left, right) => left.from - right.from)
  return timed.map(({ instance, from }, at) => ({
    scopes: scopesOf(instance),
    from,
    to: timed[at + 1]?.from ?? Number.POSITIVE_INFINITY,
    instance,
  }))
}

/** By the time that the query is about, else as without one. */
function validFrom(instance: TemporalInstance, window: TimeWindow | undefined): Micros {
  return timeOf(instance, window?.property) ?? timeOf(instance, undefined) ?? instance.modifiedAt
}

/** Those that were deleted are none. */
function scopesOf({ value, deletedAt }: TemporalInstance): readonly string[] {
  if (deletedAt !== undefined) return []
  return isJsonArray(value) ? value.filter((item) => typeof item === 'string') : []
}
