import { setMaxListeners } from 'node:events'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Store } from '../../store/port/store.ts'
import type { Follower } from './follower.ts'
import { TenantFeed } from './tenant-feed.ts'

/** What followers that come and go are led with. */
export interface LiveFeedsDependencies {
  readonly store: Pick<Store, 'log' | 'watch'>
  /** Told why a log could not be read; it is tried again. */
  readonly failed: (error: unknown) => void
}

/** A follower on its way along the log. */
export interface Following {
  /** Up to where it was offered everything. */
  position(): number
  /** To be called when the follower has room again. */
  wake(): void
  leave(): void
}

/** Leads those who follow the log as long as they are connected: nothing of them is kept. */
export interface LiveFeeds {
  /** Offers to a follower every change after this sequence that fulfils its terms, now and as they happen. */
  follow(tenant: Tenant, follower: Follower, after: number): Following
  /** Aborted when nothing more will be offered. */
  readonly ended: AbortSignal
  /** Offers nothing more; resolves when nothing is under way. */
  stop(): Promise<void>
}

/** Makes feeds of the tenants that somebody follows, one for each however many follow. */
export function createLiveFeeds({ store, failed }: LiveFeedsDependencies): LiveFeeds {
  const feeds = new Map<Tenant, TenantFeed>()
  const ending = new AbortController()
  setMaxListeners(0, ending.signal) // all who follow listen to it
  let watching: (() => void) | undefined

  const feedOf = (tenant: Tenant, after: number): TenantFeed => {
    // nobody listens to the store before somebody follows
    watching ??= store.watch((growth) => feeds.get(growth.tenant)?.grown(growth))
    const feed = feeds.get(tenant) ?? new TenantFeed({ store, tenant, failed }, after)
    feeds.set(tenant, feed)
    return feed
  }
  const leave = (tenant: Tenant, feed: TenantFeed, follower: Follower): void => {
    feed.remove(follower)
    if (feed.size > 0 || feeds.get(tenant) !== feed) return
    feeds.delete(tenant)
    void feed.stop()
  }

  return {
    ended: ending.signal,
    follow: (tenant, follower, after) => {
      const feed = feedOf(tenant, after)
      feed.add(follower, after)
      return {
        position: () => feed.positionOf(follower),
        wake: () => feed.wake(follower),
        leave: () => leave(tenant, feed, follower),
      }
    },
    stop: async () => {
      ending.abort()
      watching?.()
      await Promise.all([...feeds.values()].map((feed) => feed.stop()))
      feeds.clear()
    },
  }
}
