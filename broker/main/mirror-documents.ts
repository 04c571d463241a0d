import { setTimeout as pause } from 'node:timers/promises'
import type { Collection, LogRecord } from '../core/model/change.ts'
import { isHidden, type Tenant } from '../core/model/tenant.ts'
import { type Recurring, recurring } from '../store/port/recurring.ts'
import type { Store } from '../store/port/store.ts'
import type { Follower } from '../subscriptions/follow/follower.ts'
import { createLiveFeeds, type Following } from '../subscriptions/follow/live-feeds.ts'

/** Takes over what is kept of a document now, whichever process kept it; told of it at least once after each change. */
export type LearnDocument = (tenant: Tenant, id: string, sequence: number) => Promise<void>

/** What documents are mirrored with. */
export interface MirrorDependencies {
  readonly store: Pick<Store, 'log' | 'watch' | 'tenants'>
  /** Where the log of each tenant ended before anything was read into memory. */
  readonly ends: ReadonlyMap<Tenant, number>
  /** Told of what went wrong and is tried again. */
  readonly failed: (error: unknown, text: string) => void
}

const ROOM = 1000
const AGAIN_MILLISECONDS = 1000
const TENANTS_MILLISECONDS = 5000

/** Answers where the log of each tenant ends: to be asked before anything that is mirrored is read. */
export async function logEnds(
  store: Pick<Store, 'logEnd' | 'tenants'>,
): Promise<ReadonlyMap<Tenant, number>> {
  const ends = new Map<Tenant, number>()
  for (const tenant of await store.tenants()) ends.set(tenant, await store.logEnd(tenant))
  return ends
}

/**
 * Keeps what a process holds in memory of documents in step with what other processes keep, by one cursor over the log of each
 * tenant.
 */
export function mirrorDocuments(
  { store, ends, failed }: MirrorDependencies,
  learn: Partial<Readonly<Record<Collection, LearnDocument>>>,
): Recurring {
  const feeds = createLiveFeeds({ store, failed: (error) => failed(error, 'change log cannot be read') })
  const mirrors = new Map<Tenant, Mirror>()
  const follow = async (): Promise<void> => {
    for (const tenant of await store.tenants()) {
      if (mirrors.has(tenant) || isHidden(tenant)) continue
      const mirror = new Mirror(tenant, learn, failed)
      mirrors.set(tenant, mirror)
      mirror.following = feeds.follow(tenant, mirror, ends.get(tenant) ?? 0)
    }
  }
  const looking = recurring(follow, TENANTS_MILLISECONDS, (error) =>
    failed(error, 'tenants are not looked for'),
  )
  return {
    start: () => {
      follow().catch((error: unknown) => failed(error, 'tenants are not looked for'))
      looking.start()
    },
    stop: async () => {
      await looking.stop()
      for (const mirror of mirrors.values()) mirror.stop()
      await feeds.stop()
    },
  }
}

/** Mirrors the documents of one tenant, one after the other. */
class Mirror implements Follower {
  readonly terms: Follower['terms']
  following: Following | undefined
  readonly #tenant: Tenant
  readonly #learn: Partial<Readonly<Record<Collection, LearnDocument>>>
  readonly #failed: MirrorDependencies['failed']
  readonly #queue: LogRecord[] = []
  #isRunning = false
  #stopped = false

  constructor(
    tenant: Tenant,
    learn: Partial<Readonly<Record<Collection, LearnDocument>>>,
    failed: MirrorDependencies['failed'],
  ) {
    this.#tenant = tenant
    this.#learn = learn
    this.#failed = failed
    const collections = Object.keys(learn) as Collection[] // as its type says
    this.terms = collections.map((collection) => ({ collection }))
  }

  hasRoom(): boolean {
    return this.#queue.length < ROOM
  }

  offer(record: LogRecord): boolean {
    if (!this.hasRoom()) return false
    this.#queue.push(record)
    if (!this.#isRunning) void this.#run()
    return true
  }

  stop(): void {
    this.#stopped = true
    this.following?.leave()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (let next = this.#queue.shift(); next && !this.#stopped; next = this.#queue.shift()) {
      const { collection, id, sequence } = next
      try {
        await this.#learn[collection]?.(this.#tenant, id, sequence)
      } catch (error) {
        this.#failed(error, 'what another process keeps is not taken over')
        this.#queue.push(next) // what is kept is read whenever that is: others need not wait
        await pause(AGAIN_MILLISECONDS, undefined, { ref: false })
      }
    }
    this.#isRunning = false
    this.following?.wake()
  }
}
