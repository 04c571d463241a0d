import type { Tenant } from '../../core/model/tenant.ts'
import type { NotedChange } from '../port/known-state.ts'

/** What another process committed. */
export interface OthersChange extends NotedChange {
  readonly tenant: Tenant
  /** That the commit gave it. */
  readonly version: number
}

/**
 * What a store is told of other processes that commit to its database. Before it is told anything it takes it that there
 * are some which it knows nothing of, and remembers nothing.
 */
export interface OtherProcesses {
  /** There are none: whatever is committed from now on, this process commits. */
  none(): void
  /** There may be some of which not all is told. Has to be called before one that was not there commits anything. */
  unknown(): void
  /** One of them committed this. Told in any order, more than once too, and of commits of this process as well. */
  committed(change: OthersChange): void
  /** Whatever they committed of entities of a tenant before this time of `performance.now` has been told. */
  toldUntil(tenant: Tenant, time: number): void
  /** Not all is told of a tenant that they committed: until the next `toldUntil` nothing of it is known. */
  lost(tenant: Tenant): void
}
