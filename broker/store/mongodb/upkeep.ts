import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { RetentionRule } from '../../core/temporal/retention.ts'
import { oneAfterAnother } from '../port/one-after-another.ts'
import type { Duty } from '../port/processes.ts'
import { type Recurring, recurring } from '../port/recurring.ts'
import { RetentionRuns, type RetentionTurn } from '../port/retention-runs.ts'
import type { StoreLog } from '../port/store-log.ts'

/** What upkeep needs of the store that it belongs to. */
export interface UpkeepSource {
  readonly clock: () => Micros
  readonly rules: () => readonly RetentionRule[]
  readonly log: StoreLog
  /** Tenants that history is shortened of. */
  readonly tenants: () => Promise<readonly Tenant[]>
  readonly hiddenTenants: () => Promise<readonly Tenant[]>
  /** Takes away what has expired of a tenant. */
  readonly reap: (tenant: Tenant) => Promise<void>
  /** Removes a part of what history keeps no longer; answers where to go on. */
  readonly retain: (tenant: Tenant, turn: RetentionTurn<string>) => Promise<string | undefined>
  /** Sums up some days of a tenant that are over; tells whether there may be more. */
  readonly sumUp: (tenant: Tenant) => Promise<boolean>
}

const EACH_MILLISECONDS = 60_000
/** So often a part of the days of one tenant is summed up before it is the turn of others. */
const STEPS = 1000

/** What is done by the clock to what a database keeps, by one of the processes on it: what has expired goes, what history keeps no longer, and days that are over are summed up. */
export class Upkeep implements Duty {
  readonly #source: UpkeepSource
  readonly #retention: RetentionRuns<string>
  readonly #reaping: Recurring
  readonly #summing: Recurring
  #stopped = false

  constructor(source: UpkeepSource) {
    const { clock, rules, tenants, retain, log } = source
    this.#source = source
    this.#retention = new RetentionRuns({
      ...{ clock, rules, tenants },
      step: retain,
      failed: (err) => log.warn({ err }, 'history is not shortened, and will be tried again'),
    })
    this.#reaping = recurring(
      () => this.reap(),
      EACH_MILLISECONDS,
      (err) => log.warn({ err }, 'what has expired is not taken away, and will be tried again'),
    )
    this.#summing = recurring(
      () => this.sumUp(),
      EACH_MILLISECONDS,
      (err) => log.warn({ err }, 'days of history are not summed up, and will be tried again'),
    )
  }

  start(): void {
    this.#retention.start()
    this.#reaping.start()
    this.#summing.start()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all([this.#retention.close(), this.#reaping.stop(), this.#summing.stop()])
  }

  /** Removes from history what is kept no longer. */
  retain(): Promise<void> {
    return this.#retention.run()
  }

  /** Takes away what has expired, of every tenant that it can be taken away of. @throws the faults of the others */
  async reap(): Promise<void> {
    const { tenants, hiddenTenants, reap } = this.#source
    const all = [...(await tenants()), ...(await hiddenTenants())]
    await oneAfterAnother(all, async (tenant) => {
      if (!this.#stopped) await reap(tenant)
    })
  }

  /** Sums up days that are over, of every tenant of which that can be done. @throws the faults of the others */
  async sumUp(): Promise<void> {
    const { tenants, sumUp } = this.#source
    await oneAfterAnother(await tenants(), async (tenant) => {
      for (let step = 0; step < STEPS && !this.#stopped; step++) if (!(await sumUp(tenant))) return
    })
  }
}
