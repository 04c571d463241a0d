import type { Caller } from '../../core/model/caller.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { isHidden, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { aliasOf, readVia } from '../../federation/forward/via.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import { readSubscription, storedSubscription } from '../../subscriptions/read-subscription.ts'
import type { Subscription } from '../../subscriptions/subscription.ts'
import { mayRead } from '../may.ts'
import { statusAt } from '../subscriptions/life-cycle.ts'
import type { PlantingDependencies } from './planting-dependencies.ts'
import { type Original, type Reduced, reduceSubscription } from './reduced-subscription.ts'

/** A subscription that is to be at work at sources, with whoever it is for. */
export interface Wanted extends Original {
  readonly caller: Caller
  /** What of it is for whom, by registration. */
  readonly reduced: ReadonlyMap<string, Reduced>
}

/** A subscription has copies at so many sources at the most. */
const MOST_SOURCES = 100

/**
 * Answers what of a subscription is to be at sources, with the rights that its owner has now (CIM 009 v1.9.1, 5.8.1.4);
 * undefined: nothing at all.
 */
export function wantedCopies(
  dependencies: PlantingDependencies,
  tenant: Tenant,
  document: JsonObject,
): Wanted | undefined {
  const { alias, clock, delegate, subscriptionSeal, contexts } = dependencies
  const stored = storedSubscription(document)
  const now = clock()
  if (isHidden(tenant) || stored.members.localOnly === true) return undefined
  if (statusAt(stored.members, now) === 'expired' || stored.delegatedUntil <= now) return undefined
  if (readVia(stored.via).includes(aliasOf(alias, tenant))) return undefined
  const kept = readSubscription(document, { tenant, collection: 'subscription' }, subscriptionSeal)
  const caller = kept && delegate(kept.delegation)
  if (!caller || !mayRead(caller, tenant, { resource: 'entity' })) return undefined
  const subscription = { splitEntities: dependencies.splitEntities, ...kept }
  const original = { stored, subscription, view: caller.view(tenant) }
  const reduced = new Map<string, Reduced>()
  for (const registration of candidatesOf(dependencies, tenant, subscription)) {
    if (reduced.size === MOST_SOURCES) break
    const found = reduceSubscription(original, registration, { core: contexts.core, now })
    if (found) reduced.set(registration.id, found)
  }
  return { ...original, caller, reduced }
}

/** When a copy that is planted now is to end: bounded, so that a hub that is gone for good leaves nothing behind. */
export function endOf({ subscription }: Original, now: Micros, lease: Micros): Micros {
  return Math.min(
    now + lease,
    subscription.delegatedUntil,
    subscription.expiresAt ?? Number.POSITIVE_INFINITY,
  )
}

/** This hub itself, registered as a source of its own, would tell everything twice. */
function candidatesOf(
  { registry, url }: PlantingDependencies,
  tenant: Tenant,
  { query }: Subscription,
): readonly Registration[] {
  const found = new Map<string, Registration>()
  for (const { types, ids } of query.selectors ?? [{}]) {
    const asked = { ...(types && { types }), ...(ids && { ids }) }
    for (const registration of registry.candidates(tenant, asked)) {
      if (registration.endpoint !== url) found.set(registration.id, registration)
    }
  }
  return [...found.values()]
}
