import type { LogRecord } from '../../core/model/change.ts'
import type { Follower } from '../../subscriptions/follow/follower.ts'
import type { Terms } from '../../subscriptions/index/terms.ts'
import type { ToldRecord } from './telling.ts'

/** A change that waits to be taken. */
export interface QueuedChange {
  readonly characters: number
  readonly record: Pick<LogRecord, 'sequence' | 'at'>
  readonly told: NonNullable<ToldRecord>
}

const MOST = 100
const MOST_CHARACTERS = 262_144

/**
 * A follower for somebody who takes changes one by one, at its own pace: it holds few, and while it is full the log
 * keeps the others.
 */
export class ChangeQueue implements Follower {
  readonly terms: readonly Terms[]
  readonly #tell: (record: LogRecord) => ToldRecord
  readonly #waiting: QueuedChange[] = []
  #characters = 0
  #arrived: () => void = () => undefined

  constructor(terms: readonly Terms[], tell: (record: LogRecord) => ToldRecord) {
    this.terms = terms
    this.#tell = tell
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  hasRoom(): boolean {
    return this.#waiting.length < MOST && this.#characters < MOST_CHARACTERS
  }

  offer(record: LogRecord): boolean {
    if (!this.hasRoom()) return false
    const told = this.#tell(record)
    if (told === undefined) return true
    const { sequence, at } = record
    const characters = typeof told === 'function' ? sizeOf(record) : told.text.length
    this.#waiting.push({ record: { sequence, at }, told, characters })
    this.#characters += characters
    this.#arrived()
    return true
  }

  take(): QueuedChange | undefined {
    const next = this.#waiting.shift()
    if (next) this.#characters -= next.characters
    return next
  }

  /** Resolves when there is something to take, or so much later. */
  arrival(milliseconds: number, over: AbortSignal): Promise<void> {
    if (this.#waiting.length > 0 || over.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        over.removeEventListener('abort', done)
        this.#arrived = () => undefined
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      over.addEventListener('abort', done)
      this.#arrived = done
    })
  }
}

/** What is not written yet holds the thing before and after. */
function sizeOf({ before, after }: LogRecord): number {
  return JSON.stringify([before, after]).length
}
