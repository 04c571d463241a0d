import { setTimeout } from 'node:timers/promises'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { dayOf } from './totals-writer.ts'

/** What bringing totals up to date needs of the store. */
export interface RollUpSource {
  readonly clock: () => Micros
  readonly tenants: () => Iterable<Tenant>
  /** Tells whether finished days of a tenant have totals that are not up to date. */
  readonly isDirty: (tenant: Tenant, now: Micros) => Promise<boolean>
  /** Brings some of them up to date. */
  readonly step: (tenant: Tenant, now: Micros) => Promise<void>
}

const EVERY = 5000
const PAUSE = 75

/** Brings totals up to date in turn: of tenants that were written to, and of all when a day is over. */
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

  /** Brings totals up to date; `pause`: milliseconds that are left to writes between two steps. */
  async run(pause = 0): Promise<void> {
    const { clock, tenants, isDirty, step } = this.#source
    const now = clock()
    if (dayOf(now) !== this.#day) for (const tenant of tenants()) this.#written.add(tenant)
    this.#day = dayOf(now)
    for (const tenant of [...this.#written]) {
      this.#written.delete(tenant)
      while (await isDirty(tenant, now)) {
        await step(tenant, now)
        if (pause > 0) await setTimeout(pause, undefined, { ref: false })
      }
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
