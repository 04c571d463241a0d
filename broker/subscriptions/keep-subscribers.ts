import type { DocumentUnit } from '../store/port/store.ts'
import { readPositions } from './delivery-documents.ts'
import type { SubscriptionsOptions } from './subscriptions-options.ts'
import type { TenantSubscribers } from './tenant-subscribers.ts'

/** Keeps where the subscriptions of tenants stand, and how they fared. */
export interface Keeping {
  /** Keeps what is to be kept of a tenant, and how so many subscriptions fared; what fails is told, and kept later. */
  keep(subscribers: TenantSubscribers, mostRecords?: number): Promise<void>
  /** Keeps once for all who ask while something is being kept. */
  keepTogether(subscribers: TenantSubscribers): Promise<void>
  /** Says that the notifications of a tenant are made by this process from now on. @throws Problem where it is not kept */
  claim(subscribers: TenantSubscribers): Promise<void>
}

/** How so many subscriptions fared is kept in one go: a thousand at once would hold up who writes. */
const KEPT_AT_ONCE = 100

/** Makes what keeps subscriptions: of a tenant one thing after the other, each on the version that the one before it left. */
export function createKeeping({
  store,
  clock,
  failed,
  subject,
  sharing,
}: Pick<SubscriptionsOptions, 'store' | 'clock' | 'failed' | 'subject' | 'sharing'>): Keeping {
  /** What is being kept of a tenant, and what will be after that. */
  const lastKept = new WeakMap<TenantSubscribers, Promise<void>>()
  const nextKept = new WeakMap<TenantSubscribers, Promise<void>>()
  const keeping = new WeakMap<TenantSubscribers, Promise<void>>()

  return {
    keep,
    keepTogether(subscribers) {
      const asked = nextKept.get(subscribers)
      if (asked) return asked
      const next = (lastKept.get(subscribers) ?? Promise.resolve()).then(() => {
        nextKept.delete(subscribers)
        const kept = keep(subscribers)
        lastKept.set(subscribers, kept)
        return kept
      })
      nextKept.set(subscribers, next)
      return next
    },
    claim: (subscribers) => commit(subscribers, [subscribers.claim(clock())]),
  }

  function keep(subscribers: TenantSubscribers, mostRecords = KEPT_AT_ONCE): Promise<void> {
    const before = keeping.get(subscribers) ?? Promise.resolve()
    const kept = before.then(() => keepNow(subscribers, mostRecords))
    keeping.set(subscribers, kept)
    return kept
  }

  async function keepNow(subscribers: TenantSubscribers, mostRecords: number): Promise<void> {
    const units = subscribers.units(clock(), mostRecords)
    try {
      if (units.length > 0) await commit(subscribers, units)
    } catch (error) {
      subscribers.notKept()
      failed(error, 'state of notifications is not kept')
    }
  }

  /** Commits what may begin with where everything stands; another process that said so since has taken over. */
  async function commit(subscribers: TenantSubscribers, units: readonly DocumentUnit[]): Promise<void> {
    const { tenant } = subscribers
    const hasPositions = units[0]?.expectedVersion !== undefined
    try {
      const [first] = await store.commit(tenant, units)
      if (hasPositions && first?.outcome === 'conflict') sharing?.overtaken()
      else if (hasPositions && first) subscribers.keptIn(first.version)
    } catch (error) {
      // nobody knows whether it was kept
      if (hasPositions) {
        const { positions, version } = await readPositions(store, tenant, subject.collection)
        if (subscribers.wrote(positions)) subscribers.keptIn(version)
      }
      throw error
    }
  }
}
