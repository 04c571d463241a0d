import { Worker } from 'node:worker_threads'
import { PassingMap } from '../../core/model/passing-map.ts'
import type { Attempt, Message, Sender } from './message.ts'
import type { SenderAnswer, SenderCall, SenderThreadData } from './sender-protocol.ts'

/** Where the sender says what an operator should know; a pino logger fits. */
export interface SenderLog {
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

export interface ThreadSenderOptions extends SenderThreadData {
  readonly log: SenderLog
}

/** A thread that does not end by itself is ended after this time, milliseconds. */
const END_MS = 2000

interface Pending {
  readonly since: number
  resolve(attempt: Attempt): void
}

/** Sends in a thread of its own, so that TLS and slow receivers cost no request anything; it starts with the first message. */
export function createThreadSender(options: ThreadSenderOptions): ThreadSender {
  return new ThreadSender(options)
}

class ThreadSender implements Sender {
  readonly #data: SenderThreadData
  readonly #log: SenderLog
  readonly #pending = new PassingMap<number, Pending>()
  #worker: Worker | undefined
  readonly #prepared = new Set<Message['kind']>()
  /** Calls of this turn of the event loop, which go to the thread together. */
  #turn: SenderCall[] = []
  #calls = 0
  #closed = false

  constructor({ log, ...data }: ThreadSenderOptions) {
    this.#data = data
    this.#log = log
  }

  send(message: Message): Promise<Attempt> {
    if (this.#closed) {
      return Promise.resolve({ delivered: false, reason: 'Hub stops', milliseconds: 0 })
    }
    return new Promise((resolve) => {
      const call = ++this.#calls
      this.#worker ??= this.#start()
      if (this.#pending.size === 0) this.#worker.ref()
      this.#pending.set(call, { resolve, since: performance.now() })
      this.#call({ call, message })
    })
  }

  prepare(kind: Message['kind']): void {
    if (this.#closed || this.#prepared.has(kind)) return
    this.#prepared.add(kind)
    if (!this.#worker) {
      this.#worker = this.#start()
      this.#worker.unref()
    }
    this.#call(kind)
  }

  #call(call: SenderCall): void {
    // a later turn of the event loop would have other requests in it
    if (this.#turn.length === 0) process.nextTick(this.#flush)
    this.#turn.push(call)
  }

  async close(): Promise<void> {
    this.#closed = true
    const worker = this.#worker
    if (!worker) return
    this.#turn.push('close')
    this.#flush()
    const timer = setTimeout(() => void worker.terminate(), END_MS)
    worker.ref() // its end is waited for, also where nothing else keeps the process
    await new Promise((resolve) => worker.once('exit', resolve))
    clearTimeout(timer)
  }

  /** Ends the thread as a fault inside it would: with a message that it cannot read. */
  crash(): void {
    this.#worker?.postMessage(null)
  }

  #start(): Worker {
    const file = new URL('./sender-worker.js', import.meta.url)
    const worker = new Worker(file, { workerData: this.#data, name: 'notification-sender' })
    worker.on('message', (answers: readonly SenderAnswer[]) => {
      for (const { call, attempt } of answers) this.#settle(call, attempt)
      if (this.#pending.size === 0) worker.unref()
    })
    worker.on('error', (error) => this.#log.error({ err: error }, 'Sender thread fails'))
    worker.on('exit', () => this.#died())
    return worker
  }

  readonly #flush = (): void => {
    const calls = this.#turn
    this.#turn = []
    if (calls.length > 0) this.#worker?.postMessage(calls)
  }

  #settle(call: number, attempt: Attempt): void {
    this.#pending.get(call)?.resolve(attempt)
    this.#pending.delete(call)
  }

  /** What was under way has failed; the next message starts another thread. */
  #died(): void {
    this.#worker = undefined
    this.#turn = []
    if (!this.#closed)
      this.#log.warn({}, 'Sender thread ended, and is started again with the next notification')
    const reason = this.#closed ? 'Hub stops' : 'Hub lost the thread that sends'
    for (const [call, { since }] of this.#pending.entries()) {
      this.#settle(call, { delivered: false, reason, milliseconds: Math.round(performance.now() - since) })
    }
  }
}
