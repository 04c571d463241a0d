import type { Caller } from '../core/model/caller.ts'
import type { Origin } from '../core/model/change.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Store } from '../store/port/store.ts'

/** What every operation is told: who asks, for which tenant, and as whom the log remembers it. */
export interface Command {
  readonly caller: Caller
  readonly tenant: Tenant
  readonly origin: Origin
}

/** What every write works with. */
export interface WriteDependencies {
  readonly store: Store
  readonly clock: () => Micros
  /** Largest canonical text of an entity after a write, bytes. */
  readonly maxEntityBytes: number
}
