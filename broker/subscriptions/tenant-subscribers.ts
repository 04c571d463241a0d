import type { LogRecord } from '../core/model/change.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { DocumentUnit, LogGrowth, Store } from '../store/port/store.ts'
import type { Timers } from './deliver/timers.ts'
import { type Kept, type Positions, positionsUnit, recordUnit } from './delivery-documents.ts'
import { TenantFeed } from './follow/tenant-feed.ts'
import { Learning } from './learning.ts'
import type { Standing } from './ledger.ts'
import { NEW, type Restored, Subscriber } from './subscriber.ts'
import type { SubscriberDependencies } from './subscriber-dependencies.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriptionChange } from './subscription-registry.ts'

/** What the subscribers of one tenant work with. */
export interface TenantDependencies extends SubscriberDependencies {
  readonly store: Store
  /** Takes in what a record of the log tells of a subscription; absent: `apply` is told of all of them. */
  readonly learn?: (subscribers: TenantSubscribers, record: LogRecord) => Promise<void>
  readonly timers?: Timers
}

/** When a subscription was kept, and where the log was before. */
export type Applied = Pick<SubscriptionChange, 'version' | 'from'>

interface Entry {
  readonly subscriber: Subscriber
  version: number
}

/** The subscriptions of one tenant at work, and where each stands in the log. */
export class TenantSubscribers {
  readonly tenant: Tenant
  readonly feed: TenantFeed
  readonly #dependencies: TenantDependencies
  readonly #entries = new Map<string, Entry>()
  /** How many subscriptions each caller owns. */
  readonly #owned = new Map<string, number>()
  readonly #kept: Kept
  /** Where those stand that were there before this process, unless they are behind: the feed may be further already. */
  readonly #start: number
  /** Subscribers of which there is something to keep. */
  readonly #changed = new Set<Subscriber>()
  readonly #gone = new Set<string>()
  #forgetting: readonly string[] = []
  readonly #learning = new Learning()
  /** The positions that were written last, and in which version they are kept; absent: nobody else writes them. */
  #written = ''
  #version: number | undefined
  /** Positions that were to be written last, whether or not they were. */
  #tried = ''

  /** Goes on where `kept` says, or behind this sequence of the log. */
  constructor(
    dependencies: TenantDependencies,
    { tenant, kept, position }: { readonly tenant: Tenant; readonly kept: Kept; readonly position: number },
  ) {
    this.tenant = tenant
    this.#dependencies = dependencies
    this.#kept = kept
    this.#start = kept.positions?.matched ?? position
    if (dependencies.sharing) this.#version = kept.version
    const { store, failed, timers, learn, subject } = dependencies
    const isOwn = ({ collection }: LogRecord) => collection === subject.collection
    this.feed = new TenantFeed(
      {
        ...{ store, tenant },
        failed: (error) => {
          this.#learning.release()
          failed(error, 'change log cannot be read')
        },
        ...(timers && { timers }),
        ...(learn && { learn: (record) => (isOwn(record) ? learn(this, record) : undefined) }),
      },
      this.#start,
    )
  }

  get size(): number {
    return this.#entries.size
  }

  countOf(owner: string): number {
    return this.#owned.get(owner) ?? 0
  }

  get(id: string): Subscriber | undefined {
    return this.#entries.get(id)?.subscriber
  }

  versionOf(id: string): number {
    return this.#entries.get(id)?.version ?? 0
  }

  /** Resolves once it is taken in what a subscription became in this version or a later one, 0: that it went; or the log cannot be read. */
  learnt(id: string, version: number): Promise<void> {
    const isLearnt = version === 0 ? !this.#entries.has(id) : this.versionOf(id) >= version
    return isLearnt ? Promise.resolve() : this.#learning.until(id, version)
  }

  /** Tells whoever waits for it that it is taken in what a subscription is in this version; infinite: that it went. */
  tellLearnt(id: string, version: number): void {
    this.#learning.learnt(id, version)
  }

  /** Takes in a subscription that was there before this process, where it stood. */
  restore(subscription: Subscription, version: number): void {
    const standing = this.#kept.positions?.behind[subscription.id]
    const record = this.#kept.records.get(subscription.id)
    this.#add(subscription, version, {
      position: standing?.position ?? this.#start,
      restored: { record: record ?? NEW.record, ...(standing && { standing }) },
    })
  }

  /** Takes over what a commit made of a subscription; what comes behind `from` may concern it. */
  apply(subscription: Subscription, { version, from }: Applied): void {
    const entry = this.#entries.get(subscription.id)
    if (!entry) {
      this.#gone.delete(subscription.id)
      this.#add(subscription, version, { position: from, restored: NEW })
      return
    }
    if (entry.version > version) return
    entry.version = version
    const { subscriber } = entry
    const followed = subscriber.follows
    this.#countOwner(subscriber.subscription, -1)
    this.#countOwner(subscription, 1)
    subscriber.update(subscription)
    if (!subscriber.follows) this.feed.remove(subscriber)
    else if (followed) this.feed.change(subscriber)
    else this.feed.add(subscriber, from)
  }

  /** Forgets a subscription, and what is kept of it, whether or not it was known here. */
  remove(id: string): void {
    this.#gone.add(id)
    const subscriber = this.get(id)
    if (!subscriber) return
    subscriber.close()
    this.feed.remove(subscriber)
    this.#entries.delete(id)
    this.#countOwner(subscriber.subscription, -1)
    this.#changed.delete(subscriber)
  }

  grown(growth: LogGrowth): void {
    this.feed.grown(growth)
  }

  changed(subscriber: Subscriber): void {
    if (this.get(subscriber.subscription.id) === subscriber) this.#changed.add(subscriber)
  }

  isBehind(subscriber: Subscriber): boolean {
    return this.feed.isBehind(subscriber)
  }

  summary(): Record<'subscriptions' | 'behind' | 'waiting', number> {
    let [behind, waiting] = [0, 0]
    for (const { subscriber } of this.#entries.values()) {
      waiting += subscriber.waiting
      if (this.isBehind(subscriber)) behind++
    }
    return { subscriptions: this.size, behind, waiting }
  }

  /** Answers what makes the positions this process's to write: as they are, but nobody who knew them before can any more. */
  claim(at: Micros): DocumentUnit {
    const { positions = { matched: this.#start, behind: {} } } = this.#kept
    this.#written = JSON.stringify(positions)
    return this.#positionsUnit(positions, at)
  }

  /**
   * Answers what has changed since it was last asked and is to be kept: all positions, and how so many subscriptions at the
   * most have fared. The positions come first.
   */
  units(at: Micros, mostRecords: number): readonly DocumentUnit[] {
    const { collection: kind } = this.#dependencies.subject
    const units: DocumentUnit[] = []
    const positions = this.#positions()
    const text = JSON.stringify(positions)
    if (text !== this.#written) units.push(this.#positionsUnit(positions, at))
    this.#written = text
    for (const id of this.#gone) units.push(recordUnit({ kind, id }, at))
    this.#forgetting = [...this.#gone]
    this.#gone.clear()
    for (const subscriber of this.#changed) {
      if (units.length >= mostRecords) break
      const { subscription, record } = subscriber
      units.push(recordUnit({ kind, id: subscription.id }, at, record))
      this.#changed.delete(subscriber)
    }
    return units
  }

  /** The positions are kept in this version. */
  keptIn(version: number): void {
    if (this.#version !== undefined) this.#version = version
  }

  /** Tells whether it is this that was written last. */
  wrote(positions: Positions | undefined): boolean {
    return JSON.stringify(positions) === this.#tried
  }

  /** What `units` answered was not kept. */
  notKept(): void {
    this.#written = ''
    for (const id of this.#forgetting) if (!this.#entries.has(id)) this.#gone.add(id)
    for (const { subscriber } of this.#entries.values()) this.#changed.add(subscriber)
  }

  /** Hands on nothing more; what is under way stays due. */
  async stop(): Promise<void> {
    this.#learning.end()
    await this.feed.stop()
  }

  close(): void {
    for (const { subscriber } of this.#entries.values()) subscriber.close()
  }

  #add(
    subscription: Subscription,
    version: number,
    { position, restored }: { readonly position: number; readonly restored: Restored },
  ): void {
    const subscriber = new Subscriber(this.#dependencies, { tenant: this.tenant, subscription }, restored)
    this.#entries.set(subscription.id, { subscriber, version })
    this.#countOwner(subscription, 1)
    if (subscriber.follows) this.feed.add(subscriber, position)
  }

  #countOwner({ owner }: Subscription, by: 1 | -1): void {
    const owned = this.countOf(owner) + by
    if (owned > 0) this.#owned.set(owner, owned)
    else this.#owned.delete(owner)
  }

  #positionsUnit(positions: Positions, at: Micros): DocumentUnit {
    const { collection: kind } = this.#dependencies.subject
    this.#tried = JSON.stringify(positions)
    return positionsUnit(kind, positions, { at, expectedVersion: this.#version })
  }

  #positions(): Positions {
    const { position: matched } = this.feed
    const behind: Record<string, Standing> = {}
    for (const [id, { subscriber }] of this.#entries) {
      if (!subscriber.follows) continue
      const standing = subscriber.standing(this.feed.positionOf(subscriber))
      if (standing.position < matched) behind[id] = standing
    }
    return { matched, behind }
  }
}
