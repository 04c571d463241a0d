import type { OwnTime } from '../../broker/store/mongodb/processes/own-time.ts'

interface Sleeper {
  readonly process: number
  readonly until: number
  readonly wake: () => void
}

/** Time of the model, the same for all processes: it stands still until it is told to pass. */
export class SteppedTime {
  #now = 0
  #sleepers: Sleeper[] = []
  /** It passes no further. */
  end = Number.POSITIVE_INFINITY

  get now(): number {
    return this.#now
  }

  /** When the next process has slept enough; undefined: that will not be, or not before the end. */
  get next(): number | undefined {
    const next = Math.min(...this.#sleepers.map(({ until }) => until))
    return next <= this.end && Number.isFinite(next) ? next : undefined
  }

  /** Passes until a process has slept enough. */
  pass(): void {
    this.#now = this.next ?? this.#now
    const due = this.#sleepers.filter(({ until }) => until <= this.#now)
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now)
    for (const { wake } of due) wake()
  }

  /** Answers the time of a process, which `wakes` when it has slept enough and gets its turn. */
  of(process: number, wakes: () => Promise<unknown>): OwnTime {
    return {
      now: () => this.#now,
      pause: (milliseconds, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve()
          const wakeUp = (): void => {
            this.#sleepers = this.#sleepers.filter((one) => one !== sleeper)
            resolve()
          }
          const wake = (): void => {
            signal?.removeEventListener('abort', wakeUp)
            void wakes().then(() => resolve())
          }
          const sleeper: Sleeper = { process, until: this.#now + milliseconds, wake }
          this.#sleepers.push(sleeper)
          signal?.addEventListener('abort', wakeUp)
        }),
    }
  }

  /** Has a process sleep for ever. */
  forget(process: number): void {
    this.#sleepers = this.#sleepers.filter((one) => one.process !== process)
  }

  /** Names what it is, and who sleeps until when. */
  state(): unknown {
    return [this.#now, this.#sleepers.map(({ process, until }) => [process, until])]
  }
}
