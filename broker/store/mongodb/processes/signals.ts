import type { ChangeStream, Collection, Db } from 'mongodb'
import type { OwnTime } from './own-time.ts'

interface Signal {
  readonly _id: string
  /** Grows whenever something is told. */
  readonly times: number
}

/** How signals are followed. */
export interface SignalOptions {
  /** Whether the server tells by itself, so that it need hardly be asked. */
  readonly changeStreams: boolean
  readonly time: OwnTime
  /** Told why signals are not followed for now. */
  readonly failed: (error: unknown) => void
}

/** Told of a topic; of none in particular where it may be any. */
export type SignalListener = (topic: string | undefined) => void

/** Stands for all topics. */
const ALL = 'all'
/** A server without change streams is asked so often, another one only in case that a stream is silent. */
const ASK_MILLISECONDS = 1000
const ASK_ANYWAY_MILLISECONDS = 5000
const PAUSE_MILLISECONDS = 50

/**
 * Tells processes of each other that something is other now, by one counter a topic. A signal says that, not what: who hears
 * it looks. Where a process ended before it told, whoever finds it dead tells all of everything.
 */
export class Signals {
  readonly #signals: Collection<Signal>
  readonly #options: SignalOptions
  readonly #listeners = new Set<SignalListener>()
  /** How often others told of each, as far as this process knows. */
  readonly #heard = new Map<string, number>()
  /** How often this process did. */
  readonly #told = new Map<string, number>()
  /** What is still to be told, since the server did not take it. */
  readonly #untold = new Set<string>()
  #stream: ChangeStream<Signal> | undefined
  #looking: Promise<void> | undefined
  #again = false
  readonly #stopping = new AbortController()

  constructor(database: Db, options: SignalOptions) {
    this.#signals = database.collection('signals')
    this.#options = options
  }

  /** Follows from now on. */
  async start(): Promise<void> {
    for (const { _id, times } of await this.#signals.find().toArray()) this.#heard.set(_id, times)
    const { changeStreams } = this.#options
    if (changeStreams) this.#openStream()
    void this.#askEvery(changeStreams ? ASK_ANYWAY_MILLISECONDS : ASK_MILLISECONDS)
  }

  listen(listener: SignalListener): void {
    this.#listeners.add(listener)
  }

  /** Tells the other processes; what the server does not take is told later all the same. @throws what went wrong at first */
  async tell(topic: string): Promise<void> {
    this.#countTold(topic, 1)
    try {
      await this.#signals.updateOne({ _id: topic }, { $inc: { times: 1 } }, { upsert: true })
    } catch (error) {
      this.#countTold(topic, -1)
      this.#untold.add(topic)
      throw error
    }
  }

  /** Something is still to be told. */
  get owes(): boolean {
    return this.#untold.size > 0
  }

  /** Has every process look at everything, this one too. */
  async ring(): Promise<void> {
    this.#hear(ALL)
    await this.tell(ALL)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#stream?.close().catch(() => undefined)
    await this.#looking
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #askEvery(milliseconds: number): Promise<void> {
    while (!this.#stopped) {
      await this.#options.time.pause(milliseconds, this.#stopping.signal)
      this.#look()
    }
  }

  /** A stream that ends is opened anew at the next look. */
  #openStream(): void {
    const stream = this.#signals.watch([], { maxAwaitTimeMS: ASK_MILLISECONDS })
    this.#stream = stream
    this.#follow(stream).catch((error: unknown) => {
      if (this.#stream === stream) this.#stream = undefined
      if (!this.#stopped) this.#options.failed(error)
    })
  }

  async #follow(stream: ChangeStream<Signal>): Promise<void> {
    const { time } = this.#options
    while (!this.#stopped) {
      const asked = time.now()
      if (await stream.tryNext()) this.#look()
      // a server that does not wait for events is not asked all the time
      else await time.pause(Math.max(0, asked + PAUSE_MILLISECONDS - time.now()), this.#stopping.signal)
    }
  }

  #look(): void {
    if (this.#stopped) return
    if (this.#looking) {
      this.#again = true
      return
    }
    this.#again = false
    this.#looking = this.#read()
      .catch(this.#options.failed)
      .finally(() => {
        this.#looking = undefined
        if (this.#again) this.#look()
      })
  }

  async #read(): Promise<void> {
    if (this.#options.changeStreams && !this.#stream) this.#openStream()
    for (const topic of this.#untold) {
      this.#untold.delete(topic)
      await this.tell(topic)
    }
    for (const { _id, times } of await this.#signals.find().toArray()) {
      const others = times - (this.#told.get(_id) ?? 0)
      if ((this.#heard.get(_id) ?? 0) >= others) continue
      this.#heard.set(_id, others)
      this.#hear(_id)
    }
  }

  #countTold(topic: string, by: 1 | -1): void {
    this.#told.set(topic, (this.#told.get(topic) ?? 0) + by)
  }

  #hear(topic: string): void {
    if (this.#stopped) return
    for (const listener of this.#listeners) listener(topic === ALL ? undefined : topic)
  }
}
