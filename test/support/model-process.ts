import type { Collection, Db } from 'mongodb'
import { joinProcesses } from '../../broker/store/mongodb/processes/join-processes.ts'
import type { Processes } from '../../broker/store/port/processes.ts'
import type { ConnectionOptions, SteppedConnection, SteppedServer } from './stepped-server.ts'

/** What the server of the model is. */
export const GUARANTEES = {
  server: 'model',
  atomicUpdates: true,
  uniqueKeys: true,
  majorityReads: true,
  changeStreams: true,
} as const
const DUTY = 'duty'
const THING = 'thing'

interface Thing {
  readonly _id: string
  readonly times: number
}

/** What a process of the model does, and how it is connected. */
export interface ModelProcessOptions extends ConnectionOptions {
  readonly joinsAfter?: number
  /** Changes a thing that all hold in memory, and tells the others, so many milliseconds after it joined. */
  readonly tellsAfter?: number
  /** Ends its duty and leaves, when it has told what it changed. */
  readonly leavesAfter?: number
}

/** A process of the model: it takes part in a duty, and holds in memory how often a thing was changed. */
export class ModelProcess {
  /** How often the duty began here, and ended. */
  begun = 0
  ended = 0
  /** It began the duty while another process may have had it. */
  hasPresumed = false
  /** It is not there any more: killed, lost, left, or not even started. */
  isGone = false
  /** What it holds in memory. */
  known = 0
  /** What it changed and was answered. */
  changed = 0
  /** What went wrong. */
  readonly failures: unknown[] = []
  readonly connection: SteppedConnection
  readonly #database: Db
  readonly #things: Collection<Thing>
  #processes: Processes | undefined

  /** Starts it: from then on it does what it gets turns for. */
  constructor(server: SteppedServer, options: ModelProcessOptions = {}) {
    this.connection = server.connect(options)
    this.#database = this.connection.client.db()
    this.#things = this.#database.collection('things')
    this.connection.wait()
    void this.#run(options).catch((error: unknown) => {
      this.failures.push(error)
      this.kill()
    })
  }

  /** It counts itself as the one that has the duty. */
  get hasDuty(): boolean {
    return !this.isGone && this.#processes?.has(DUTY) === true
  }

  kill(): void {
    this.isGone = true
    this.connection.kill()
  }

  async #run({ joinsAfter, tellsAfter, leavesAfter }: ModelProcessOptions): Promise<void> {
    const { time } = this.connection
    if (joinsAfter !== undefined) await time.pause(joinsAfter)
    const processes = await this.#join()
    const told =
      tellsAfter === undefined ? undefined : time.pause(tellsAfter).then(() => this.#change(processes))
    if (leavesAfter === undefined) return
    await time.pause(leavesAfter)
    await told
    await processes.leave()
    this.kill()
  }

  async #join(): Promise<Processes> {
    const { processes } = await joinProcesses(this.#database, {
      guarantees: GUARANTEES,
      found: () => undefined,
      time: this.connection.time,
      lost: () => this.kill(),
      failed: (error) => void this.failures.push(error),
    })
    this.#processes = processes
    await this.#learn()
    processes.hear(THING, () => void this.#learn())
    await processes.share(DUTY, {
      start: () => {
        this.begun++
        this.hasPresumed ||= !processes.has(DUTY)
      },
      stop: () => void this.ended++,
    })
    return processes
  }

  /** Reads how often the thing was changed, until that succeeds. */
  async #learn(): Promise<void> {
    for (let isRead = false; !isRead; ) {
      const thing = await this.#things.findOne({ _id: THING }).catch((error: unknown) => {
        this.failures.push(error)
        return undefined
      })
      isRead = thing !== undefined
      this.known = Math.max(this.known, thing?.times ?? 0)
    }
  }

  async #change(processes: Processes): Promise<void> {
    await this.#things.updateOne({ _id: THING }, { $inc: { times: 1 } }, { upsert: true })
    this.changed++
    await processes.tell(THING)
  }
}
