import type { LogRecord } from '../core/model/change.ts'
import { PassingMap } from '../core/model/passing-map.ts'
import type { Micros } from '../core/model/time.ts'
import type { Settled } from './deliver/delivery.ts'
import type { Attempt, Message } from './deliver/message.ts'
import type { GatheredChange } from './gathered-changes.ts'
import { toldEntityIds } from './source-notice.ts'
import type { Subscriber } from './subscriber.ts'
import type { SubscriberDependencies } from './subscriber-dependencies.ts'

/** A notification that is due by changes, one for each entity. */
export interface Due {
  readonly id: string
  /** What is sent one after the other. */
  readonly order: string
  readonly changes: readonly GatheredChange[]
  /** Told once, when it is not under way any more. */
  readonly ended: () => void
}

/** A notification on its way, whatever made it due. */
interface Handed extends Pick<Due, 'id' | 'order'> {
  readonly at: Micros
  readonly compose: () => Promise<Message | undefined>
  readonly settled: (outcome: Settled) => void
}

/** Hands the notifications of one subscriber on to be delivered, and gives up by rule those that cannot be. */
export class Handover {
  readonly #dependencies: SubscriberDependencies
  readonly #subscriber: Subscriber
  readonly #attempted: (id: string, attempt: Attempt, at: Micros) => void
  readonly #underWay = new PassingMap<string, Due>()
  #closed = false

  constructor(
    dependencies: SubscriberDependencies,
    subscriber: Subscriber,
    attempted: (id: string, attempt: Attempt, at: Micros) => void,
  ) {
    this.#dependencies = dependencies
    this.#subscriber = subscriber
    this.#attempted = attempted
  }

  /**
   * Delivers what is due by changes; what is too old, counted from `at` on, is given up. While the hub was not there nothing
   * got older.
   */
  changes(due: Due, at = Math.max(latestOf(due), this.#dependencies.startedAt)): void {
    const { subject } = this.#dependencies
    const { id, order } = due
    this.#underWay.set(id, due)
    this.#hand({
      id,
      order,
      at,
      compose: () => subject.composeChanges(this.#subscriber, due),
      settled: (outcome) => {
        this.#observe(due, outcome)
        if (outcome.outcome === 'dead') void this.#bury(due, outcome)
        else this.#end(id)
      },
    })
  }

  /** Delivers what is selected when it is sent, in as many notifications as it takes, one after the other. */
  selected(
    { order, ended, idOf }: Pick<Due, 'order' | 'ended'> & { readonly idOf: (part: number) => string },
    { part, after }: { readonly part: number; readonly after?: string } = { part: 0 },
  ): void {
    const { subject, clock } = this.#dependencies
    const id = idOf(part)
    let next: string | undefined
    this.#hand({
      id,
      order,
      at: clock(),
      compose: async () => {
        const composed = await subject.composeSelected(this.#subscriber, { id, after })
        next = composed.next
        return composed.message
      },
      settled: ({ outcome }) => {
        if (outcome !== 'delivered' || next === undefined || this.#closed) ended()
        else this.selected({ order, ended, idOf }, { part: part + 1, after: next })
      },
    })
  }

  /** Delivers once more what was given up. */
  again(id: string, records: readonly LogRecord[], settled: (outcome: Settled) => void): void {
    const changes = records.map((record) => ({ first: record, last: record }))
    this.#hand({
      id,
      order: `${this.#subscriber.key} ${id}`,
      at: this.#dependencies.clock(),
      compose: () => this.#dependencies.subject.composeChanges(this.#subscriber, { id, changes }),
      settled,
    })
  }

  /** Takes back what waits, and lets nothing of it be sent. */
  close(): void {
    this.#closed = true
    for (const { id, order } of this.#underWay.values()) {
      this.#dependencies.deliveries.withdraw(order)
      this.#end(id)
    }
  }

  #hand(handed: Handed): void {
    const { subscription, endpointKey } = this.#subscriber
    const { cooldownMs } = subscription.endpoint
    const { deliveries, sharing } = this.#dependencies
    deliveries.add({
      endpoint: endpointKey,
      owner: `${this.#subscriber.tenant} ${subscription.owner}`,
      ...(cooldownMs !== undefined && { cooldownMs }),
      ...handed,
      compose: async () => {
        await sharing?.mine()
        return this.#closed ? undefined : handed.compose()
      },
      attempted: (attempt, at) => this.#attempted(handed.id, attempt, at),
    })
  }

  #end(id: string): void {
    const due = this.#underWay.get(id)
    if (this.#underWay.delete(id)) due?.ended()
  }

  #observe({ changes: [change] }: Due, { outcome }: Settled): void {
    const { clock, observe } = this.#dependencies
    const { throttling } = this.#subscriber.subscription
    const prompt = outcome === 'delivered' && throttling === undefined
    observe.settled(outcome, change && prompt ? (clock() - change.last.at) / 1_000_000 : undefined)
  }

  /** Given up only once that is kept; where there is no room for it, it is tried on. */
  async #bury(due: Due, outcome: Extract<Settled, { outcome: 'dead' }>): Promise<void> {
    const { bury, clock, failed } = this.#dependencies
    const { id, changes } = due
    if (this.#closed) return
    try {
      const kept = await bury(this.#subscriber, {
        id,
        subscriptionId: this.#subscriber.subscription.id,
        positions: changes.map(({ last }) => last.sequence),
        entityIds: changes.flatMap(({ last }) => toldEntityIds(last)),
        reason: outcome.reason,
        attempts: outcome.attempts,
        changedAt: latestOf(due),
        givenUpAt: clock(),
      })
      if (kept) return this.#end(id)
    } catch (error) {
      failed(error, 'dead letter is not kept')
    }
    // as if it had happened now: it is not too old at once
    if (!this.#closed) this.changes(due, clock())
  }
}

function latestOf({ changes }: Pick<Due, 'changes'>): Micros {
  return Math.max(...changes.map(({ last }) => last.at))
}
