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

const BATCH = 500

/** Finds subscriptions that the caller may read, in the order of their ids, as far as the page reaches. */
export async function findSubscriptions(
  { store, collection }: Pick<SubscriptionDependencies, 'store' | 'collection'>,
  { caller, tenant }: Command,
  page: SubscriptionPage,
  matches: (stored: StoredSubscription) => boolean = () => true,
): Promise<FoundSubscriptions> {
  const subscriptions: StoredSubscription[] = []
  let count = 0
  let after: string | undefined
  const enough = (): boolean => !page.count && count > page.offset + page.limit
  do {
    const batch = await store.documents(tenant, collection, {
      limit: BATCH,
      ...(after !== undefined && { after }),
    })
    for (const { document } of batch) {
      const stored = storedSubscription(document)
      if (enough() || !maySee(caller, tenant, stored) || !matches(stored)) continue
      if (count >= page.offset && subscriptions.length < page.limit) subscriptions.push(stored)
      count++
    }
    after = batch.length < BATCH ? undefined : batch.at(-1)?.id
  } while (after !== undefined && !enough())
  return { subscriptions, more: count > page.offset + page.limit, ...(page.count && { count }) }
}
