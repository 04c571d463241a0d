import { setTimeout } from 'node:timers/promises'
import type { Tenant } from '../../core/model/tenant.ts'
import { DAY, type Micros } from '../../core/model/time.ts'
import type { RetentionRule } from '../../core/temporal/retention.ts'
import { oneAfterAnother } from './one-after-another.ts'

/** What a step is told. */
export interface RetentionTurn<Place> {
  readonly rules: readonly RetentionRule[]
  readonly now: Micros
  /** Where the step before ended; absent: this is the first. */
  readonly after?: Place
}

/** What removing what is kept no longer needs of a store. */
export interface RetentionSource<Place> {
  readonly clock: () => Micros
  /** Rules as they are known by now. */
  readonly rules: () => readonly RetentionRule[]
  readonly tenants: () => Promise<Iterable<Tenant>> | Iterable<Tenant>
  /** Looks at a part of a tenant's history; answers where to go on; undefined: that was the last. */
  readonly step: (tenant: Tenant, turn: RetentionTurn<Place>) => Promise<Place | undefined>
  /** Told of what went wrong in a run that nobody waits for; it is tried again. */
  readonly failed?: (error: unknown) => void
}

const LOOK_EVERY = 60_000
const PAUSE = 75

/**
 * Removes from history what rules keep no longer, once a day and at each start: step by step, with pauses for others. What
 * was under way when the process ended is found again by the next run.
 */
export class RetentionRuns<Place> {
  readonly #source: RetentionSource<Place>
  #timer: NodeJS.Timeout | undefined
  /** The day of the last run. */
  #day = Number.NaN
  #running: Promise<void> | undefined
  readonly #end = new AbortController()

  constructor(source: RetentionSource<Place>) {
    this.#source = source
  }

  /** Looks now and from now on whether a day has begun. */
  start(): void {
    this.#look()
    this.#timer = setInterval(this.#look, LOOK_EVERY).unref()
  }

  /**
   * Looks at all of history once, also where it fails for one of the tenants; `pause`: milliseconds that are left to others
   * between two steps. @throws the faults
   */
  async run(pause = 0): Promise<void> {
    const { clock, rules, tenants } = this.#source
    const turn = { rules: rules(), now: clock() }
    if (turn.rules.length === 0) return
    await oneAfterAnother(await tenants(), async (tenant) => {
      if (!this.#end.signal.aborted) await this.#shorten(tenant, turn, pause)
    })
  }

  async #shorten(tenant: Tenant, turn: RetentionTurn<Place>, pause: number): Promise<void> {
    const { step } = this.#source
    const { signal } = this.#end
    let after = await step(tenant, turn)
    while (after !== undefined && !signal.aborted) {
      if (pause > 0) await setTimeout(pause, undefined, { ref: false, signal })
      after = await step(tenant, { ...turn, after })
    }
  }

  /** Begins nothing more; resolves when no step is under way. */
  async close(): Promise<void> {
    this.#end.abort()
    clearInterval(this.#timer)
    await this.#running
  }

  readonly #look = (): void => {
    const day = Math.floor(this.#source.clock() / DAY)
    if (this.#running || day === this.#day || this.#source.rules().length === 0) return
    this.#running = this.run(PAUSE)
      .then(() => {
        this.#day = day
      })
      .catch((error: unknown) => this.#source.failed?.(error)) // tried again after a while
      .finally(() => {
        this.#running = undefined
      })
  }
}
