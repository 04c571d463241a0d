import { hash } from 'node:crypto'
import { type Document, MongoClient, MongoNetworkError } from 'mongodb'
import type { OwnTime } from '../../broker/store/mongodb/processes/own-time.ts'
import { cloned, type Kept, steppedCollection } from './stepped-collection.ts'
import { SteppedTime } from './stepped-time.ts'

/** Something of a process that waits for its turn, or time that may pass. */
export interface WaitingOperation {
  readonly process: number
  readonly what: string
}

interface Waiting extends WaitingOperation {
  readonly go: () => void
}

/** The connection of a process. */
export interface SteppedConnection {
  readonly client: MongoClient
  readonly time: OwnTime
  /** How many operations it was asked for. */
  readonly asked: number
  /** From now on it has to be given each of its turns. */
  readonly wait: () => void
  /** It gets no turns before it gets the one to go on: time passes without it. */
  readonly pause: () => void
  /** It gets no more turns. */
  readonly kill: () => void
}

/** How the connection of a process is. */
export interface ConnectionOptions {
  /** It waits for turns, too, to be answered and, as whoever is paused, to wake: it may be paused there. */
  readonly late?: boolean
  /** What it asks of this collection is on its way for a second, and may be overtaken. */
  readonly slow?: string
  /** This operation of the process fails, and whether it happens all the same. */
  readonly cut?: { readonly at: number; readonly happens: boolean }
}

interface Connected extends ConnectionOptions {
  readonly process: number
  readonly time: OwnTime
  /** To be asked once for each operation. */
  readonly isCut: () => boolean
}

/** Stands for the time, among the processes. */
export const TIME = -1
const SLOW_MILLISECONDS = 1000
/** Those that are made at random. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g

/**
 * What a server of MongoDB is for the model: collections in memory, and operations that happen one at a time, each as a
 * whole, when their turn comes. Time passes while all that are not paused sleep.
 */
export class SteppedServer {
  readonly time = new SteppedTime()
  readonly #collections = new Map<string, Kept>()
  /** A hash of what each process has been answered so far, and when: all that it does next follows from it. */
  readonly #seen: string[] = []
  /** What is made at random, in the order in which it came here. */
  readonly #made = new Map<string, string>()
  /** Of collections that nobody changed since. */
  readonly #hashes = new Map<string, string>()
  readonly #waiting: Waiting[] = []
  readonly #stepped = new Set<number>()
  readonly #paused = new Set<number>()
  readonly #killed = new Set<number>()
  readonly #timePasses: Waiting = { process: TIME, what: 'passes', go: () => this.time.pass() }
  readonly #streams = new Map<string, Set<() => void>>()

  /** Answers a connection of a process, and what can be done to it. */
  connect(options: ConnectionOptions = {}): SteppedConnection {
    const process = this.#seen.push('') - 1
    let asked = 0
    const isCut = () => options.cut?.at === asked++
    const wakes = async () =>
      (options.late || this.#paused.has(process)) && (await this.#turn(process, 'wakes'))
    const time = this.time.of(process, wakes)
    const own = { process, time, isCut, ...options }
    const database = { collection: (name: string) => this.#collection(name, own) }
    const client = { close: async () => {}, db: () => database }
    Object.setPrototypeOf(client, MongoClient.prototype)
    return {
      client: client as unknown as MongoClient, // what is used of it
      time,
      get asked() {
        return asked
      },
      wait: () => void this.#stepped.add(process),
      pause: () => void this.#paused.add(process),
      kill: () => {
        this.#waiting.splice(0, Infinity, ...this.#waiting.filter((one) => one.process !== process))
        this.#paused.delete(process)
        this.#killed.add(process)
        this.time.forget(process)
      },
    }
  }

  /** What could happen now, once nothing is left that processes do by themselves. */
  async waiting(): Promise<readonly WaitingOperation[]> {
    await new Promise((resolve) => setImmediate(resolve))
    return this.#next()
  }

  /** Lets one of them happen. */
  turn(at: number): void {
    this.#next()[at]?.go()
  }

  #next(): readonly Waiting[] {
    const next = this.#waiting.filter(({ process }) => !this.#paused.has(process))
    if (next.length === 0 && this.time.next !== undefined) next.push(this.#timePasses)
    for (const process of this.#paused)
      next.push({ process, what: 'goes on', go: () => this.#paused.delete(process) })
    return next
  }

  /** Names the state of the server and of all processes: from equal ones equal things follow. */
  state(): string {
    const waiting = this.#waiting.map(({ process, what }) => [process, what])
    const processes = [this.#seen, waiting, [...this.#paused]]
    const collections = [...this.#collections.keys()].map((name) => [name, this.#hashOf(name)])
    return hash('sha256', JSON.stringify([collections, processes, this.time.state()]), 'base64')
  }

  #hashOf(name: string): string {
    const known = this.#hashes.get(name)
    if (known !== undefined) return known
    const made = hash('sha256', this.#named(JSON.stringify(this.#kept(name).documents)), 'base64')
    this.#hashes.set(name, made)
    return made
  }

  #named(text: string): string {
    return text.replaceAll(UUID, (id) => {
      const name = this.#made.get(id) ?? `${this.#made.size}`
      this.#made.set(id, name)
      return name
    })
  }

  #note(process: number, what: string): void {
    this.#seen[process] = hash('sha256', `${this.#seen[process]} ${this.#named(what)}`, 'base64')
  }

  /** Answers a server with the same content, as processes find it that come after all others were killed. */
  copy(): SteppedServer {
    const copy = new SteppedServer()
    for (const [name, { documents, unique }] of this.#collections)
      copy.#collections.set(name, { documents: cloned(documents), unique: [...unique] })
    return copy
  }

  /** Answers what a collection has now. */
  content(name: string): readonly Document[] {
    return cloned(this.#kept(name).documents)
  }

  /** Tells of each change of a collection as it happens, until the answer is called. */
  watch(name: string, tell: () => void): () => void {
    const streams = this.#streams.get(name) ?? new Set()
    this.#streams.set(name, streams)
    streams.add(tell)
    return () => void streams.delete(tell)
  }

  #kept(name: string): Kept {
    const kept = this.#collections.get(name) ?? { documents: [], unique: [] }
    this.#collections.set(name, kept)
    return kept
  }

  async #turn(process: number, what: string): Promise<void> {
    if (this.#killed.has(process)) return new Promise(() => undefined)
    if (!this.#stepped.has(process)) return
    await new Promise<void>((resolve) => {
      const waiting: Waiting = {
        process,
        what,
        go: () => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
          resolve()
        },
      }
      this.#waiting.push(waiting)
    })
    this.#note(process, `${what} ${this.time.now}`)
  }

  #collection(name: string, { process, time, isCut, late = false, slow, cut }: Connected) {
    const kept = this.#kept(name)
    const happens = async <T>(what: string, operation: () => T): Promise<T> => {
      const fails = isCut()
      if (name === slow) await time.pause(SLOW_MILLISECONDS)
      await this.#turn(process, `${what} ${name}`)
      try {
        if (fails && !cut?.happens) throw new MongoNetworkError('Connection is gone')
        const answer = JSON.stringify(operation())
        if (what !== 'find') this.#hashes.delete(name)
        if (what === 'insert') this.#named(JSON.stringify(kept.documents.at(-1)))
        this.#note(process, `${answer}`)
        if (what !== 'find') for (const tell of this.#streams.get(name) ?? []) tell()
        if (late) await this.#turn(process, 'is answered')
        if (fails) throw new MongoNetworkError('Connection is gone')
        return answer === undefined ? (undefined as T) : JSON.parse(answer) // all that is kept is JSON
      } catch (error) {
        this.#note(process, `${error}`)
        throw error
      }
    }
    const watch = () => this.#stream(name, process)
    return Object.assign(steppedCollection(name, kept, happens), { watch })
  }

  /** Tells a process of changes when it gets its turn, of any number of them at once. */
  #stream(name: string, process: number) {
    let changed = false
    let arrives = (): void => undefined
    let ends = (_: Error): void => undefined
    const leave = this.watch(name, () => {
      changed = true
      arrives()
    })
    return {
      tryNext: async () => {
        if (!changed)
          await new Promise<void>((resolve, reject) => {
            arrives = resolve
            ends = reject
          })
        await this.#turn(process, `hears of ${name}`)
        changed = false
        return {}
      },
      close: async () => {
        leave()
        ends(new Error('Stream is closed'))
      },
    }
  }
}
