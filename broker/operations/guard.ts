import { atTime } from '../core/merge/at-time.ts'
import { limitEntitySize } from '../core/merge/limit-entity-size.ts'
import type { Action, Target } from '../core/model/caller.ts'
import type { Entity } from '../core/model/entity.ts'
import type { Iri } from '../core/model/iri.ts'
import { Problem } from '../core/model/problem.ts'
import type { Micros } from '../core/model/time.ts'
import { see } from '../core/view/see.ts'
import type { Decide } from '../store/port/store.ts'
import type { Command } from './command.ts'

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
}

/**
 * Puts access control around a pure decision: what the caller cannot see does not exist for it, what it cannot see
 * in clear it cannot overwrite, and the result has to be within its rights too.
 */
export function guard(
  command: Command,
  intent: Intent,
  limits: { now: Micros; maxEntityBytes: number },
  decide: Decide,
): Decide {
  const { caller, tenant } = command
  const target = (types: readonly Iri[] | undefined, entity?: Entity): Target => ({
    resource: 'entity',
    id: intent.id,
    ...(types && { types }),
    ...(entity?.scopes && { scopes: entity.scopes }),
    ...(intent.attributes && { attributes: intent.attributes }),
  })
  caller.check(intent.action, tenant, target(intent.types))
  return (stored) => {
    const current = stored && atTime(stored, limits.now)
    if (current) checkCurrent(command, intent, current, target)
    // judged on the state that the commit will demand to be still there
    if (command.precondition) command.precondition(current && (see(current, caller.view(tenant)) ?? current))
    const decision = decide(stored)
    if (decision.next) {
      limitEntitySize(decision.next, limits.maxEntityBytes)
      const result = target(decision.next.types, decision.next)
      if (!current) caller.check('create', tenant, result)
      if (decision.change?.members && (current || intent.action !== 'create'))
        caller.check(intent.action, tenant, result)
    }
    return decision
  }
}

function checkCurrent(
  { caller, tenant }: Command,
  intent: Intent,
  current: Entity,
  target: (types: readonly Iri[], entity: Entity) => Target,
): void {
  const view = caller.view(tenant)
  if (intent.action !== 'create' && (!view.admits(current) || intent.selects?.(current.types) === false)) {
    throw new Problem('ResourceNotFound', `Entity ${intent.id} does not exist`)
  }
  if (intent.action !== 'create') caller.check(intent.action, tenant, target(current.types, current))
  if (view.unrestricted || intent.action === 'create') return
  const touched = intent.attributes ?? Object.keys(current.attributes)
  const veiled = touched.some(
    (name) => Object.hasOwn(current.attributes, name) && view.treatment(current.types, name) !== 'clear',
  )
  if (veiled) {
    throw new Problem(
      'Forbidden',
      `Caller may not write attributes of entity ${intent.id} that it does not see in clear`,
    )
  }
}
