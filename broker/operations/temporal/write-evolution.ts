import type { Action, Target } from '../../core/model/caller.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { EvolutionChange, EvolutionHead } from '../../store/port/evolution.ts'
import type { UnitResult } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { type EvolutionDependencies, noEvolution, readHead } from './evolution-dependencies.ts'
import { admitsEvolution, stateOf } from './see-evolution.ts'

/** What a write of history is about to do, for the right to it. */
export interface EvolutionIntent {
  readonly action: Action
  readonly id: string
  /** Attributes that the write touches. */
  readonly attributes: readonly Iri[]
  /** Types that the evolution shall have afterwards, besides those that it has. */
  readonly types?: readonly Iri[]
  readonly scopes?: readonly string[]
  /** All that there is of it goes. */
  readonly whole?: true
  /** It is made where there is none. */
  readonly creates?: true
}

/**
 * Checks that the caller may change this evolution and answers its head: what it cannot see does not exist for it, and
 * what it cannot see in clear it cannot overwrite. undefined: there is none. @throws Problem
 */
export async function checkWrite(
  { store }: EvolutionDependencies,
  command: Command,
  intent: EvolutionIntent,
): Promise<EvolutionHead | undefined> {
  checkIntent(command, intent)
  const head = await readHead(store, command, intent.id)
  if (head) checkHead(command, intent, head)
  return head
}

/** Answers what an append of instances is about to do. */
export function appendIntent({
  id,
  attributes,
  types,
  scopes,
  creates,
}: Omit<EvolutionIntent, 'action'> & { readonly types: readonly Iri[] }): EvolutionIntent {
  return {
    action: 'update',
    id,
    attributes,
    ...(types.length > 0 && { types }),
    ...(scopes && { scopes }),
    ...(creates && { creates }),
  }
}

/** Checks that the caller may make an evolution where there is none. @throws Problem */
export function checkCreation({ caller, tenant }: Command, intent: EvolutionIntent): void {
  caller.check('create', tenant, targetOf(intent))
}

/** Checks what can be told before anybody looks whether there is an evolution. @throws Problem */
export function checkIntent({ caller, tenant }: Command, intent: EvolutionIntent): void {
  caller.check(intent.action, tenant, targetOf(intent))
}

function targetOf({ id, attributes, types, scopes }: EvolutionIntent): Target {
  return { resource: 'entity', id, attributes, ...(types && { types }), ...(scopes && { scopes }) }
}

/** Checks that the caller may change the evolution that has this head. @throws Problem */
export function checkHead(command: Command, intent: EvolutionIntent, head: EvolutionHead): void {
  const { caller, tenant } = command
  const { action, id, attributes, types = [] } = intent
  const entity = stateOf(head)
  const target: Target = {
    ...{ resource: 'entity', id, attributes, entity },
    ...(head.scopes && { scopes: head.scopes }),
  }
  const view = caller.view(tenant)
  if (!admitsEvolution(head, view)) {
    if (intent.creates) checkCreation(command, intent) // as if there were none
    throw noEvolution(id)
  }
  const all = [...head.types, ...types]
  for (const named of [head.types, all]) caller.check(action, tenant, { ...target, types: named })
  // a right on some attributes is none on what they are part of
  const isMore = intent.scopes !== undefined || types.some((type) => !head.types.includes(type))
  if (isMore) caller.check(action, tenant, { ...target, types: all, attributes: [] })
  if (intent.whole && view.veils(head.types)) throw veiled(id)
  if (!view.unrestricted && attributes.some((name) => view.treatment(head.types, name, entity) !== 'clear'))
    throw veiled(id)
}

/** Who does not see something in clear cannot change it. */
export function veiled(id: string): Problem {
  return new Problem(
    'Forbidden',
    `Caller may not write the history of attributes of entity ${id} that it does not see in clear`,
  )
}

/** Commits one change of history. */
export async function commitEvolution(
  { store, clock }: EvolutionDependencies,
  { tenant, origin }: Command,
  id: string,
  change: EvolutionChange,
): Promise<UnitResult> {
  const unit = { collection: 'evolution', id, at: clock(), origin, change } as const
  const [result] = await store.commit(tenant, [unit])
  return result ?? { outcome: 'conflict', version: 0 }
}

/** Commits a change of an evolution that the caller may change. @throws Problem ResourceNotFound as `missing` says */
export async function changeEvolution(
  dependencies: EvolutionDependencies,
  command: Command,
  intent: EvolutionIntent,
  {
    change,
    missing,
  }: { readonly change: (head: EvolutionHead) => EvolutionChange; readonly missing: () => Problem },
): Promise<void> {
  const head = await checkWrite(dependencies, command, intent)
  if (!head) throw noEvolution(intent.id)
  const { outcome } = await commitEvolution(dependencies, command, intent.id, change(head))
  if (outcome !== 'kept') throw missing()
}
