import { Worker } from 'node:worker_threads'
import { Problem } from '../../core/model/problem.ts'
import type { TemplateAnswer, TemplateCall } from './template-protocol.ts'

/** What a template made: a text that is sent as it is, or JSON. */
export type Filled = Extract<TemplateAnswer, { text: string }>

/** Fills the templates of subscriptions. */
export interface Templates {
  /**
   * Answers what a JSONata template makes of a notification; undefined: nothing, so that nothing is to be sent.
   * @throws Problem UnprocessableContent when it fails, which names the template and nothing of the notification
   */
  fill(call: TemplateCall): Promise<Filled | undefined>
  /** Fills nothing more; what waits is refused. */
  close(): Promise<void>
}

interface Waiting extends TemplateCall {
  resolve(filled: Filled | undefined): void
  reject(problem: Problem): void
}

/** No evaluation that keeps to its own limits takes so long, milliseconds; nor does the start of the thread before. */
const DEADLINE = 1000
const START_DEADLINE = 20_000
const RESOURCES = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

/**
 * Fills templates in a thread of their own, which has little memory and no environment, and which is ended when a
 * template keeps it for too long. Templates take turns: one that is slow delays the others by one evaluation.
 */
export class TemplateThread implements Templates {
  readonly #waiting = new Map<string, Waiting[]>()
  #worker: Worker | undefined
  #isReady = false
  #current: Waiting | undefined
  #deadline: NodeJS.Timeout | undefined

  fill(call: TemplateCall): Promise<Filled | undefined> {
    return new Promise((resolve, reject) => {
      const line = this.#waiting.get(call.template) ?? []
      line.push({ ...call, resolve, reject })
      this.#waiting.set(call.template, line)
      this.#next()
    })
  }

  async close(): Promise<void> {
    const left = [...this.#waiting.values()].flat()
    this.#waiting.clear()
    await this.#end()
    const closed = new Problem('ServiceUnavailable', 'Hub is stopping')
    for (const call of [this.#current, ...left]) call?.reject(closed)
  }

  #next(): void {
    const [first] = this.#waiting
    if (this.#current || !first) return
    const [template, line] = first
    const call = line.shift()
    this.#waiting.delete(template)
    if (line.length > 0) this.#waiting.set(template, line) // behind the others
    if (!call) return
    this.#current = call
    this.#worker ??= this.#start()
    this.#watch()
    this.#worker.postMessage({ template, notification: call.notification } satisfies TemplateCall)
  }

  #start(): Worker {
    const file = new URL('./template-worker.js', import.meta.url)
    const worker = new Worker(file, { name: 'templates', env: {}, resourceLimits: RESOURCES })
    worker.on('message', (answer: TemplateAnswer | 'ready') => {
      if (answer === 'ready') this.#begun()
      else this.#settle(answer)
    })
    worker.on('error', () => void this.#fail('needs too much memory'))
    worker.unref()
    return worker
  }

  #begun(): void {
    this.#isReady = true
    if (this.#current) this.#watch()
  }

  #watch(): void {
    clearTimeout(this.#deadline)
    const time = this.#isReady ? DEADLINE : START_DEADLINE
    this.#deadline = setTimeout(() => void this.#fail('takes too long'), time)
  }

  #settle(answer: TemplateAnswer): void {
    const call = this.#current
    this.#current = undefined
    clearTimeout(this.#deadline)
    if ('failure' in answer) call?.reject(templateProblem(answer.failure))
    else call?.resolve('nothing' in answer ? undefined : answer)
    this.#next()
  }

  /** The thread is of no use any more: the next template gets a new one. */
  async #fail(why: string): Promise<void> {
    await this.#end()
    this.#settle({ failure: why })
  }

  async #end(): Promise<void> {
    clearTimeout(this.#deadline)
    const worker = this.#worker
    this.#worker = undefined
    this.#isReady = false
    worker?.removeAllListeners()
    await worker?.terminate()
  }
}

function templateProblem(failure: string): Problem {
  return new Problem('UnprocessableContent', `Template of the subscription ${failure}`)
}
