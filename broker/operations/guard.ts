import { atTime } from '../core/merge/at-time.ts'
import { instanceOf } from '../core/merge/attributes.ts'
import { limitEntitySize } from '../core/merge/limit-entity-size.ts'
import type { Action, Target } from '../core/model/caller.ts'
import type { AttributeChange, EntityChange } from '../core/model/change.ts'
import type { Entity } from '../core/model/entity.ts'
import type { Iri } from '../core/model/iri.ts'
import { badRequestData, Problem } from '../core/model/problem.ts'
import type { Micros } from '../core/model/time.ts'
import { see } from '../core/view/see.ts'
import type { Decide } from '../store/port/store.ts'
import type { Command, WriteDependencies } from './command.ts'

/** What a write is about to do, for the right to it. */
export interface Intent {
  readonly action: Action
  readonly id: string
  /** Attributes that the write touches; absent: all that are there. */
  readonly attributes?: readonly Iri[]
  /** Types that the entity shall have afterwards. */
  readonly types?: readonly Iri[]
  /** What the `type` parameter selects: another entity is as good as none. */
  readonly selects?: (types: readonly Iri[]) => boolean
  /** What is written is all of it that shall be left. */
  readonly whole?: true
  /** It is created where it is not there. */
  readonly creates?: true
}

/** What was found out before a decision holds no more: it is to be found out anew. */
export const MOVED = new Problem('Conflict', 'Entity is being taken over by other hubs: try again')

/**
 * Puts access control around a pure decision: what the caller cannot see does not exist for it, what it cannot see
 * in clear it cannot overwrite or take away, and the result has to be within its rights too. What an intent leaves open is
 * judged by what the decision changes.
 */
export function guard(
  command: Command,
  intent: Intent,
  limits: { now: Micros } & Pick<WriteDependencies, 'maxEntityBytes' | 'classOf' | 'validation'>,
  decide: Decide,
): Decide {
  checkIntent(command, intent)
  return (stored) => {
    if (command.stands?.() === false) throw MOVED
    const current = stored && atTime(stored, limits.now)
    if (current) checkCurrent(command, intent, current)
    // judged on the state that the commit will demand to be still there
    command.precondition?.(current && seenBy(command, current))
    const decided = decide(stored)
    const decision = limits.validation?.inUnits(decided) ?? decided
    const { next, change } = decision
    if (next) limitEntitySize(next, limits.maxEntityBytes)
    if (next && change && limits.classOf) refuseUnmarked(next, change, limits.classOf)
    if (change && current) checkChange(command, intent, { current, next, change })
    else if (next) checkCreation(command, intent, next)
    limits.validation?.refuse(decision, current)
    return decision
  }
}

/** Refuses to write what nobody has classified as personal data or as none; what is there already may stay. @throws Problem */
export function refuseUnmarked(
  { id, types }: Pick<Entity, 'id' | 'types'>,
  { attributes }: EntityChange,
  classOf: NonNullable<WriteDependencies['classOf']>,
): void {
  const written = attributes.filter(
    ({ attribute, after }) => after && classOf(attribute, types) === undefined,
  )
  const names = [...new Set(written.map(({ attribute }) => attribute))]
  if (names.length > 0)
    throw badRequestData(
      `Entity ${id} of type ${types.join(', ')} has attributes that the ontology does not classify: ${names.join(', ')}`,
    )
}

/** Answers what the caller sees of an entity that it is about to change. */
export function seenBy({ caller, tenant }: Command, current: Entity): Entity {
  return see(current, caller.view(tenant)) ?? current
}

/** Refuses what the caller may not do, whatever there is. @throws Problem */
export function checkIntent({ caller, tenant }: Command, { action, id, types, attributes }: Intent): void {
  caller.check(action, tenant, {
    resource: 'entity',
    id,
    ...(types && { types }),
    ...(attributes && { attributes }),
  })
}

/** Refuses what the caller may not do to an entity that is there. @throws Problem ResourceNotFound where it does not see it */
export function checkCurrent(command: Command, intent: Intent, current: Entity): void {
  const { action, id, types, attributes, selects, whole, creates } = intent
  if (action === 'create') return
  const { caller, tenant } = command
  if (!caller.view(tenant).admits(current) || selects?.(current.types) === false) {
    // as if it were not there
    if (creates)
      checkIntent(command, {
        action: 'create',
        id,
        ...(types && { types }),
        ...(attributes && { attributes }),
      })
    throw new Problem('ResourceNotFound', `Entity ${id} does not exist`)
  }
  caller.check(action, tenant, targetOf(current, attributes))
  if (whole || !attributes) refuseVeiledWhole(command, current)
  if (attributes) refuseVeiled(command, current, attributes)
}

/** An entity that was not there, or is none any more. */
function checkCreation({ caller, tenant }: Command, { action, attributes }: Intent, next: Entity): void {
  const target = targetOf(next, attributes ?? Object.keys(next.attributes))
  caller.check('create', tenant, target)
  if (action !== 'create') caller.check(action, tenant, target)
}

/** What becomes of an entity that is there. */
interface Becoming {
  readonly current: Entity
  readonly next: Entity | undefined
  readonly change: EntityChange
}

/** A right on some attributes is none on what they are part of, nor on others that go with what was asked for. */
function checkChange(command: Command, intent: Intent, { current, next, change }: Becoming): void {
  const { caller, tenant } = command
  const { action, attributes = [] } = intent
  const others = change.attributes.filter(
    (one) => !attributes.includes(one.attribute) && !isExpired(one, current),
  )
  if (others.length > 0) {
    const touched = [...new Set(others.map(({ attribute }) => attribute))]
    caller.check(action, tenant, targetOf(current, touched))
    refuseVeiled(command, current, touched)
  }
  // nobody writes an entity out of its own reach
  if (next && intent.attributes) caller.check(action, tenant, targetOf(next, intent.attributes))
  if (intent.attributes && !change.members) return
  caller.check(action, tenant, targetOf(current, []))
  if (next) for (const named of [[], attributes]) caller.check(action, tenant, targetOf(next, named))
}

/** What has expired leaves an entity with any write, whoever writes. */
function isExpired({ attribute, datasetId, before }: AttributeChange, current: Entity): boolean {
  return before !== undefined && instanceOf(current.attributes, attribute, datasetId) === undefined
}

/** Whether it is there or not: a refusal that depends on it would tell. */
function refuseVeiled({ caller, tenant }: Command, current: Entity, attributes: readonly Iri[]): void {
  const view = caller.view(tenant)
  if (view.unrestricted) return
  if (attributes.some((name) => view.treatment(current.types, name, current) !== 'clear'))
    throw veiled(current)
}

/** What becomes of all of an entity is decided by whom nothing is veiled that entities of its types can have. */
function refuseVeiledWhole(command: Command, current: Entity): void {
  if (command.caller.view(command.tenant).veils(current.types)) throw veiled(current)
  refuseVeiled(command, current, Object.keys(current.attributes))
}

function veiled(current: Entity): Problem {
  return new Problem(
    'Forbidden',
    `Caller may not write attributes of entity ${current.id} that it does not see in clear`,
  )
}

function targetOf(entity: Entity, attributes: readonly Iri[] | undefined): Target {
  const { id, types, scopes } = entity
  return {
    ...{ resource: 'entity', id, types, entity },
    ...(scopes && { scopes }),
    ...(attributes && { attributes }),
  }
}
