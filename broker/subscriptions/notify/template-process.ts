import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TemplateAnswer, TemplateCall } from './template-protocol.ts'

/** The process ended instead of answering; `blame`: on account of the template. */
export interface Ending {
  readonly ending: string
  readonly blame: boolean
}

/** No evaluation that keeps to its own limits takes so long, milliseconds; nor does the start of the process before. */
const DEADLINE = 2000
const START_DEADLINE = 20_000
const LIMITS = [
  '--max-old-space-size=64',
  '--max-semi-space-size=8',
  '--disallow-code-generation-from-strings',
]

/**
 * Fills templates in a process of its own, one after the other. V8 ends a whole process that asks for too much memory at
 * once, whatever limits a thread has. It has no environment and is killed when a template keeps it for too long; the next
 * call starts another one.
 */
export class TemplateProcess {
  #child: ChildProcess | undefined
  #isReady = false
  #answer: ((answer: TemplateAnswer | Ending) => void) | undefined
  #deadline: NodeJS.Timeout | undefined
  #isLate = false

  /** Answers what became of a call; only one is under way at a time. */
  fill(call: TemplateCall): Promise<TemplateAnswer | Ending> {
    return new Promise((resolve) => {
      this.#answer = resolve
      try {
        this.#child ??= this.#start()
      } catch {
        return this.#ended()
      }
      this.#watch()
      this.#child.send(call, () => {}) // one that ended meanwhile tells so itself
    })
  }

  /** Ends it, and what is under way with it. */
  close(): void {
    this.#child?.kill('SIGKILL')
  }

  #start(): ChildProcess {
    const file = fileURLToPath(new URL('./template-worker.js', import.meta.url))
    const child = fork(file, { execArgv: LIMITS, env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    child.on('message', (answer: TemplateAnswer | 'ready') => {
      if (answer === 'ready') this.#begun()
      else this.#settle(answer)
    })
    const ended = () => this.#child === child && this.#ended()
    child.once('exit', ended)
    // it could not be started; or not be reached, and then it ends
    child.on('error', () => child.pid === undefined && ended())
    child.unref()
    child.channel?.unref()
    return child
  }

  #begun(): void {
    this.#isReady = true
    if (this.#answer) this.#watch()
  }

  #watch(): void {
    clearTimeout(this.#deadline)
    const time = this.#isReady ? DEADLINE : START_DEADLINE
    // where the hub itself was late the answer may be there already, and is read first
    this.#deadline = setTimeout(() => setImmediate(() => this.#late()), time)
  }

  #late(): void {
    if (!this.#answer) return
    this.#isLate = true
    this.#child?.kill('SIGKILL')
  }

  #ended(): void {
    const ending = this.#isLate ? 'takes too long' : 'needs too much memory'
    const blame = this.#isReady
    this.#child = undefined
    this.#isReady = false
    this.#isLate = false
    this.#settle({ ending: blame ? ending : 'cannot be filled: its process does not start', blame })
  }

  #settle(answer: TemplateAnswer | Ending): void {
    clearTimeout(this.#deadline)
    const tell = this.#answer
    this.#answer = undefined
    tell?.(answer)
  }
}
