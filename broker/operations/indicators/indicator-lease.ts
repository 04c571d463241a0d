import { randomUUID } from 'node:crypto'
import type { Micros } from '../../core/model/time.ts'
import type { IndicatorDependencies } from './indicator.ts'
import { ORIGIN } from './write-derived.ts'

const LEASE: Micros = 15_000_000
/** It is taken anew while so much of it is left. */
const RENEWED: Micros = 10_000_000

/**
 * Sees to it that of several processes on one store one works an indicator out: the others wait until it says so no more,
 * or has not for a while. Two at once, which clocks that differ can lead to, do the same twice and no harm.
 */
export class IndicatorLease {
  readonly #dependencies: Pick<IndicatorDependencies, 'store' | 'tenant' | 'clock'>
  readonly #id: string
  readonly #holder = randomUUID()
  #until: Micros = 0

  constructor(dependencies: Pick<IndicatorDependencies, 'store' | 'tenant' | 'clock'>, name: string) {
    this.#dependencies = dependencies
    this.#id = `${name}:lease`
  }

  /** Tells whether this process holds it, and whether it does so only now. */
  async hold(): Promise<'held' | 'taken' | 'another'> {
    const { store, tenant, clock } = this.#dependencies
    const now = clock()
    if (this.#until - now > RENEWED) return 'held'
    const kept = await store.document(tenant, 'indicator', this.#id)
    const { holder, until } = kept?.document ?? {}
    if (holder !== this.#holder && typeof until === 'number' && until > now) return 'another'
    const isKept = await this.#keep(kept?.version ?? 0, now + LEASE)
    if (!isKept) return 'another'
    this.#until = now + LEASE
    return holder === this.#holder ? 'held' : 'taken'
  }

  /** Lets another process have it at once. */
  async release(): Promise<void> {
    const { store, tenant, clock } = this.#dependencies
    if (this.#until <= clock()) return
    const kept = await store.document(tenant, 'indicator', this.#id)
    if (kept?.document.holder === this.#holder) await this.#keep(kept.version, 0)
    this.#until = 0
  }

  async #keep(expectedVersion: number, until: Micros): Promise<boolean> {
    const { store, tenant, clock } = this.#dependencies
    const [result] = await store.commit(tenant, [
      {
        collection: 'indicator',
        id: this.#id,
        expectedVersion,
        next: { holder: this.#holder, until },
        at: clock(),
        origin: ORIGIN,
        logged: false,
      },
    ])
    return result?.outcome === 'kept'
  }
}
