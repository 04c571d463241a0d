import { setTimeout } from 'node:timers/promises'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { RetentionRule } from '../../core/temporal/retention.ts'
import { RetentionRuns } from '../port/retention-runs.ts'
import type { UnitResult } from '../port/store.ts'
import type { StoreLog } from '../port/store-log.ts'
import { CountedErasures } from './history/erasure-state.ts'
import { type RollUpDays, RollUps, rollUpDays } from './history/roll-ups.ts'
import { StoreSizes } from './store-sizes.ts'
import type { TenantReader } from './tenant-reader.ts'
import type { Writer } from './writer.ts'

/** So often, and after so many milliseconds, the write-ahead log is tried to be emptied while others read from it. */
const TIDY_ATTEMPTS = 20
const TIDY_PAUSE = 50

/** What upkeep needs of the store that it belongs to. */
export interface UpkeepSource {
  readonly directory: string
  readonly clock: () => Micros
  readonly packDays: number
  readonly retention: () => readonly RetentionRule[]
  readonly log: StoreLog
  readonly writer: Writer
  /** All tenants, hidden ones too. */
  readonly tenants: () => Iterable<Tenant>
  /** Those that history is shortened of. */
  readonly listed: () => Promise<readonly Tenant[]>
  /** Reads from a tenant; `absent` is what is read of one that does not exist. */
  readonly read: <T>(tenant: Tenant, absent: T, read: (reader: TenantReader) => T) => Promise<T>
  /** Told that histories of a tenant are others now; `logged`: the log has grown by that. */
  readonly historiesChanged: (tenant: Tenant, logged: boolean) => void
}

/**
 * What is done for a store besides answering and writing: totals and chunks of days that are over, what was erased out of
 * the log and the files, what history keeps no longer, and how much disk it all takes.
 */
export class Upkeep {
  readonly #source: UpkeepSource
  readonly #rollUps: RollUps
  readonly #erasures = new CountedErasures()
  readonly #retention: RetentionRuns<number>
  readonly #sizes: StoreSizes

  constructor(source: UpkeepSource) {
    const { directory, clock, packDays, retention, log, writer, tenants, listed } = source
    this.#source = source
    const days = (now: Micros) => rollUpDays(now, packDays)
    this.#rollUps = new RollUps({
      clock,
      tenants,
      isDue: (tenant, now) =>
        source.read(tenant, false, (reader) => reader.erasures.isLeft() || reader.isDue(days(now))),
      step: (tenant, now) => this.#step(tenant, days(now)),
      ended: (tenant) => this.#tidy(tenant),
    })
    this.#sizes = new StoreSizes({ directory, tenants, clock })
    this.#retention = new RetentionRuns({
      clock,
      rules: retention,
      tenants: listed,
      step: (tenant, turn) =>
        writer.retain(tenant, { after: 0, ...turn }).finally(() => source.historiesChanged(tenant, false)),
      failed: (err) => log.warn({ err }, 'History is not shortened, and will be tried again'),
    })
  }

  /** Begins with what is done by the clock. */
  start(): void {
    this.#retention.start()
    this.#sizes.start()
  }

  /** Takes notice of a write to a tenant. */
  written(tenant: Tenant): void {
    this.#rollUps.written(tenant)
  }

  /** Takes notice that a tenant is gone. */
  forget(tenant: Tenant): void {
    this.#sizes.forget(tenant)
  }

  /** Brings totals and chunks up to date, and finishes erasures. */
  rollUp(): Promise<void> {
    return this.#rollUps.run()
  }

  /** Removes from history what is kept no longer. */
  retain(): Promise<void> {
    return this.#retention.run()
  }

  /** Measures what tenants take on disk. */
  measure(): Promise<void> {
    return this.#sizes.measure()
  }

  /** Answers what a tenant took when it was measured. */
  size(tenant: Tenant) {
    return this.#sizes.of(tenant)
  }

  /** Answers once no rows are left of what these results of a commit erased. */
  async finishErasing(tenant: Tenant, results: readonly UnitResult[]): Promise<readonly UnitResult[]> {
    const { read, writer, historiesChanged } = this.#source
    const all = this.#erasures.finish(tenant, results, {
      hasRows: (key) => read(tenant, false, ({ erasures }) => erasures.hasRows(key)),
      erase: (key) => writer.erase(tenant, key),
    })
    return all.finally(() => historiesChanged(tenant, true))
  }

  /** Finishes now what was erased of a tenant; false: some of it is left until nobody reads from it. */
  async finishErasures(tenant: Tenant): Promise<boolean> {
    const { clock, packDays, read } = this.#source
    const isLeft = () => read(tenant, false, ({ erasures }) => erasures.isLeft())
    while (await isLeft()) await this.#step(tenant, rollUpDays(clock(), packDays))
    for (let attempt = 0; attempt < TIDY_ATTEMPTS; attempt++) {
      await this.#tidy(tenant)
      if (!(await read(tenant, false, ({ erasures }) => erasures.hasRemains()))) break
      await setTimeout(TIDY_PAUSE)
    }
    return read(tenant, true, ({ erasures }) => !erasures.hasRemains())
  }

  /** Ends all of it, once what is under way is done. */
  async close(): Promise<void> {
    this.#rollUps.close()
    await this.#retention.close()
    await this.#sizes.close()
  }

  /** Takes some of what was erased out of the log, or brings some totals and chunks up to date. */
  async #step(tenant: Tenant, days: RollUpDays): Promise<void> {
    const { read, writer, historiesChanged } = this.#source
    if (!(await read(tenant, false, ({ erasures }) => erasures.isLeft()))) {
      await writer.rollUp(tenant, days)
      return
    }
    const erase = () => writer.erase(tenant)
    if (await this.#erasures.step(tenant, { erase })) historiesChanged(tenant, true)
    await read(tenant, undefined, (reader) => reader.places.forget())
  }

  /** Empties the write-ahead log of what was erased; where somebody reads from it, in the next turn. */
  async #tidy(tenant: Tenant): Promise<void> {
    const { read, writer } = this.#source
    const hasRemains = () => read(tenant, false, ({ erasures }) => erasures.hasRemains())
    if (!(await hasRemains())) return
    await writer.tidy(tenant)
    if (await hasRemains()) this.#rollUps.written(tenant)
  }
}
