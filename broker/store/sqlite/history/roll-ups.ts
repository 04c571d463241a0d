import { setTimeout } from 'node:timers/promises'
import type { Tenant } from '../../../core/model/tenant.ts'
import type { Micros } from '../../../core/model/time.ts'
import { dayOf } from '../../port/days.ts'

/** Numbers of days: those before `finished` are to be summed up, those before `packed` are to be packed. */
export interface RollUpDays {
  readonly finished: number
  readonly packed: number
}

/** Answers which days are due: a day is packed so many days after its end; 0: none is. */
export function rollUpDays(now: Micros, packDays: number): RollUpDays {
  const finished = dayOf(now)
  return { finished, packed: packDays > 0 ? finished - packDays : Number.NEGATIVE_INFINITY }
}

/** What bringing totals and chunks up to date, and finishing erasures, needs of the store. */
export interface RollUpSource {
  readonly clock: () => Micros
  readonly tenants: () => Iterable<Tenant>
  /** Tells whether something erased is left in a tenant, or days of it are to be summed up or packed. */
  readonly isDue: (tenant: Tenant, now: Micros) => Promise<boolean>
  /** Does some of that. */
  readonly step: (tenant: Tenant, now: Micros) => Promise<void>
  /** Told when nothing is left, or as much as is done in one turn. */
  readonly ended: (tenant: Tenant) => Promise<void>
}

const EVERY = 5000
const PAUSE = 75
/** So many steps are done for one tenant before it is the turn of others. */
const STEPS = 200

/** Brings totals and chunks up to date in turn: of tenants that were written to, and of all when a day is over. */
export class RollUps {
  readonly #source: RollUpSource
  readonly #timer: NodeJS.Timeout
  readonly #written = new Set<Tenant>()
  /** The day that all tenants were looked at. */
  #day = Number.NaN
  #running = false

  constructor(source: RollUpSource) {
    this.#source = source
    this.#timer = setInterval(this.#inTurn, EVERY)
    this.#timer.unref()
  }

  /** Takes notice of a write. */
  written(tenant: Tenant): void {
    this.#written.add(tenant)
  }

  /** Brings them up to date; `pause`: milliseconds that are left to writes between two steps. */
  async run(pause = 0): Promise<void> {
    const { clock, tenants, isDue, step, ended } = this.#source
    const most = pause > 0 ? STEPS : Number.POSITIVE_INFINITY
    const now = clock()
    if (dayOf(now) !== this.#day) for (const tenant of tenants()) this.#written.add(tenant)
    this.#day = dayOf(now)
    for (const tenant of [...this.#written]) {
      this.#written.delete(tenant)
      for (let steps = 0; steps < most && (await isDue(tenant, now)); steps++) {
        await step(tenant, now)
        if (pause > 0) await setTimeout(pause, undefined, { ref: false })
        if (steps + 1 === most) this.#written.add(tenant)
      }
      await ended(tenant)
    }
  }

  /** Ends what is done in turn. */
  close(): void {
    clearInterval(this.#timer)
  }

  readonly #inTurn = (): void => {
    if (this.#running) return
    this.#running = true
    void this.run(PAUSE)
      .catch(() => {}) // tried again after the next write
      .finally(() => {
        this.#running = false
      })
  }
}
