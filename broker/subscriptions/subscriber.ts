import type { LogRecord } from '../core/model/change.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import { Alarm } from './alarm.ts'
import { isActive, MOST_ENTITIES } from './compose.ts'
import type { Settled } from './deliver/delivery.ts'
import type { Attempt, Message } from './deliver/message.ts'
import type { Follower } from './follow/follower.ts'
import { type GatheredChange, GatheredChanges } from './gathered-changes.ts'
import type { Terms } from './index/terms.ts'
import { Ledger } from './ledger.ts'
import { notificationId } from './notify/notification-id.ts'
import type { Subject } from './subject.ts'
import type { SubscriberDependencies } from './subscriber-dependencies.ts'
import type { Subscription } from './subscription.ts'
import { NEVER_SENT, type SubscriptionRecord, withAttempt } from './subscription-state.ts'

/** What is known of a subscription from before. */
export interface Restored {
  readonly record: SubscriptionRecord
  /** Settled positions behind the first unsettled one. */
  readonly settled: readonly number[]
}

/** A notification that is due by changes, one for each entity. */
interface Due {
  readonly id: string
  readonly order: string
  readonly changes: readonly GatheredChange[]
  /** When the last of them happened, or when it was put in again. */
  readonly at: Micros
}

/** So many changes of one subscription are under way at once. */
const ROOM = 100

const NOTHING = Promise.resolve(undefined)

export const NEW: Restored = { record: NEVER_SENT, settled: [] }

/** Follows the log on behalf of one subscription, and hands on what is due to be delivered. */
export class Subscriber implements Follower {
  readonly tenant: Tenant
  readonly #dependencies: SubscriberDependencies
  #subscription: Subscription
  #terms: readonly Terms[]
  #record: SubscriptionRecord
  readonly #ledger: Ledger
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
    { record, settled }: Restored = NEW,
  ) {
    this.tenant = tenant
    this.#dependencies = dependencies
    this.#alarm = new Alarm(dependencies.clock)
    this.#subscription = subscription
    this.#terms = this.#subject.terms(this)
    this.#record = record
    this.#ledger = new Ledger(settled)
    this.#schedule()
  }

  get subscription(): Subscription {
    return this.#subscription
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

  /** Tells whether it has to follow the log: not when it is due by time alone, paused or expired. */
  get follows(): boolean {
    const byTime = this.#subscription.timeInterval !== undefined && !this.#subject.tellsOfItself
    return !byTime && this.#isActive()
  }

  /** Takes over how the subscription is now. */
  update(subscription: Subscription): void {
    this.#subscription = subscription
    this.#terms = this.#subject.terms(this)
    this.#alarm.clear()
    if (!this.#isActive()) for (const change of this.#gathered.take()) this.#settleChange(change)
    this.#schedule()
  }

  /** Hands on nothing more. */
  close(): void {
    this.#closed = true
    this.#alarm.clear()
  }

  lowWater(offered: number): number {
    return this.#ledger.lowWater(offered)
  }

  settledBehind(): readonly number[] {
    return this.#ledger.settled()
  }

  countDropped(letters: number): void {
    this.#record = { ...this.#record, dropped: this.#record.dropped + letters }
    this.#dependencies.changed(this)
  }

  hasRoom(): boolean {
    const { budget } = this.#dependencies
    if (this.#subscription.throttling !== undefined) return this.#gathered.size < MOST_ENTITIES
    return this.#ledger.size === 0 || (this.#ledger.size < ROOM && budget.used < budget.most)
  }

  offer(record: LogRecord): boolean {
    if (!this.#isActive() || !this.#concerns(record)) return true
    // whatever becomes of an entity of which there is something to tell is told with it
    if (this.#gathered.has(record.id)) this.#gathered.add(record)
    else if (this.#isDue(record)) {
      this.#refused = !this.hasRoom()
      if (this.#refused) return false
      if (this.#subscription.throttling === undefined) this.#take(record)
      else this.#gather(record)
    }
    return true
  }

  /** Writes a notification as a trial; undefined: the subscriber has no rights. @throws Problem */
  sample(id: string): Promise<Message | undefined> {
    return this.#subject.composeSample(this, id)
  }

  /** Delivers a notification that was given up once more. */
  redeliver(id: string, records: readonly LogRecord[], settled: (outcome: Settled) => void): void {
    const changes = records.map((record) => ({ first: record, last: record }))
    this.#hand({ id, order: `${this.#key()} ${id}`, changes, at: this.#dependencies.clock() }, settled)
  }

  get #subject(): Subject {
    return this.#dependencies.subject
  }

  #key(): string {
    return `${this.#subject.collection} ${this.tenant} ${this.#subscription.id}`
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
    this.#ledger.open(record.sequence)
    this.#dependencies.budget.used++
    const due = {
      id: this.#idAt(record.sequence),
      order: `${this.#key()} ${record.id}`,
      changes: [{ first: record, last: record }],
      at: record.at,
    }
    this.#hand(due, (outcome) => this.#settle(due, outcome, () => void this.#dependencies.budget.used--))
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
      this.#alarm.set((lastNotification ?? since) + timeInterval, () => this.#ringPeriodic())
    } else if (this.#gathered.size > 0 && !this.#underWay && !this.#alarm.isSet) {
      const end = lastNotification === undefined ? 0 : lastNotification + throttling
      this.#alarm.set(end, () => this.#sendGathered())
    }
  }

  #sendGathered(): void {
    if (this.#closed) return
    const changes = this.#gathered.take((change) => this.#subject.group(this, change))
    const position = Math.max(...changes.map(({ last }) => last.sequence))
    const at = Math.max(...changes.map(({ last }) => last.at))
    const due = { id: this.#idAt(position), order: this.#key(), changes, at }
    this.#underWay = true
    this.#hand(due, (outcome) =>
      this.#settle(due, outcome, () => {
        this.#underWay = false
        this.#schedule()
      }),
    )
    this.#tellRoom()
  }

  #ringPeriodic(): void {
    if (!this.#isActive()) return
    const { clock, deliveries } = this.#dependencies
    const at = clock()
    const id = this.#idAt(at)
    if (!this.#underWay) {
      this.#underWay = true
      deliveries.add({
        ...this.#endpoint(),
        id,
        at,
        order: this.#key(),
        compose: () => (this.#closed ? NOTHING : this.#subject.composeSelected(this, id)),
        attempted: (attempt, when) => this.#attempted(id, attempt, when),
        settled: () => {
          this.#underWay = false
        },
      })
    }
    this.#alarm.set(at + (this.#subscription.timeInterval ?? 0), () => this.#ringPeriodic())
  }

  #endpoint(): { readonly endpoint: string; readonly cooldownMs?: number } {
    const { uri, cooldownMs } = this.#subscription.endpoint
    return { endpoint: uri, ...(cooldownMs !== undefined && { cooldownMs }) }
  }

  #idAt(position: number): string {
    const { id: subscriptionId, since } = this.#subscription
    return notificationId({ tenant: this.tenant, subscriptionId, since, position })
  }

  #hand(due: Due, settled: (outcome: Settled) => void): void {
    const { id, order, at } = due
    this.#dependencies.deliveries.add({
      ...this.#endpoint(),
      id,
      order,
      at,
      compose: () => (this.#closed ? NOTHING : this.#subject.composeChanges(this, due)),
      attempted: (attempt, when) => this.#attempted(id, attempt, when),
      settled,
    })
  }

  #attempted(id: string, attempt: Attempt, at: Micros): void {
    this.#record = withAttempt(this.#record, { ...attempt, id, at })
    this.#dependencies.observe.attempted(attempt.delivered)
    this.#dependencies.changed(this)
  }

  #settle(due: Due, outcome: Settled, free: () => void): void {
    this.#observe(due, outcome)
    if (outcome.outcome !== 'dead' || this.#closed) this.#finish(due, free)
    else void this.#bury(due, outcome, free)
  }

  #observe({ changes: [change] }: Due, { outcome }: Settled): void {
    const { clock, observe } = this.#dependencies
    const prompt = outcome === 'delivered' && this.#subscription.throttling === undefined
    observe.settled(outcome, change && prompt ? (clock() - change.last.at) / 1_000_000 : undefined)
  }

  #finish({ changes }: Due, free: () => void): void {
    for (const change of changes) this.#settleChange(change)
    free()
    this.#dependencies.changed(this)
    this.#tellRoom()
  }

  /** Given up only once that is kept; where there is no room for it, it is tried on. */
  async #bury(due: Due, outcome: Extract<Settled, { outcome: 'dead' }>, free: () => void): Promise<void> {
    const { bury, clock, failed } = this.#dependencies
    const { id, changes } = due
    try {
      const kept = await bury(this, {
        id,
        subscriptionId: this.#subscription.id,
        positions: changes.map(({ last }) => last.sequence),
        entityIds: changes.map(({ last }) => last.id),
        reason: outcome.reason,
        attempts: outcome.attempts,
        changedAt: Math.max(...changes.map(({ last }) => last.at)),
        givenUpAt: clock(),
      })
      if (kept) return this.#finish(due, free)
    } catch (error) {
      failed(error, 'dead letter is not kept')
    }
    // as if it was due from now on: what is too old would be given up again at once, for ever
    const again = { ...due, at: clock() }
    this.#hand(again, (outcome) => this.#settle(again, outcome, free))
  }

  #settleChange({ first }: GatheredChange): void {
    this.#ledger.settle(first.sequence)
  }

  #tellRoom(): void {
    if (!this.#refused || !this.hasRoom()) return
    this.#refused = false
    this.#dependencies.roomAgain(this)
  }
}
