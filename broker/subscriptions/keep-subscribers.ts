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
  /**
   * Says that the notifications of a tenant are made by this process from now on, as `read` finds them: where another one
   * could have taken over meanwhile, or the one before still kept something, once more. @throws Problem where it is not kept
   */
  claim(read: () => Promise<TenantSubscribers>): Promise<TenantSubscribers>
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
  /** Those of which nobody knows whether what was to be kept last is kept. */
  const unsure = new WeakSet<TenantSubscribers>()

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
    async claim(read) {
      for (;;) {
        const subscribers = await read()
        if (!sharing) return subscribers
        // whoever takes over from here on keeps another version than the one that was read
        await sharing.mine()
        if (await commit(subscribers, [subscribers.claim(clock())])) return subscribers
      }
    },
  }

  function keep(subscribers: TenantSubscribers, mostRecords = KEPT_AT_ONCE): Promise<void> {
    const before = keeping.get(subscribers) ?? Promise.resolve()
    const kept = before.then(() => keepNow(subscribers, mostRecords))
    keeping.set(subscribers, kept)
    return kept
  }

  async function keepNow(subscribers: TenantSubscribers, mostRecords: number): Promise<void> {
    try {
      if (unsure.has(subscribers)) await makeSure(subscribers)
    } catch (error) {
      failed(error, 'it is not known how far the state of notifications is kept')
      return
    }
    const units = subscribers.units(clock(), mostRecords)
    try {
      if (units.length > 0 && !(await commit(subscribers, units))) sharing?.overtaken()
    } catch (error) {
      subscribers.notKept()
      failed(error, 'state of notifications is not kept')
    }
  }

  /** Commits what may begin with where everything stands; false: another process has said that since. */
  async function commit(subscribers: TenantSubscribers, units: readonly DocumentUnit[]): Promise<boolean> {
    const { tenant } = subscribers
    const hasPositions = units[0]?.expectedVersion !== undefined
    try {
      const [first] = await store.commit(tenant, units)
      if (!hasPositions || !first) return true
      if (first.outcome === 'conflict') return false
      subscribers.keptIn(first.version)
      return true
    } catch (error) {
      if (hasPositions) {
        unsure.add(subscribers)
        await makeSure(subscribers).catch(() => undefined) // before the next is kept
      }
      throw error
    }
  }

  /** Finds out whether what was to be kept last is kept. */
  async function makeSure(subscribers: TenantSubscribers): Promise<void> {
    const { positions, version } = await readPositions(store, subscribers.tenant, subject.collection)
    await sharing?.mine() // or another process may have kept the same
    if (subscribers.wrote(positions)) subscribers.keptIn(version)
    unsure.delete(subscribers)
  }
}
