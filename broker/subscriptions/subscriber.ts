import type { LogRecord } from '../core/model/change.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import { Alarm } from './alarm.ts'
import { isActive, MOST_ENTITIES, mostBytes } from './compose.ts'
import type { Settled } from './deliver/delivery.ts'
import type { Attempt } from './deliver/message.ts'
import type { Follower } from './follow/follower.ts'
import { GatheredChanges } from './gathered-changes.ts'
import { Handover } from './handover.ts'
import type { Terms } from './index/terms.ts'
import { Ledger, type Standing } from './ledger.ts'
import { isSourceNotice } from './source-notice.ts'
import type { Subject } from './subject.ts'
import type { SubscriberDependencies } from './subscriber-dependencies.ts'
import type { Subscription } from './subscription.ts'
import { NEVER_SENT, type SubscriptionRecord, withAttempt } from './subscription-state.ts'

/** What is known of a subscription from before. */
export interface Restored {
  readonly record: SubscriptionRecord
  readonly standing?: Standing
}

/** So many changes of one subscription are under way at once. */
const ROOM = 100

export const NEW: Restored = { record: NEVER_SENT }

/** Follows the log on behalf of one subscription, and hands on what is due to be delivered. */
export class Subscriber implements Follower {
  readonly tenant: Tenant
  readonly #dependencies: SubscriberDependencies
  #subscription: Subscription
  #terms: readonly Terms[]
  #record: SubscriptionRecord
  readonly #ledger: Ledger
  readonly #handover: Handover
  /** Throttled: what is to be told when the period is over. */
  readonly #gathered = new GatheredChanges()
  readonly #alarm: Alarm
  /** A notification of a throttled or periodic subscription is under way. */
  #underWay = false
  #refused = false
  #closed = false

  constructor(
    dependencies: SubscriberDependencies,
    { tenant, subscription }: { readonly tenant: Tenant; readonly subscription: Subscription },
    { record, standing }: Restored = NEW,
  ) {
    this.tenant = tenant
    this.#dependencies = dependencies
    this.#alarm = new Alarm(dependencies.clock)
    this.#subscription = subscription
    this.#terms = this.#subject.terms(this)
    this.#record = record
    this.#ledger = new Ledger(standing)
    this.#handover = new Handover(dependencies, this, (id, attempt, at) => this.#attempted(id, attempt, at))
    this.#schedule()
  }

  get subscription(): Subscription {
    return this.#subscription
  }

  /** Tells it from all others of the hub. */
  get key(): string {
    return `${this.#subject.collection} ${this.tenant} ${this.#subscription.id}`
  }

  /** What its deliveries share with those of its owner to the same place: nobody else closes that off. */
  get endpointKey(): string {
    const { owner, endpoint } = this.#subscription
    return `${this.tenant} ${owner} ${endpoint.uri}`
  }

  get record(): SubscriptionRecord {
    return this.#record
  }

  get terms(): readonly Terms[] {
    return this.#terms
  }

  /** Changes that are due and not settled. */
  get waiting(): number {
    return this.#ledger.size
  }

  /** Tells whether it has to follow the log: not when it is paused or expired. */
  get follows(): boolean {
    return this.#isActive()
  }

  /** Takes over how the subscription is now. */
  update(subscription: Subscription): void {
    const before = this.endpointKey
    this.#subscription = subscription
    // what waits goes to the new endpoint, as soon as the old one is tried
    if (before !== this.endpointKey) this.#dependencies.deliveries.retry(before)
    this.#terms = this.#subject.terms(this)
    this.#alarm.clear()
    if (!this.#isActive()) this.#settled(this.#gathered.take().map(({ first }) => first.sequence))
    this.#schedule()
  }

  /** Hands on nothing more, and takes back what waits. */
  close(): void {
    this.#closed = true
    this.#alarm.clear()
    this.#handover.close()
  }

  /** Answers where it stands when it was offered everything up to there. */
  standing(offered: number): Standing {
    const { position, ...rest } = this.#ledger.standing(offered)
    // of what is told together the ledger knows the first change of each entity alone
    const isTogether =
      this.#subscription.throttling !== undefined || this.#gathered.size > 0 || this.#underWay
    return isTogether ? { position } : { position, ...rest }
  }

  countDropped(letters: number): void {
    this.#record = { ...this.#record, dropped: this.#record.dropped + letters }
    this.#dependencies.changed(this)
  }

  hasRoom(): boolean {
    const { budget } = this.#dependencies
    if (this.#subscription.throttling !== undefined)
      return this.#gathered.size < MOST_ENTITIES && this.#gathered.length < this.#mostBytes
    return this.#ledger.size === 0 || (this.#ledger.size < ROOM && budget.used < budget.most)
  }

  offer(record: LogRecord): boolean {
    if (!this.#isActive() || !this.#concerns(record)) return true
    // whatever becomes of an entity of which there is something to tell is told with it
    const isKnown = this.#gathered.has(record.id)
    const isDue = this.#isDue(record)
    if (!isKnown && !isDue) return true
    this.#refused = isKnown ? this.#gathered.length >= this.#mostBytes : !this.hasRoom()
    if (this.#refused) return false
    if (isKnown) this.#gathered.add(record, isDue)
    // the source has throttled what it tells already
    else if (this.#subscription.throttling === undefined || isSourceNotice(record)) this.#take(record)
    else this.#gather(record)
    return true
  }

  /** Delivers a notification that was given up once more. */
  redeliver(id: string, records: readonly LogRecord[], settled: (outcome: Settled) => void): void {
    this.#handover.again(id, records, settled)
  }

  get #subject(): Subject {
    return this.#dependencies.subject
  }

  get #mostBytes(): number {
    return mostBytes(this.#subscription, this.#dependencies.maxBytes)
  }

  #isActive(): boolean {
    return !this.#closed && isActive(this.#subscription, this.#dependencies.clock())
  }

  #concerns({ at, sequence, collection }: LogRecord): boolean {
    const isItself = collection === this.#subject.collection
    return (isItself || at > this.#subscription.since) && !this.#ledger.isSettled(sequence)
  }

  /** What cannot be judged is due: the attempt to write it tells why, and nobody else is held up. */
  #isDue(record: LogRecord): boolean {
    try {
      return this.#subject.isDue(this, record)
    } catch {
      return true
    }
  }

  #take(record: LogRecord): void {
    const { budget } = this.#dependencies
    const { sequence } = record
    this.#ledger.open(sequence)
    budget.used++
    this.#handover.changes({
      id: this.#idAt(sequence),
      order: `${this.key} ${record.id}`,
      changes: [{ first: record, last: record }],
      ended: () => {
        budget.used--
        this.#settled([sequence])
      },
    })
  }

  #gather(record: LogRecord): void {
    this.#gathered.add(record)
    this.#ledger.open(record.sequence)
    this.#schedule()
  }

  /** Sets the alarm for what is due by time. */
  #schedule(): void {
    const { throttling = 0, timeInterval, since } = this.#subscription
    const { lastNotification } = this.#record
    if (!this.#isActive()) this.#alarm.clear()
    else if (timeInterval !== undefined) {
      this.#alarm.set((lastNotification ?? since) + this.#interval, () => this.#ringPeriodic())
    } else if (this.#gathered.size > 0 && !this.#underWay && !this.#alarm.isSet) {
      const end = lastNotification === undefined ? 0 : lastNotification + throttling
      this.#alarm.set(end, () => this.#sendGathered())
    }
  }

  #sendGathered(): void {
    if (this.#closed) return
    const changes = this.#gathered.take((change) => this.#subject.group(this, change), this.#mostBytes)
    this.#underWay = true
    this.#handover.changes({
      id: this.#idAt(Math.max(...changes.map(({ last }) => last.sequence))),
      order: this.key,
      changes,
      ended: () => {
        this.#underWay = false
        this.#settled(changes.map(({ first }) => first.sequence))
        this.#schedule()
      },
    })
    this.#tellRoom()
  }

  /** As often as it wants to be told, but not more often than the hub allows. */
  get #interval(): Micros {
    return Math.max(this.#subscription.timeInterval ?? 0, this.#dependencies.shortestInterval)
  }

  #ringPeriodic(): void {
    if (!this.#isActive()) return
    const at = this.#dependencies.clock()
    if (!this.#underWay) {
      this.#underWay = true
      const ended = () => {
        this.#underWay = false
      }
      this.#handover.selected({ idOf: (part) => this.#idAt(at + part), order: this.key, ended })
    }
    this.#alarm.set(at + this.#interval, () => this.#ringPeriodic())
  }

  #idAt(position: number): string {
    const { id: subscriptionId, since } = this.#subscription
    return this.#dependencies.name({ tenant: this.tenant, subscriptionId, since, position })
  }

  #attempted(id: string, attempt: Attempt, at: Micros): void {
    this.#record = withAttempt(this.#record, { id, at, ...attempt })
    this.#dependencies.observe.attempted(attempt.delivered)
    this.#dependencies.changed(this)
  }

  #settled(positions: readonly number[]): void {
    for (const position of positions) this.#ledger.settle(position)
    this.#dependencies.changed(this)
    this.#tellRoom()
  }

  /** Only once half of the room is free: what follows is read from the log for it alone. */
  #tellRoom(): void {
    if (!this.#refused || 2 * this.#ledger.size > ROOM || !this.hasRoom()) return
    this.#refused = false
    this.#dependencies.roomAgain(this)
  }
}
