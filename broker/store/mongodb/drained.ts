import type { Tenant } from '../../core/model/tenant.ts'
import type { KnownCommits } from './known-commits.ts'

/** When a tenant was drained: nothing waits while it is the same. */
interface Moment {
  readonly since: number | undefined
  readonly written: number
}

/** Knows of which tenants nothing waits to be drained, where no other process commits. */
export class Drained {
  readonly #known: Pick<KnownCommits, 'aloneSince'>
  readonly #written = new Map<Tenant, number>()
  readonly #drained = new Map<Tenant, Moment>()

  constructor(known: Pick<KnownCommits, 'aloneSince'>) {
    this.#known = known
  }

  /** Nothing of a tenant waits to be drained. */
  isSo(tenant: Tenant): boolean {
    const drained = this.#drained.get(tenant)
    const { since, written } = this.#now(tenant)
    return since !== undefined && drained?.since === since && drained.written === written
  }

  /** Takes notice that something may wait: when it may be there already, and when it is sure to be. */
  written(tenant: Tenant): void {
    this.#written.set(tenant, this.#now(tenant).written + 1)
  }

  /** Drains a tenant: what was written before is not waiting after that. */
  async by(tenant: Tenant, drain: () => Promise<unknown>): Promise<void> {
    const before = this.#now(tenant)
    await drain()
    this.#drained.set(tenant, before)
  }

  #now(tenant: Tenant): Moment {
    return { since: this.#known.aloneSince, written: this.#written.get(tenant) ?? 0 }
  }
}
