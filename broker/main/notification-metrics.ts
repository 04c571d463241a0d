import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { ObserveNotification } from '../subscriptions/subscriber-dependencies.ts'
import type { SubscriptionsSummary } from '../subscriptions/subscriptions.ts'

/** Counts notifications; `summary` answers how subscriptions stand when the metrics are read. */
export function notificationMetrics(
  registry: Registry,
  summary: () => SubscriptionsSummary,
): ObserveNotification {
  const registers = [registry]
  const attempts = new Counter({
    name: 'hub_notification_attempts_total',
    help: 'Attempts to deliver a notification',
    labelNames: ['outcome'] as const,
    registers,
  })
  const ended = new Counter({
    name: 'hub_notifications_total',
    help: 'Notifications that were delivered, not due any more, or given up',
    labelNames: ['outcome'] as const,
    registers,
  })
  const delay = new Histogram({
    name: 'hub_notification_delay_seconds',
    help: 'Time from a change to the delivery of its notification, without those that were throttled',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600],
    registers,
  })
  for (const [name, help, member] of GAUGES) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(summary()[member])
      },
    })
  }
  return {
    attempted: (delivered) => attempts.inc({ outcome: delivered ? 'delivered' : 'failed' }),
    settled: (outcome, seconds) => {
      ended.inc({ outcome })
      if (seconds !== undefined) delay.observe(seconds)
    },
  }
}

const GAUGES = [
  ['hub_subscriptions', 'Subscriptions', 'subscriptions'],
  ['hub_subscriptions_behind', 'Subscriptions that read the log to catch up', 'behind'],
  ['hub_notifications_waiting', 'Changes that are due and not delivered', 'waiting'],
  ['hub_dead_letters', 'Notifications that were given up and are kept', 'deadLetters'],
] as const satisfies readonly (readonly [string, string, keyof SubscriptionsSummary])[]
