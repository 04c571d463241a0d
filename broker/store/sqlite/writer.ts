import { Worker } from 'node:worker_threads'
import type { Iri } from '../../core/model/iri.ts'
import { PassingMap } from '../../core/model/passing-map.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { UnitResult } from '../port/store.ts'
import type { StoreLog } from '../port/store-log.ts'
import type { ErasedRows } from './history/erasures.ts'
import type { RetentionStep } from './history/retention-writer.ts'
import type { RollUpDays } from './history/roll-ups.ts'
import { packUnit } from './packed-unit.ts'
import type { TextRewrite } from './text-rewriter.ts'
import { bytesOf, type UnitWrite } from './unit-write.ts'
import type { WriterAnswer, WriterCall, WriterOptions, WriterProblem } from './writer-protocol.ts'

type Answered = Extract<WriterAnswer, { results: unknown }>

interface Pending {
  resolve(answer: Answered): void
  reject(problem: Error): void
  readonly bytes: number
}

// A call before it has its number.
type Unnumbered<Call> = Call extends WriterCall ? Omit<Call, 'call'> : never

const MAX_PAUSE = 5000
/** So many writes are settled in one turn of the event loop. */
const AT_ONCE = 4
const MAX_CALLS = 50_000
const MAX_BYTES = 256 * 1024 * 1024

/** The writer thread as the main thread sees it: started again when it dies. */
export class Writer {
  readonly #options: WriterOptions
  readonly #log: StoreLog
  readonly #pending = new PassingMap<number, Pending>()
  #worker: Worker | undefined
  /** Deaths since the thread last answered. */
  #deaths = 0
  /** Calls of this turn of the event loop, which go to the thread together. */
  #turn: WriterCall[] = []
  #calls = 0
  #bytes = 0
  #closed = false

  constructor(options: WriterOptions, log: StoreLog) {
    this.#options = options
    this.#log = log
    this.#start()
  }

  /** Answers when the units are on disk. @throws Problem */
  async commit(tenant: Tenant, writes: readonly UnitWrite[]): Promise<readonly UnitResult[]> {
    const bytes = writes.reduce((sum, write) => sum + bytesOf(write), 0)
    const { results } = await this.#call({ kind: 'commit', tenant, units: writes.map(packUnit) }, bytes)
    return results
  }

  /** Opens the file of a tenant and brings its schema up to date. @throws Problem */
  async open(tenant: Tenant): Promise<void> {
    await this.#call({ kind: 'open', tenant })
  }

  /** Creates the file of a tenant. @throws Problem */
  async create(tenant: Tenant): Promise<void> {
    await this.#call({ kind: 'create', tenant })
  }

  /** Deletes the file of a tenant. @throws Problem */
  async drop(tenant: Tenant): Promise<void> {
    await this.#call({ kind: 'drop', tenant })
  }

  /** Deletes documents that have expired. @throws Problem */
  async reap(tenant: Tenant, now: Micros): Promise<void> {
    await this.#call({ kind: 'reap', tenant, now })
  }

  /** Sums up and packs days of series; more may be left. @throws Problem */
  async rollUp(tenant: Tenant, days: RollUpDays): Promise<void> {
    await this.#call({ kind: 'rollUp', tenant, days })
  }

  /** Removes some of what history keeps no longer; answers where to go on. @throws Problem */
  async retain(tenant: Tenant, step: RetentionStep): Promise<number | undefined> {
    const { next } = await this.#call({ kind: 'retain', tenant, step })
    return next
  }

  /**
   * Goes on with what was erased: with rows of one erasure where a key is given, or with whatever is left. Answers of which
   * erasure how many instances are gone; undefined: of none. @throws Problem
   */
  async erase(tenant: Tenant, key?: number): Promise<ErasedRows | undefined> {
    const [result] = (await this.#call({ kind: 'erase', tenant, ...(key !== undefined && { key }) })).results
    return result?.outcome === 'kept' ? { key: result.version, erased: result.erased ?? 0 } : undefined
  }

  /** Empties the write-ahead log where it may hold what was erased and nobody reads from it. @throws Problem */
  async tidy(tenant: Tenant): Promise<void> {
    await this.#call({ kind: 'tidy', tenant })
  }

  /** Writes texts anew where they stand. @throws Problem */
  async rewrite(tenant: Tenant, texts: readonly TextRewrite[]): Promise<void> {
    await this.#call({ kind: 'rewrite', tenant, texts })
  }

  /** Makes rows of some of what is packed of an attribute; tells whether there is more. @throws Problem */
  async unpack(tenant: Tenant, attribute: Iri): Promise<boolean> {
    return (await this.#call({ kind: 'unpack', tenant, attribute })).next !== undefined
  }

  /** Finishes what is under way and ends the thread. */
  async close(): Promise<void> {
    if (this.#closed) return
    const ended = this.#ended()
    const finished = this.#worker ? this.#call({ kind: 'close' }) : undefined
    this.#closed = true
    // the thread ends by itself: to end it from outside inside a native call would abort the process
    await finished
    this.#worker?.ref() // its end is waited for, also where nothing else keeps the process
    await ended
  }

  /** Ends the thread between two groups, as a fault inside it would: with a message that it cannot read. */
  async crash(): Promise<void> {
    const ended = this.#ended()
    this.#send()
    this.#worker?.postMessage(null)
    await ended
  }

  #ended(): Promise<unknown> | undefined {
    const worker = this.#worker
    // behind what becomes of its death
    return worker && new Promise((resolve) => worker.once('exit', () => setImmediate(resolve)))
  }

  #start(): void {
    const file = new URL('./writer-worker.js', import.meta.url)
    const worker = new Worker(file, { workerData: this.#options, name: 'store-writer' })
    worker.on('message', (answers: readonly WriterAnswer[]) => {
      this.#deaths = 0
      // a few in each turn, in order: the first are answered, and told of, before the last are begun with
      for (let at = 0; at < answers.length; at += AT_ONCE) {
        setImmediate(() => answers.slice(at, at + AT_ONCE).forEach(this.#settle))
      }
    })
    worker.on('error', (error) => this.#log.error({ err: error }, 'Writer thread fails'))
    // behind what it had answered
    worker.on('exit', () => setImmediate(() => this.#died()))
    worker.unref()
    this.#worker = worker
  }

  #call(call: Unnumbered<WriterCall>, bytes = 0): Promise<Answered> {
    if (this.#closed) return refused('Store is closed')
    const worker = this.#worker
    if (!worker) return refused('Store has no writer thread at the moment')
    if (this.#pending.size >= MAX_CALLS || this.#bytes + bytes > MAX_BYTES) {
      return refused('Store has too many writes waiting for the disk')
    }
    return new Promise((resolve, reject) => {
      const number = ++this.#calls
      if (this.#pending.size === 0) worker.ref()
      this.#pending.set(number, { resolve, reject, bytes })
      this.#bytes += bytes
      if (this.#turn.length === 0) setImmediate(this.#send)
      this.#turn.push({ call: number, ...call })
    })
  }

  readonly #send = (): void => {
    const calls = this.#turn
    this.#turn = []
    if (calls.length > 0) this.#worker?.postMessage(calls)
  }

  readonly #settle = (answer: WriterAnswer): void => {
    const pending = this.#pending.get(answer.call)
    if (!pending) return
    this.#pending.delete(answer.call)
    this.#bytes -= pending.bytes
    if (this.#pending.size === 0) this.#worker?.unref()
    if ('results' in answer) pending.resolve(answer)
    else pending.reject(asProblem(answer.problem))
  }

  #died(): void {
    const text = 'Store lost its writer thread: whether this write was kept is unknown'
    for (const { reject } of this.#pending.values()) reject(new Problem('ServiceUnavailable', text))
    this.#pending.clear()
    this.#turn = []
    this.#bytes = 0
    this.#worker = undefined
    if (this.#closed) return
    this.#log.warn({}, 'Writer thread ended and is started again')
    if (this.#deaths++ === 0) this.#start()
    else setTimeout(() => this.#closed || this.#start(), Math.min(MAX_PAUSE, 2 ** this.#deaths * 50)).unref()
  }
}

function refused(text: string): Promise<never> {
  return Promise.reject(new Problem('ServiceUnavailable', text, { headers: { 'Retry-After': '1' } }))
}

/** What cannot be written now may be in a while. */
function asProblem({ code, text, reason }: WriterProblem): Problem {
  return new Problem(code, text, {
    ...(reason !== undefined && { cause: new Error(reason) }),
    ...(code === 'ServiceUnavailable' && { headers: { 'Retry-After': '10' } }),
  })
}
