import { walkDocuments } from '../../store/port/walk-documents.ts'
import { storedSubscription } from '../../subscriptions/read-subscription.ts'
import type { StoredSubscription } from '../../subscriptions/stored-subscription.ts'
import type { Command } from '../command.ts'
import { maySee } from './keep-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/** Which part of the subscriptions is wanted. */
export interface SubscriptionPage {
  readonly limit: number
  readonly offset: number
  /** Count all that match, not only the page. */
  readonly count: boolean
}

export interface FoundSubscriptions {
  readonly subscriptions: readonly StoredSubscription[]
  /** Something follows the page. */
  readonly more: boolean
  /** Only when it was asked for. */
  readonly count?: number
}

/** Finds subscriptions that the caller may read, in the order of their ids, as far as the page reaches. */
export async function findSubscriptions(
  { store, collection }: Pick<SubscriptionDependencies, 'store' | 'collection'>,
  { caller, tenant }: Command,
  page: SubscriptionPage,
  matches: (stored: StoredSubscription) => Promise<boolean> | boolean = () => true,
): Promise<FoundSubscriptions> {
  const subscriptions: StoredSubscription[] = []
  let count = 0
  for await (const { document } of walkDocuments(store, tenant, collection)) {
    if (!page.count && count > page.offset + page.limit) break
    const stored = storedSubscription(document)
    if (!maySee(caller, tenant, stored) || !(await matches(stored))) continue
    if (count >= page.offset && subscriptions.length < page.limit) subscriptions.push(stored)
    count++
  }
  return { subscriptions, more: count > page.offset + page.limit, ...(page.count && { count }) }
}
