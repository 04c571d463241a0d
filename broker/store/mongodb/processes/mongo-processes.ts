import type { Duty, Processes } from '../../port/processes.ts'
import type { Leases } from './leases.ts'
import type { OwnTime } from './own-time.ts'
import { BEAT_MILLISECONDS, type Presence } from './presence.ts'
import type { Signals } from './signals.ts'

/** What one of several processes works with. */
export interface ProcessParts {
  readonly presence: Presence
  readonly leases: Leases
  readonly signals: Signals
  readonly time: OwnTime
  /** The server takes no second process: this one is alone. */
  readonly alone: boolean
  /** Told that the others took this process for dead: nothing that it does beside requests is its own any more. */
  readonly lost: () => void
  /** Told of what went wrong and is tried again. */
  readonly failed: (error: unknown, text: string) => void
}

interface Shared {
  readonly name: string
  readonly duty: Duty
  /** This process has it, or has not handed it over. */
  has: boolean
  /** It is ended here, and others may have it. */
  isLeft: boolean
}

/** One of several processes on a database: it shows that it lives, looks whether the others do, and takes what is free. */
export class MongoProcesses implements Processes {
  readonly #parts: ProcessParts
  readonly #duties: Shared[] = []
  readonly #heard = new Map<string, (() => void)[]>()
  /** What was told of so far: whoever hears of it only now may have read before. */
  readonly #rung = new Set<string | undefined>()
  /** No more duties are taken. */
  readonly #leaving = new AbortController()
  /** This process is present no longer. */
  readonly #ending = new AbortController()
  #beating: Promise<void> = Promise.resolve()
  #looking: Promise<void> = Promise.resolve()
  #left: Promise<void> | undefined
  /** Duties were free at the last look, and nobody has taken them. */
  #free = new Set<string>()

  constructor(parts: ProcessParts) {
    this.#parts = parts
  }

  get alone(): boolean {
    return this.#parts.alone
  }

  /** Begins to beat, and to look at the others. */
  start(): void {
    const { signals } = this.#parts
    signals.listen((topic) => {
      this.#rung.add(topic)
      const all = topic === undefined ? [...this.#heard.values()].flat() : this.#heard.get(topic)
      for (const told of all ?? []) told()
    })
    this.#beating = this.#again(() => this.#beat(), this.#ending.signal)
    this.#looking = this.#again(() => this.#look(), this.#leaving.signal)
  }

  async share(name: string, duty: Duty): Promise<void> {
    const shared: Shared = { name, duty, has: false, isLeft: false }
    const isTaken = await this.#take(name)
    // only now: a look at what is free meanwhile would take it, too, and begin it a second time
    this.#duties.push(shared)
    if (isTaken) await this.#begin(shared)
  }

  has(name: string): boolean {
    const { presence } = this.#parts
    return presence.isAlive && this.#duties.some((one) => one.name === name && one.has && !one.isLeft)
  }

  held(): readonly string[] {
    return this.#duties.flatMap(({ name, has }) => (has ? [name] : []))
  }

  async tell(topic: string): Promise<void> {
    const { alone, signals, failed } = this.#parts
    if (alone) return
    await signals
      .tell(topic)
      .catch((error: unknown) => failed(error, `other processes hear of ${topic} later`))
  }

  hear(topic: string, told: () => void): void {
    this.#heard.set(topic, [...(this.#heard.get(topic) ?? []), told])
    if (this.#rung.has(topic) || this.#rung.has(undefined)) told()
  }

  get isLeaving(): boolean {
    return this.#left !== undefined
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  async #leave(): Promise<void> {
    const { leases, presence, signals, failed } = this.#parts
    this.#leaving.abort()
    await this.#looking
    for (const shared of this.#duties.toReversed()) {
      const { name, duty, has } = shared
      if (!has) continue
      try {
        await duty.stop()
        shared.isLeft = true
        await leases.release(name)
        shared.has = false
      } catch (error) {
        failed(error, `duty ${name} is not handed over`)
      }
    }
    this.#ending.abort()
    await this.#beating
    await signals.stop()
    // who finds it dead tells what it could not
    if (signals.owes) return
    await presence.leave().catch((error: unknown) => failed(error, 'process does not take its leave'))
  }

  async #again(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { time, failed } = this.#parts
    while (!signal.aborted) {
      await time.pause(BEAT_MILLISECONDS, signal)
      if (!signal.aborted)
        await work().catch((error: unknown) => failed(error, 'other processes are not seen'))
    }
  }

  async #beat(): Promise<void> {
    const { presence, signals, failed, lost } = this.#parts
    if (await presence.beat()) return
    this.#leaving.abort()
    this.#ending.abort()
    // who found it dead told of what it had done until then
    await signals.ring().catch((error: unknown) => failed(error, 'other processes hear of nothing any more'))
    lost()
  }

  async #look(): Promise<void> {
    const { leases, presence, signals } = this.#parts
    if (!presence.isAlive) return
    const held = await leases.held()
    const { others, dead } = await presence.look()
    // what they did not live to tell of, for as long as it can be seen that they are dead
    if (dead.length > 0) await signals.ring()
    const left = await presence.bury(dead)
    const present = new Set([...others, ...left].map(({ _id }) => _id))
    const ofOthers = held.filter(({ holder }) => holder !== presence.id)
    const orphaned = new Set(ofOthers.map(({ holder }) => holder).filter((holder) => !present.has(holder)))
    for (const holder of orphaned) await leases.freeOf(holder)
    const taken = new Set(ofOthers.filter(({ holder }) => present.has(holder)).map(({ name }) => name))
    await this.#takeFree(taken, 1 + present.size)
  }

  /** Who has its share already leaves what is free to the others for one look. */
  async #takeFree(taken: ReadonlySet<string>, processes: number): Promise<void> {
    const free = this.#duties.filter(({ name, has }) => !has && !taken.has(name))
    const waited = this.#free
    this.#free = new Set(free.map(({ name }) => name))
    for (const shared of free) {
      const own = this.#duties.filter(({ has }) => has).length
      const isEnough = own * processes >= this.#duties.length
      if (isEnough && !waited.has(shared.name)) continue
      if (this.#leaving.signal.aborted || !(await this.#take(shared.name))) continue
      await this.#begin(shared).catch((error: unknown) => this.#giveBack(shared, error))
    }
  }

  /** Answers whether a duty can be begun here: who took it while it was taken for dead has it no more. */
  async #take(name: string): Promise<boolean> {
    const { leases, presence } = this.#parts
    return (await leases.take(name)) && presence.isAlive
  }

  async #begin(shared: Shared): Promise<void> {
    shared.has = true
    await shared.duty.start()
  }

  /** Another process may be able to begin it, or this one later. */
  async #giveBack(shared: Shared, error: unknown): Promise<void> {
    const { leases, failed } = this.#parts
    failed(error, `duty ${shared.name} does not begin`)
    shared.has = false
    await leases.release(shared.name)
  }
}
