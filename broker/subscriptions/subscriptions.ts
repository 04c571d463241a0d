import { setTimeout as pause } from 'node:timers/promises'
import type { LogRecord } from '../core/model/change.ts'
import type { Tenant } from '../core/model/tenant.ts'
import { type DeadLetter, DeadLetters } from './dead-letters.ts'
import type { Attempt } from './deliver/message.ts'
import { processTimers } from './deliver/timers.ts'
import { type Kept, readPositions } from './delivery-documents.ts'
import { createKeeping } from './keep-subscribers.ts'
import { createReplays } from './replay-dead-letters.ts'
import { createRestoring, type Restored } from './restore-subscriptions.ts'
import type { Subscriber } from './subscriber.ts'
import type { Subscription } from './subscription.ts'
import {
  NOTHING_SENT,
  type SubscriptionChange,
  type SubscriptionRegistry,
  type SubscriptionState,
} from './subscription-registry.ts'
import { statusOf } from './subscription-state.ts'
import type { SubscriptionsOptions } from './subscriptions-options.ts'
import { type TenantDependencies, TenantSubscribers } from './tenant-subscribers.ts'
import { createTrials } from './try-subscription.ts'

/** How the subscriptions of a hub stand, in numbers. */
export interface SubscriptionsSummary {
  readonly subscriptions: number
  readonly behind: number
  readonly waiting: number
  readonly deadLetters: number
}

/** The subscriptions of a hub at work. */
export interface Subscriptions extends SubscriptionRegistry {
  /** Goes on with what is kept, each subscription where it stood. @throws Problem where that cannot be read, and goes on with none */
  start(): Promise<void>
  /** Sends nothing more, and keeps where everything stands. */
  stop(): Promise<void>
  /** Sends one notification as a trial. */
  test(tenant: Tenant, id: string): Promise<Attempt>
  readonly deadLetters: DeadLetters
  summary(): SubscriptionsSummary
  /** Delivers a dead letter once more; it is gone when that succeeds. false: its changes are not in the log any more. */
  replay(tenant: Tenant, letter: DeadLetter): Promise<boolean>
}

/** Subscriptions at work in this process. */
export interface LocalSubscriptions extends Subscriptions {
  /** Makes sure that the log of a tenant is followed, and learnt from, from there or from before. */
  follow(tenant: Tenant, from: number): Promise<void>
  state(tenant: Tenant, id: string): SubscriptionState
}

const GONE = { version: Number.POSITIVE_INFINITY }
const FLUSH_MILLISECONDS = 1000
/** For so long notifications that are under way are waited for; both kinds stop one after the other. */
const STOP_MILLISECONDS = 3000

/** Makes the subscriptions of a hub; they begin to work with `start`. */
export function createSubscriptions(options: SubscriptionsOptions): LocalSubscriptions {
  const { store, clock, deliveries, sender, subject, timers = processTimers } = options
  const tenants = new Map<Tenant, TenantSubscribers>()
  const deadLetters = new DeadLetters({
    store,
    clock,
    most: options.maxDeadLetters,
    dropOldest: options.dropOldest,
    ...(options.sharing && { shared: options.sharing.lettersChanged }),
    collection: subject.collection,
  })
  const { keep, keepTogether, claim } = createKeeping(options)
  const dependencies: TenantDependencies = {
    ...options,
    ...(options.sharing && { learn }),
    startedAt: clock(),
    budget: { used: 0, most: options.maxUnderWay },
    bury,
    changed: (subscriber) => tenants.get(subscriber.tenant)?.changed(subscriber),
    roomAgain: (subscriber) => tenants.get(subscriber.tenant)?.feed.wake(subscriber),
  }
  const restore = createRestoring({ ...options, claim, readyFor, deadLetters, dependencies })
  /** What was taken in last: one thing after the other, what is kept first, in the order of the commits. */
  let takingIn: Promise<void> = Promise.resolve()
  let unwatch: (() => void) | undefined
  let flushing: Promise<void> | undefined
  let flushNoMore = (): void => undefined

  return {
    prepare,
    apply,
    follow,
    state,
    count: (tenant) => tenants.get(tenant)?.size ?? 0,
    countOf: (owner) => [...tenants.values()].reduce((sum, each) => sum + each.countOf(owner), 0),
    start,
    stop,
    test: createTrials({
      ...options,
      find: async (tenant, id) => tenants.get(tenant)?.get(id)?.subscription ?? keptSubscription(tenant, id),
    }),
    deadLetters,
    replay: createReplays({
      ...options,
      deadLetters,
      subscriber: (tenant, id) => tenants.get(tenant)?.get(id),
    }),
    summary,
  }

  async function start(): Promise<void> {
    await inTurn(async () => {
      const restored: Restored[] = []
      for (const tenant of await store.tenants()) restored.push(...(await restore(tenant)))
      for (const { subscribers, subscriptions } of restored) {
        begin(subscribers)
        for (const { subscription, version } of subscriptions) subscribers.restore(subscription, version)
      }
    }).catch((error: unknown) => {
      deadLetters.forget()
      throw error
    })
    flushLater()
  }

  async function stop(): Promise<void> {
    flushNoMore()
    unwatch?.()
    await Promise.all([...tenants.values()].map((each) => each.stop()))
    // whoever does not answer is not waited for: what is under way stays due
    await Promise.race([deliveries.close(), pause(STOP_MILLISECONDS, undefined, { ref: false })])
    await flushing
    await Promise.all([...tenants.values()].map((each) => keep(each, Number.POSITIVE_INFINITY)))
    for (const each of tenants.values()) each.close()
    if (options.sharing) deadLetters.forget()
  }

  /** What waits for the geometry engine is not overtaken by its own deletion. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = takingIn.then(work)
    takingIn = done.then(
      () => {},
      () => {},
    )
    return done
  }

  async function apply(tenant: Tenant, change: SubscriptionChange): Promise<void> {
    if (options.sharing) {
      const { id, version, subscription, from } = change
      if (subscription) await follow(tenant, from)
      return tenants.get(tenant)?.learnt(id, subscription ? version : 0)
    }
    const subscribers = await inTurn(() => takeIn(tenant, change))
    // it is acknowledged when a crash cannot make it miss anything either
    if (subscribers) await keepTogether(subscribers)
  }

  /** Answers the subscribers whose state has to be kept with it. */
  async function takeIn(
    tenant: Tenant,
    { id, version, from, subscription }: SubscriptionChange,
  ): Promise<TenantSubscribers | undefined> {
    const known = tenants.get(tenant)
    if (!subscription) {
      if (!known || known.versionOf(id) > version) return undefined
      known.remove(id)
      await deadLetters.clear(tenant, id)
      return undefined
    }
    await readyFor(subscription)
    const subscribers = known ?? (await goOn(tenant)).subscribers
    // what was committed before is judged by what the subscription was then; its own record is not
    const before = subscribers.get(id)
    if (!subject.tellsOfItself && before?.follows)
      await subscribers.feed.reached(before, await store.logEnd(tenant))
    subscribers.apply(subscription, { version, from })
    return from < subscribers.feed.position ? subscribers : undefined
  }

  /** Takes in what the log tells of a subscription where it does: what comes behind that is judged by it, and nothing before. */
  async function learn(subscribers: TenantSubscribers, { id, sequence }: LogRecord): Promise<void> {
    const { tenant } = subscribers
    const found = await store.document(tenant, subject.collection, id)
    const { version } = found ?? GONE
    const subscription = found && options.read(found.document, tenant)
    if (!found) {
      subscribers.remove(id)
      await deadLetters.clear(tenant, id)
    } else if (subscription && subscribers.versionOf(id) < version) {
      await readyFor(subscription)
      const before = subscribers.get(id)
      if (before?.follows) await subscribers.feed.catchUp(before)
      // its own record is behind that
      subscribers.apply(subscription, { version, from: sequence - 1 })
    }
    subscribers.tellLearnt(id, version)
  }

  function follow(tenant: Tenant, from: number): Promise<void> {
    return inTurn(async () => {
      if (!tenants.has(tenant)) await goOn(tenant, from)
    })
  }

  function prepare(tenant: Tenant): Promise<number> {
    return inTurn(async () => (await goOn(tenant)).position)
  }

  /** Answers the subscribers of a tenant, whose feed goes along with the log, from no further than this, and where it is. */
  async function goOn(
    tenant: Tenant,
    from = Number.POSITIVE_INFINITY,
  ): Promise<{ subscribers: TenantSubscribers; position: number }> {
    const known = tenants.get(tenant)
    if (known && (options.sharing || known.feed.size > 0))
      return { subscribers: known, position: known.feed.position }
    if (options.sharing) await deadLetters.load(tenant)
    const subscribers = known ?? (await claim(() => atLogEnd(tenant, from)))
    begin(subscribers)
    if (known) known.feed.skipTo(await store.logEnd(tenant))
    await keep(subscribers)
    return { subscribers, position: subscribers.feed.position }
  }

  async function atLogEnd(tenant: Tenant, from: number): Promise<TenantSubscribers> {
    const version = options.sharing ? (await readPositions(store, tenant, subject.collection)).version : 0
    const kept: Kept = { records: new Map(), version }
    const position = Math.min(await store.logEnd(tenant), from)
    return new TenantSubscribers(dependencies, { tenant, kept, position })
  }

  /** A hub without subscriptions does not look at what is written. */
  function begin(subscribers: TenantSubscribers): void {
    tenants.set(subscribers.tenant, subscribers)
    unwatch ??= store.watch((growth) => tenants.get(growth.tenant)?.grown(growth))
    subscribers.feed.begin()
  }

  /** The geometry engine judges without waiting, once it is there. */
  async function readyFor({ query, endpoint }: Subscription): Promise<void> {
    sender.prepare(endpoint.uri.startsWith('mqtt') ? 'mqtt' : 'http')
    if (query.geo) await options.engine.ready()
  }

  function summary(): SubscriptionsSummary {
    const all = [...tenants.values()].map((each) => each.summary())
    const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0)
    return {
      subscriptions: sum((one) => one.subscriptions),
      behind: sum((one) => one.behind),
      waiting: sum((one) => one.waiting),
      deadLetters: deadLetters.total,
    }
  }

  function state(tenant: Tenant, id: string): SubscriptionState {
    const known = tenants.get(tenant)
    const subscriber = known?.get(id)
    if (!known || !subscriber) return NOTHING_SENT
    const { attempts, ...record } = subscriber.record
    const status = statusOf(subscriber.record)
    const { breaker, retryAt } = deliveries.state(subscriber.endpointKey)
    return {
      ...record,
      ...(status && { status }),
      waiting: subscriber.waiting,
      behind: known.isBehind(subscriber),
      breaker,
      ...(retryAt !== undefined && { retryAt }),
      attempts: [...attempts].reverse(),
    }
  }

  function flushLater(): void {
    flushNoMore = timers.after(FLUSH_MILLISECONDS, () => {
      flushLater()
      void flush()
    })
  }

  function flush(): Promise<void> {
    flushing ??= Promise.all([...tenants.values()].map((each) => keep(each))).then(() => {
      flushing = undefined
    })
    return flushing
  }

  async function bury(subscriber: Subscriber, letter: DeadLetter): Promise<boolean> {
    const dropped = await deadLetters.bury(subscriber.tenant, letter)
    if (dropped !== undefined && dropped > 0) subscriber.countDropped(dropped)
    return dropped !== undefined
  }

  /** Where another process makes the notifications. */
  async function keptSubscription(tenant: Tenant, id: string): Promise<Subscription | undefined> {
    const kept = await store.document(tenant, subject.collection, id)
    const subscription = kept && options.read(kept.document, tenant)
    if (subscription) await readyFor(subscription)
    return subscription
  }
}
