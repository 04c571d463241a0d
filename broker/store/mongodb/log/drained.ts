import type { Tenant } from '../../../core/model/tenant.ts'
import type { KnownCommits } from '../known/known-commits.ts'

/** Knows of which tenants nothing waits to be drained, where no other process commits. */
export class Drained {
  readonly #known: Pick<KnownCommits, 'alone'>
  /** How often something was written of a tenant, and how often it had been when it was drained last. */
  readonly #written = new Map<Tenant, number>()
  readonly #drained = new Map<Tenant, number>()

  constructor(known: Pick<KnownCommits, 'alone'>) {
    this.#known = known
  }

  /** Nothing of a tenant waits to be drained. */
  isSo(tenant: Tenant): boolean {
    return this.#drained.get(tenant) === this.#timesWritten(tenant)
  }

  /** Takes notice that something may wait: when it may be there already, and when it is sure to be. */
  written(tenant: Tenant): void {
    this.#written.set(tenant, this.#timesWritten(tenant) + 1)
  }

  /** Drains a tenant: what was written before is not waiting after that. */
  async by(tenant: Tenant, drain: () => Promise<unknown>): Promise<void> {
    const before = this.#known.alone ? this.#timesWritten(tenant) : undefined
    await drain()
    if (before !== undefined) this.#drained.set(tenant, before)
  }

  #timesWritten(tenant: Tenant): number {
    return this.#written.get(tenant) ?? 0
  }
}
