import { isHidden, type Tenant } from '../core/model/tenant.ts'
import type { StoredDocument } from '../store/port/store.ts'
import { walkDocuments } from '../store/port/walk-documents.ts'
import type { DeadLetters } from './dead-letters.ts'
import { readKept, readPositions } from './delivery-documents.ts'
import type { Keeping } from './keep-subscribers.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriptionsOptions } from './subscriptions-options.ts'
import { type TenantDependencies, TenantSubscribers } from './tenant-subscribers.ts'

/** What subscriptions are gone on with by. */
export interface RestoringParts
  extends Pick<SubscriptionsOptions, 'store' | 'subject' | 'read' | 'sharing'>,
    Pick<Keeping, 'claim'> {
  readonly dependencies: TenantDependencies
  readonly deadLetters: Pick<DeadLetters, 'load'>
  /** Resolves when a subscription can be judged by. */
  readonly readyFor: (subscription: Subscription) => Promise<void>
}

/** What there is of a tenant, to be gone on with. */
export interface Restored {
  readonly subscribers: TenantSubscribers
  readonly subscriptions: readonly { readonly subscription: Subscription; readonly version: number }[]
}

/** Makes what reads the subscriptions of a tenant and where they stand, and claims them; none of it is at work then. */
export function createRestoring({
  store,
  subject: { collection },
  read,
  sharing,
  claim,
  dependencies,
  deadLetters,
  readyFor,
}: RestoringParts): (tenant: Tenant) => Promise<readonly Restored[]> {
  return async (tenant) => {
    if (isHidden(tenant) || !(await hasSubscribers(tenant))) return []
    await deadLetters.load(tenant)
    const subscribers = await claim(async () => {
      const kept = await readKept(store, tenant, collection)
      // where it is known nowhere, nothing was acknowledged, unless by a process that makes no notifications
      const position = sharing ? 0 : await store.logEnd(tenant)
      return new TenantSubscribers(dependencies, { tenant, kept, position })
    })
    // read behind the positions: what the log has told of up to there is among them
    const found = await allSubscriptions(tenant)
    const subscriptions = found.flatMap(({ document, version }) => {
      const subscription = read(document, tenant)
      return subscription ? [{ subscription, version }] : []
    })
    for (const { subscription } of subscriptions) await readyFor(subscription)
    return [{ subscribers, subscriptions }]
  }

  /** Tells whether there are subscriptions; or were, the last of which may have been deleted while nobody looked. */
  async function hasSubscribers(tenant: Tenant): Promise<boolean> {
    const { length } = await store.documents(tenant, collection, { limit: 1 })
    if (length > 0 || !sharing) return length > 0
    return (await readPositions(store, tenant, collection)).version > 0
  }

  async function allSubscriptions(tenant: Tenant): Promise<readonly StoredDocument[]> {
    const all: StoredDocument[] = []
    for await (const stored of walkDocuments(store, tenant, collection)) all.push(stored)
    return all
  }
}
