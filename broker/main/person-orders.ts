import type { Logger } from 'pino'
import { Gauge, type Registry } from 'prom-client'
import type { OpenOrders } from '../operations/privacy/open-orders.ts'
import { carryOnOrders, type OrderDependencies } from '../operations/privacy/person-orders.ts'

/** Asks other hubs again beside requests. */
export interface OrderRuns {
  start(): void
  /** What is cut off goes on some minutes after the next start. */
  stop(): void
}

const LOOK_MS = 15_000

/** Carries on what other hubs were ordered to do and have not done, one round after the other. */
export function orderRuns(dependencies: OrderDependencies, log: Pick<Logger, 'warn'>): OrderRuns {
  let timer: NodeJS.Timeout | undefined
  let underWay = false
  let stopped = false
  const run = (): void => {
    if (underWay) return
    underWay = true
    carryOnOrders(dependencies)
      .catch((err: unknown) => {
        if (!stopped) log.warn({ err }, 'orders for other hubs are not carried on')
      })
      .finally(() => {
        underWay = false
      })
  }
  return {
    start: () => {
      timer = setInterval(run, LOOK_MS).unref()
      run()
    },
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}

/** Shows which hubs have not done yet what was ordered for persons, and since when. */
export function orderMetrics(
  registry: Registry,
  { openOrders, clock }: Pick<OrderDependencies, 'clock'> & { readonly openOrders: OpenOrders },
): void {
  const registers = [registry]
  new Gauge({
    name: 'hub_privacy_open_orders',
    help: 'Erasures and restrictions of persons that another hub has not confirmed yet',
    labelNames: ['hub', 'state'],
    registers,
    async collect() {
      this.reset()
      const { open, oldest } = await openOrders.counts()
      for (const { hub, state, count } of open) this.set({ hub, state }, count)
      age.set(oldest === undefined ? 0 : (clock() - oldest) / 1_000_000)
    },
  })
  const age = new Gauge({
    name: 'hub_privacy_oldest_order_seconds',
    help: 'How long the oldest of them has been open; 0: there is none',
    registers,
  })
}
