import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import { ordersOf } from './kept-orders.ts'

/** What other hubs have not done yet. */
export interface OpenOrderCounts {
  readonly open: readonly { readonly hub: string; readonly state: string; readonly count: number }[]
  /** Since when the oldest is open; absent: there is none. */
  readonly oldest?: Micros
}

/** Another process may have changed them: so long what was counted counts. */
const COUNTED: Micros = 60_000_000

/** Counts of open orders, kept for whoever looks: they are walked over again after one of them changed, and after a minute. */
export class OpenOrders {
  readonly #store: Pick<Store, 'tenants' | 'documents'>
  readonly #clock: () => Micros
  #known: { readonly at: Micros; readonly counts: Promise<OpenOrderCounts> } | undefined

  constructor(store: Pick<Store, 'tenants' | 'documents'>, clock: () => Micros) {
    this.#store = store
    this.#clock = clock
  }

  /** To be told of each order that is kept or dropped. */
  changed(): void {
    this.#known = undefined
  }

  /** Counts what is open by hub, and says since when the oldest is. */
  counts(): Promise<OpenOrderCounts> {
    const now = this.#clock()
    if (this.#known && now - this.#known.at <= COUNTED) return this.#known.counts
    const known = { at: now, counts: this.#count() }
    this.#known = known
    known.counts.catch(() => {
      if (this.#known === known) this.#known = undefined
    })
    return known.counts
  }

  async #count(): Promise<OpenOrderCounts> {
    const counts = new Map<string, OpenOrderCounts['open'][number]>()
    let oldest: Micros | undefined
    for (const tenant of await this.#store.tenants())
      for await (const { order } of ordersOf(this.#store, tenant))
        for (const { hub, state } of order.hubs) {
          if (state === 'answered') continue
          const key = JSON.stringify([hub, state])
          counts.set(key, { hub, state, count: (counts.get(key)?.count ?? 0) + 1 })
          oldest = Math.min(oldest ?? order.at, order.at)
        }
    return { open: [...counts.values()], ...(oldest !== undefined && { oldest }) }
  }
}
