import { setTimeout as pause } from 'node:timers/promises'
import type { GeometryEngine } from '../../../broker/core/geo/engine.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { clock } from '../../../broker/main/clock.ts'
import { latestEntities } from '../../../broker/main/latest-entities.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import {
  createDeliveries,
  type DeliverySettings,
} from '../../../broker/subscriptions/deliver/create-deliveries.ts'
import type { Attempt, Message } from '../../../broker/subscriptions/deliver/message.ts'
import { type EntityDependencies, entitySubject } from '../../../broker/subscriptions/entity-subject.ts'
import { rememberedSight } from '../../../broker/subscriptions/match/remembered-sight.ts'
import { notificationNames } from '../../../broker/subscriptions/notify/notification-id.ts'
import type { Subject } from '../../../broker/subscriptions/subject.ts'
import type { Subscription } from '../../../broker/subscriptions/subscription.ts'
import { createSubscriptions, type LocalSubscriptions } from '../../../broker/subscriptions/subscriptions.ts'
import type { SubscriptionsOptions } from '../../../broker/subscriptions/subscriptions-options.ts'
import { open, plainWriter, subscription, table } from './notices.ts'

/** What an endpoint does with a message: takes it, refuses it, takes it and says that it failed, or never answers. */
export type Mood = 'takes' | 'refuses' | 'loses' | 'hangs'

/** A notification that an endpoint took. */
export interface Taken {
  readonly endpoint: string
  readonly id: string
  readonly subscriptionId: string
  readonly data: readonly JsonObject[]
}

export type EngineSettings = Partial<
  DeliverySettings &
    Pick<SubscriptionsOptions, 'maxUnderWay' | 'maxDeadLetters' | 'dropOldest' | 'clock' | 'maxBytes'>
>

/** How deliveries are made where a test says nothing else. */
export const SETTINGS = {
  connections: 4,
  underWay: 16,
  firstDelayMs: 2,
  longestDelayMs: 10,
  attempts: 1000,
  retryHours: 1,
  maxUnderWay: 100,
  maxDeadLetters: 100,
  maxBytes: 1_048_576,
  dropOldest: false,
  clock,
}

/** A subscription as these tests keep it: parts of one. */
export type KeptSubscription = Partial<Subscription> &
  JsonObject & { readonly id: string; readonly uri: string }

/** The engine of subscriptions over a real store, whose process can be killed at any moment. */
export class EngineWorld {
  readonly taken: Taken[] = []
  readonly failures: unknown[] = []
  mood: (endpoint: string, notification: Pick<Taken, 'data'>) => Mood = () => 'takes'
  readonly #store: Store
  readonly #settings: typeof SETTINGS
  #life: { isOver: boolean } = { isOver: false }
  #engine: LocalSubscriptions | undefined

  constructor(store: Store, settings: EngineSettings = {}) {
    this.#store = store
    this.#settings = { ...SETTINGS, ...settings }
  }

  get engine(): LocalSubscriptions {
    if (!this.#engine) throw new Error('Engine is not started')
    return this.#engine
  }

  /** Starts what a process would start; what `start` of it answers is returned too. */
  begin(): Promise<void> {
    const life = { isOver: false }
    this.#life = life
    const sender = {
      send: (message: Message) => this.#send(message, life),
      prepare: () => {},
      close: async () => {},
    }
    const geometry = slowly(createGeometryEngine())
    this.#engine = createSubscriptions({
      ...this.#settings,
      ...{ store: mortal(this.#store, life), engine: geometry, sender },
      subject: subjectOver(this.#store, { ...this.#settings, engine: geometry }),
      deliveries: createDeliveries({ sender, clock: this.#settings.clock, settings: this.#settings }),
      read: readKept,
      name: notificationNames(Buffer.from('secret')),
      shortestInterval: 1000,
      observe: { attempted: () => {}, settled: () => {} },
      failed: (error) => void this.failures.push(error),
    })
    return this.#engine.start()
  }

  /** Ends everything at once: nothing of it does anything any more. */
  kill(): void {
    this.#life.isOver = true
    void this.#engine?.stop() // ends its timers; whatever it waits for never comes
  }

  /** Keeps a subscription as the operations do; undefined deletes it. Answers whether that was acknowledged. */
  async keep(id: string, kept: KeptSubscription | undefined): Promise<boolean> {
    const life = this.#life
    const { engine } = this
    const from = await Promise.race([engine.prepare(DEFAULT_TENANT), over(life)])
    if (from === false || life.isOver) return false
    const [result] = await this.#store.commit(DEFAULT_TENANT, [
      { collection: 'subscription', id, at: clock(), origin: { by: 'tester' }, ...(kept && { next: kept }) },
    ])
    if (life.isOver || result?.outcome !== 'kept') return false
    const read = kept && readKept(kept)
    const applied = engine
      .apply(DEFAULT_TENANT, { id, version: result.version, from, ...(read && { subscription: read }) })
      .then(() => true)
    return Promise.race([applied, over(life)])
  }

  /** Nothing is due any more, of these subscriptions. */
  isQuiet(ids: readonly string[]): boolean {
    return ids.every((id) => {
      const { waiting, behind } = this.engine.state(DEFAULT_TENANT, id)
      return waiting === 0 && !behind
    })
  }

  #send(message: Message, life: { isOver: boolean }): Promise<Attempt> {
    if (life.isOver) return never()
    const mood = this.mood(message.url, JSON.parse(message.body))
    if (mood === 'hangs') return never()
    if (mood === 'takes' || mood === 'loses') {
      const { id, subscriptionId, data } = JSON.parse(message.body)
      this.taken.push({ endpoint: message.url, id, subscriptionId, data })
    }
    return pause(Math.random() * 2).then(() => ({
      delivered: mood === 'takes',
      milliseconds: 1,
      ...(mood !== 'takes' && { reason: 'it fails' }),
    }))
  }
}

/** A geometry engine that takes its time to be ready, as at the first start of a process. */
function slowly(engine: GeometryEngine): GeometryEngine {
  return { ...engine, ready: () => pause(20).then(() => engine.ready()) }
}

/** What entities of a store notify, to subscribers who see everything. */
export function subjectOver(
  store: Store,
  more: Pick<EntityDependencies, 'clock' | 'engine' | 'maxBytes'>,
): Subject {
  return entitySubject({
    ...more,
    splitEntities: false,
    sight: {
      assembled: (_tenant, _subscription, { entity }) => Promise.resolve(entity),
      viewOf: () => open,
      selected: async () => ({ entities: [] }),
      linked: async () => {
        throw new Error('Nothing is linked here')
      },
    },
    look: rememberedSight(),
    latest: latestEntities(store),
    table: async () => table,
    write: plainWriter(),
  })
}

/** Reads a subscription that tests keep. */
export function readKept(document: JsonObject): Subscription {
  const { uri, triggers, watchedAttributes, ...rest } = document as KeptSubscription
  return subscription(
    {
      query: {},
      ...rest,
      delegatedUntil: Number.MAX_SAFE_INTEGER,
      ...(watchedAttributes && { watchedAttributes: new Set(watchedAttributes) }),
      ...(triggers && { triggers: new Set(triggers) }),
    },
    { uri },
  )
}

async function over(life: { isOver: boolean }): Promise<false> {
  while (!life.isOver) await pause(2)
  return false
}

function never<T>(): Promise<T> {
  return new Promise(() => {})
}

/** A store that answers nothing more, and does nothing more, once a life is over. */
function mortal(store: Store, life: { isOver: boolean }): Store {
  return new Proxy(store, {
    get: (target, name: keyof Store) => {
      const method = target[name] as (...parameters: unknown[]) => unknown // all members of a store are methods
      if (name === 'watch')
        return (listener: (growth: unknown) => void) =>
          target.watch((growth) => (life.isOver ? undefined : listener(growth)))
      return (...parameters: unknown[]) => {
        if (life.isOver) return never()
        const answer = method.apply(target, parameters)
        return answer instanceof Promise ? answer.then((value) => (life.isOver ? never() : value)) : answer
      }
    },
  })
}
