import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { createGeometryEngine } from '../../broker/geometry/geos.ts'
import { logEnds, mirrorDocuments } from '../../broker/main/mirror-documents.ts'
import { untilMine } from '../../broker/main/until-mine.ts'
import { refusedAsDuplicate } from '../../broker/store/mongodb/mongo-errors.ts'
import { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import type { OwnTime } from '../../broker/store/mongodb/processes/own-time.ts'
import type { Processes } from '../../broker/store/port/processes.ts'
import { createDeliveries } from '../../broker/subscriptions/deliver/create-deliveries.ts'
import type { Message, Sender } from '../../broker/subscriptions/deliver/message.ts'
import type { Timers } from '../../broker/subscriptions/deliver/timers.ts'
import { notificationNames } from '../../broker/subscriptions/notify/notification-id.ts'
import { sharedSubscriptions } from '../../broker/subscriptions/shared-subscriptions.ts'
import { createSubscriptions, type Subscriptions } from '../../broker/subscriptions/subscriptions.ts'
import { type KeptSubscription, readKept, SETTINGS, subjectOver } from '../unit/subscriptions/engine-world.ts'
import { type Answered, write } from './kept-changes.ts'
import { GUARANTEES } from './model-process.ts'
import type { ConnectionOptions, SteppedConnection, SteppedServer } from './stepped-server.ts'
import { document, NOW } from './store-builders.ts'

/** What a hub of the model does, and how it is connected. */
export interface ModelHubOptions extends ConnectionOptions {
  readonly joinsAfter?: number
  /** Writes these values to the entity, each so many milliseconds after it joined. */
  readonly writes?: readonly { readonly after: number; readonly value: number }[]
  /** Subscribes to the entity so many milliseconds after it joined. */
  readonly subscribesAfter?: number
  /** Leaves so many milliseconds after it joined. */
  readonly leavesAfter?: number
}

/** A notification as its receiver got it. */
export interface Told {
  readonly _id: number
  /** Which of the hubs told it. */
  readonly by: number
  readonly id: string
}

/** What a hub runs with. */
interface Running {
  readonly clock: () => number
  readonly sender: Sender
  readonly subscription: KeptSubscription
}

/** Names notifications, in the model as in a hub. */
export const nameOf = notificationNames(Buffer.from('secret'))
const NOTIFICATIONS = 'notifications'
/** A duty that ends before that of notifications does, and takes a second for it. */
const SLOW_TO_END = 'slow to end'
/** The receiver takes everything, so that no delivery waits to be tried again. */
const NO_TIMERS: Timers = { after: () => () => undefined }

/** A hub of the model: it keeps what is written, drains it, and shares the duty of making notifications. */
export class ModelHub {
  /** It is not there any more: killed, left, or taken for dead. */
  isGone = false
  /** What was answered as kept. */
  readonly answered: Answered = new Map()
  /** What went wrong. */
  readonly failures: unknown[] = []
  readonly connection: SteppedConnection
  readonly #store: MongoStore
  #processes: Processes | undefined

  /** Starts it: from then on it does what it gets turns for. */
  constructor(server: SteppedServer, by: number, options: ModelHubOptions, subscription: KeptSubscription) {
    this.connection = server.connect(options)
    const { client, time } = this.connection
    const clock = () => NOW + 1000 * time.now()
    this.#store = new MongoStore(client, { url: '', database: 'hub', clock })
    const told = client.db().collection<Told>('told')
    let times = 0
    const sender: Sender = {
      send: async ({ id }: Message) => {
        const one = { _id: 1000 * by + times++, by, id }
        // a delivery that fails is tried again
        await told.insertOne(one).catch(() => told.insertOne(one).catch(refusedAsDuplicate))
        return { delivered: true, milliseconds: 0 }
      },
      prepare: () => undefined,
      close: async () => undefined,
    }
    void this.#run(options, { clock, sender, subscription }).catch((error: unknown) => {
      this.failures.push(error)
      this.kill()
    })
  }

  /** It counts itself as the one that makes notifications. */
  get hasDuty(): boolean {
    return !this.isGone && this.#processes?.has(NOTIFICATIONS) === true
  }

  kill(): void {
    this.isGone = true
    this.connection.kill()
  }

  /** Ends its timers; whatever it waits for never comes. */
  end(): void {
    this.kill()
    void this.#store.close()
  }

  async #run(
    { joinsAfter, writes = [], subscribesAfter, leavesAfter }: ModelHubOptions,
    { clock, sender, subscription }: Running,
  ): Promise<void> {
    const { time } = this.connection
    const store = this.#store
    const failed = (error: unknown) => void this.failures.push(error)
    await store.open()
    this.connection.wait()
    if (joinsAfter !== undefined) await time.pause(joinsAfter)
    const lost = () => this.kill()
    const processes = await store.join({ guarantees: GUARANTEES, found: () => undefined, lost, failed, time })
    this.#processes = processes
    const geometry = createGeometryEngine()
    const ends = await logEnds(store)
    const engine = createSubscriptions({
      ...SETTINGS,
      ...{ store, clock, sender, failed, engine: geometry },
      timers: timersOf(time),
      subject: subjectOver(store, { clock, engine: geometry, maxBytes: SETTINGS.maxBytes }),
      deliveries: createDeliveries({ sender, clock, settings: SETTINGS, timers: NO_TIMERS }),
      sharing: {
        mine: () => untilMine(NOTIFICATIONS, processes, time),
        overtaken: lost,
        lettersChanged: () => undefined,
      },
      read: readKept,
      name: nameOf,
      shortestInterval: 1000,
      observe: { attempted: () => undefined, settled: () => undefined },
    })
    const subscriptions = sharedSubscriptions(engine, {
      ...{ store, collection: 'subscription', read: readKept, replaysFailed: failed },
      askReplays: () => processes.tell('replays'),
    })
    await subscriptions.know()
    mirrorDocuments({ store, ends, failed }, { subscription: subscriptions.learn }).start()
    await processes.share(NOTIFICATIONS, subscriptions)
    const written = writes.map(({ after, value }) =>
      time
        .pause(after)
        .then(() => write(value)(store, this.answered))
        .catch(failed),
    )
    if (subscribesAfter !== undefined) {
      await time.pause(subscribesAfter)
      await subscribe(store, subscriptions, subscription)
    }
    if (leavesAfter === undefined) return
    await processes.share(SLOW_TO_END, { start: () => undefined, stop: () => time.pause(1000) })
    await time.pause(leavesAfter)
    await Promise.all(written)
    await processes.leave()
    this.kill()
  }
}

/** Keeps a subscription as the operations do. */
async function subscribe(store: MongoStore, engine: Subscriptions, kept: KeptSubscription): Promise<void> {
  const { id } = kept
  const from = await engine.prepare(DEFAULT_TENANT)
  const [result] = await store.commit(DEFAULT_TENANT, [document(id, kept)])
  const { version = 0 } = result ?? {}
  await engine.apply(DEFAULT_TENANT, { id, version, from, subscription: readKept(kept) })
}

function timersOf(time: OwnTime): Timers {
  return {
    after: (milliseconds, callback) => {
      const end = new AbortController()
      void time.pause(milliseconds, end.signal).then(() => !end.signal.aborted && callback())
      return () => end.abort()
    },
  }
}
