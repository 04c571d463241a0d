import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LogRecord } from '../../core/model/change.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { LogGrowth, Store } from '../../store/port/store.ts'
import { processTimers, type Timers } from '../deliver/timers.ts'
import { FollowerIndex } from '../index/follower-index.ts'
import type { Follower } from './follower.ts'

/** What a feed works with. */
export interface FeedDependencies {
  readonly store: Pick<Store, 'log'>
  readonly tenant: Tenant
  /** Told why the log could not be read; it is tried again. */
  readonly failed: (error: unknown) => void
  /**
   * Shown each record in the order of the log, before anybody is offered it: undefined where it has nothing to do with it. What
   * fails is shown again. With it the log is read even while nobody follows.
   */
  readonly learn?: (record: LogRecord) => Promise<void> | undefined
  readonly timers?: Timers
}

/** How records are offered to the followers of an index. */
interface Offering {
  readonly index: FollowerIndex<Follower>
  /** Up to where the follower was offered everything. */
  readonly from: (follower: Follower) => number
  readonly refused: (follower: Follower, record: LogRecord) => void
  readonly offered?: (record: LogRecord) => void
  readonly learn?: FeedDependencies['learn']
}

/** Somebody who waits until a follower knows everything up to there. */
interface Awaited {
  readonly follower: Follower
  readonly position: number
  readonly resolve: () => void
}

const PAGE = 500
/** Who reads by itself reads no less at a time, and no more than it takes. */
const SHORTEST_PAGE = 20
/** So many changes wait in memory; when there are more they are read from the log again. */
const INBOX = 5000
/** A turn lets other work in after so long. */
const SLICE_MILLISECONDS = 2
/** So few are told of a write before whoever waits for its answer. */
const FEW = 4
const OFFERS_BETWEEN_LOOKS = 32
const RETRY_MILLISECONDS = 1000

/**
 * Leads the followers of one tenant along its log. Those that keep up share one position and an index, so that a change
 * is shown to those alone whom it may concern; one that has no room stays behind, holds nobody up, and reads the log by
 * itself until it has caught up.
 */
export class TenantFeed {
  readonly #dependencies: FeedDependencies
  readonly #live = new FollowerIndex<Follower>()
  /** Followers that caught up with more of the log than those who keep up have seen. */
  readonly #ahead = new Map<Follower, number>()
  /** Followers that do not keep up: up to where each was offered everything. */
  readonly #behind = new Map<Follower, number>()
  /** Those of them that have room. */
  readonly #ready = new Set<Follower>()
  #position: number
  /** So much is read at a time for those who do not keep up. */
  #page = PAGE
  #inbox: LogRecord[] = []
  /** The log holds more than the inbox. */
  #stale = true
  #running: Promise<void> | undefined
  #awaited: Awaited[] = []
  #stopped = false

  /** Goes on behind this sequence of the log. */
  constructor(dependencies: FeedDependencies, position: number) {
    this.#dependencies = dependencies
    this.#position = position
  }

  /** Everything up to there was offered to all who keep up. */
  get position(): number {
    return this.#position
  }

  get #learns(): boolean {
    return this.#dependencies.learn !== undefined
  }

  get #reads(): boolean {
    return this.#learns || this.size > 0
  }

  get size(): number {
    return this.#live.size + this.#behind.size
  }

  /** Answers up to where everything was offered to a follower. */
  positionOf(follower: Follower): number {
    return this.#behind.get(follower) ?? this.#position
  }

  isBehind(follower: Follower): boolean {
    return this.#behind.has(follower)
  }

  /** Takes in a follower that knows everything up to this sequence. */
  add(follower: Follower, position: number): void {
    this.remove(follower)
    if (this.size === 0) this.skipTo(position)
    this.#behind.set(follower, position)
    this.wake(follower)
  }

  /** Goes on behind this sequence, where nobody follows who could miss what is before it. */
  skipTo(position: number): void {
    if (this.size > 0 || this.#learns || position <= this.#position) return
    this.#position = position
    this.#stale = true
  }

  /** Resolves when a follower was offered everything up to there; or when nothing is offered to it for now. */
  reached(follower: Follower, position: number): Promise<void> {
    if (this.#isOffered(follower, position)) return Promise.resolve()
    this.#stale = true
    return new Promise((resolve) => {
      this.#awaited.push({ follower, position, resolve })
      this.#run()
      if (!this.#running) this.#tellReached(() => true)
    })
  }

  /** Offers to a follower, as far as it has room, what those who keep up were offered; to be called by who learns. */
  async catchUp(follower: Follower): Promise<void> {
    while (!this.#stopped && this.#ready.has(follower)) await this.#catchUp([follower])
  }

  /** Begins to read, where something is to be learnt. */
  begin(): void {
    this.#run()
  }

  /** Takes note that the terms of a follower are others now. */
  change(follower: Follower): void {
    if (!this.#behind.has(follower)) this.#live.add(follower, follower.terms)
  }

  remove(follower: Follower): void {
    this.#live.remove(follower)
    this.#ahead.delete(follower)
    this.#behind.delete(follower)
    this.#ready.delete(follower)
  }

  /** Takes note of what a commit added to the log. */
  grown({ records }: LogGrowth): void {
    if (this.#stopped) return
    if (!this.#reads || !records || this.#stale || this.#inbox.length + records.length > INBOX) {
      this.#stale = true
      this.#inbox = []
    } else for (const record of records) this.#inbox.push(record)
    this.#run()
  }

  /** Goes on with a follower that has room again. */
  wake(follower: Follower): void {
    if (!this.#behind.has(follower)) return
    this.#ready.add(follower)
    this.#run()
  }

  /** Offers nothing more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  #run(): void {
    if (this.#running || !this.#hasWork()) return
    this.#running = this.#work().finally(() => {
      this.#running = undefined
      this.#run()
      if (!this.#running) this.#tellReached(() => true)
    })
  }

  #tellReached(isReached: (one: Awaited) => boolean): void {
    const waiting = this.#awaited
    this.#awaited = waiting.filter((one) => !isReached(one))
    for (const one of waiting) if (isReached(one)) one.resolve()
  }

  /** One that has no room is offered nothing, and not waited for. */
  #isOffered(follower: Follower, position: number): boolean {
    const hasRoom = !this.#behind.has(follower) || this.#ready.has(follower)
    return !hasRoom || this.positionOf(follower) >= position
  }

  #hasWork(): boolean {
    return !this.#stopped && this.#reads && (this.#stale || this.#inbox.length > 0 || this.#ready.size > 0)
  }

  async #work(): Promise<void> {
    await undefined // nobody who is offered something can start it twice
    try {
      while (this.#hasWork()) {
        await this.#emptyInbox()
        if (this.#stale) await this.#readOn()
        if (this.#ready.size > 0) await this.#catchUp([...this.#ready])
        this.#tellReached(({ follower, position }) => this.#isOffered(follower, position))
      }
    } catch (error) {
      this.#dependencies.failed(error)
      this.#stale = true
      this.#tellReached(() => true)
      const { timers = processTimers } = this.#dependencies
      await new Promise<void>((resolve) => timers.after(RETRY_MILLISECONDS, resolve))
    }
  }

  async #emptyInbox(): Promise<void> {
    const records = this.#inbox
    this.#inbox = []
    await this.#offerLive(records)
  }

  async #readOn(): Promise<void> {
    this.#stale = false
    const page = await this.#read(this.#position, PAGE)
    if (page.length === PAGE) this.#stale = true
    await this.#offerLive(page)
  }

  #read(after: number, limit: number): Promise<readonly LogRecord[]> {
    const { store, tenant } = this.#dependencies
    return store.log(tenant, after, limit)
  }

  async #offerLive(records: readonly LogRecord[]): Promise<void> {
    await this.#offerAll(
      records.filter(({ sequence }) => sequence > this.#position),
      {
        index: this.#live,
        from: (follower) => this.#ahead.get(follower) ?? 0,
        refused: (follower, { sequence }) => {
          this.#live.remove(follower)
          this.#ahead.delete(follower)
          this.#behind.set(follower, sequence - 1)
        },
        offered: ({ sequence }) => {
          this.#position = sequence
        },
        ...(this.#dependencies.learn && { learn: this.#dependencies.learn }),
      },
    )
  }

  /** Offers one page of the log to those behind that have room. */
  async #catchUp(ready: readonly Follower[]): Promise<void> {
    const positions = ready.map((follower) => this.#behind.get(follower) ?? this.#position)
    const from = Math.min(...positions)
    // nothing to read where all of them are where the others are
    const limit = this.#page
    const read = from >= this.#position ? [] : await this.#read(from, limit)
    // what comes behind may be for others once that is learnt
    const page = this.#learns ? read.filter(({ sequence }) => sequence <= this.#position) : read
    let wasTaken = true
    const index = new FollowerIndex<Follower>()
    for (const follower of ready) if (this.#behind.has(follower)) index.add(follower, follower.terms)
    const complete = await this.#offerAll(page, {
      index,
      from: (follower) => this.#behind.get(follower) ?? Number.POSITIVE_INFINITY,
      refused: (follower, { sequence }) => {
        wasTaken = false
        index.remove(follower)
        this.#ready.delete(follower)
        this.#behind.set(follower, sequence - 1)
        if (follower.hasRoom()) this.wake(follower)
      },
    })
    if (!complete) return
    this.#page = wasTaken ? Math.min(2 * limit, PAGE) : Math.max(Math.floor(limit / 2), SHORTEST_PAGE)
    const end = page.at(-1)?.sequence ?? from
    for (const follower of ready) {
      const position = this.#behind.get(follower)
      if (position === undefined || !index.has(follower)) continue
      this.#behind.set(follower, Math.max(position, end))
      if (page.length < limit) this.#join(follower)
    }
  }

  #join(follower: Follower): void {
    const position = this.#behind.get(follower) ?? this.#position
    this.#behind.delete(follower)
    this.#ready.delete(follower)
    if (position > this.#position) this.#ahead.set(follower, position)
    this.#live.add(follower, follower.terms)
  }

  /** Tells whether it came to the end. */
  async #offerAll(
    records: readonly LogRecord[],
    { index, from, refused, offered, learn }: Offering,
  ): Promise<boolean> {
    let since = performance.now()
    let offers = 0
    for (const record of records) {
      const learnt = learn?.(record)
      if (learnt) await learnt
      const candidates = index.candidates(record)
      if (candidates.size > FEW) {
        await nextTurn()
        since = performance.now()
      }
      for (const follower of candidates) {
        if (from(follower) >= record.sequence || !index.has(follower)) continue
        if (!follower.offer(record)) refused(follower, record)
        if (++offers % OFFERS_BETWEEN_LOOKS === 0 && performance.now() - since > SLICE_MILLISECONDS) {
          await nextTurn()
          since = performance.now()
        }
      }
      offered?.(record)
      if (this.#stopped) return false
    }
    return true
  }
}
