import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { AccessRecord } from '../access-record.ts'
import type { Page } from '../page.ts'

/** Counts what the hub does; labels are route patterns and codes, never ids, names or callers. */
export interface Metrics {
  readonly registry: Registry
  observe(record: AccessRecord): void
  /** Serves `/metrics` in the Prometheus text format. */
  readonly page: Page
}

interface Child {
  readonly requests: Counter.Internal
  readonly seconds: Histogram.Internal<'route'>
}

/** Makes the metrics of one hub. */
export function createMetrics(hub: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ hub })
  collectDefaultMetrics({ register: registry })
  const labelNames = ['route', 'status'] as const
  const requests = new Counter({
    name: 'hub_http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'hub_http_request_seconds',
    help: 'Time from the request line to the answer',
    labelNames: ['route'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const children = new Map<string, Child>()
  // to find the labels' child costs more than to count
  const childOf = (route: string, status: number): Child => {
    const key = `${status} ${route}`
    const known = children.get(key)
    if (known) return known
    const made = { requests: requests.labels(route, String(status)), seconds: seconds.labels(route) }
    children.set(key, made)
    return made
  }
  return {
    registry,
    observe: ({ route, status, milliseconds }) => {
      const child = childOf(route, status)
      child.requests.inc()
      child.seconds.observe(milliseconds / 1000)
    },
    page: {
      paths: ['/metrics'],
      route: '/metrics',
      methods: 'read',
      answer: async (context) => {
        context.body = await registry.metrics()
        context.set('Content-Type', registry.contentType)
      },
    },
  }
}
