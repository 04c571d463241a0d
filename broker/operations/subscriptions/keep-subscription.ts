import type { Action, Caller } from '../../core/model/caller.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { readSubscription, storedSubscription } from '../../subscriptions/read-subscription.ts'
import type { StoredSubscription } from '../../subscriptions/stored-subscription.ts'
import type { Command } from '../command.ts'
import { keepDocument } from '../keep-document.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/** Names one subscription. */
export interface OfSubscription extends Command {
  readonly id: string
}

/** A pure decision on a subscription: what to keep, undefined to delete. @throws Problem */
export type DecideSubscription = (
  current: StoredSubscription | undefined,
  now: Micros,
) => StoredSubscription | undefined

/** Reads, decides and commits until no other writer came between, then tells the registry. @throws Problem */
export async function keepSubscription(
  dependencies: SubscriptionDependencies,
  { tenant, origin, id }: OfSubscription,
  decide: DecideSubscription,
): Promise<void> {
  const { registry, seal, collection } = dependencies
  const from = await registry.prepare(tenant)
  const { version, next } = await keepDocument(
    dependencies,
    { tenant, origin, id, collection, what: `Subscription ${id}` },
    (current, now) => {
      const decided = decide(current && storedSubscription(current), now)
      // JSON as it stands
      return decided ? { next: decided as unknown as JsonObject } : {}
    },
  )
  const subscription = next && readSubscription(next, { tenant, collection }, seal)
  await registry.apply(tenant, { id, version, from, ...(subscription && { subscription }) })
}

/** Reads a subscription that the caller may act on. @throws Problem Unauthorized, Forbidden, ResourceNotFound */
export async function findSubscription(
  { store, collection }: Pick<SubscriptionDependencies, 'store' | 'collection'>,
  command: OfSubscription,
  action: Action,
): Promise<StoredSubscription> {
  const { caller, tenant, id } = command
  caller.check(action, tenant, { resource: 'subscription', id })
  const found = await store.document(tenant, collection, id)
  return checkSubscriptionRight(command, action, found && storedSubscription(found.document))
}

/**
 * Answers a subscription that the caller may act on: those of others are not there for who may only read its own.
 * @throws Problem Unauthorized, Forbidden, ResourceNotFound
 */
export function checkSubscriptionRight(
  command: OfSubscription,
  action: Action,
  stored: StoredSubscription | undefined,
): StoredSubscription {
  const { caller, tenant, id } = command
  if (!stored || !maySee(caller, tenant, stored))
    throw new Problem('ResourceNotFound', `Subscription ${id} does not exist`)
  caller.check(action, tenant, { resource: 'subscription', id, own: isOwner(caller, stored) })
  return stored
}

/** Tells whether a caller may read a subscription. */
export function maySee(caller: Caller, tenant: Tenant, stored: StoredSubscription): boolean {
  try {
    caller.check('read', tenant, { resource: 'subscription', id: stored.id, own: isOwner(caller, stored) })
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}

/** Nothing belongs to callers whom nobody can tell apart. */
export function isOwner(caller: Caller, { owner }: StoredSubscription): boolean {
  return !caller.anonymous && caller.key === owner
}
