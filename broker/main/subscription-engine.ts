import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { GuardOptions } from '../../security/egress/guard.ts'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonObject } from '../core/model/json.ts'
import { notifiedJoiner } from '../operations/entities/join-notified.ts'
import type { ReadDependencies } from '../operations/entities/read-dependencies.ts'
import { createDeliveries } from '../subscriptions/deliver/create-deliveries.ts'
import { createThreadSender } from '../subscriptions/deliver/thread-sender.ts'
import { TemplateThread } from '../subscriptions/notify/templates.ts'
import { notificationWriter } from '../subscriptions/notify/write-notification.ts'
import { readSubscription, SUBSCRIPTION_SEAL } from '../subscriptions/read-subscription.ts'
import { createSubscriptions, type Subscriptions } from '../subscriptions/subscriptions.ts'
import { notificationMetrics } from './notification-metrics.ts'
import { subscriberSight } from './subscriber-sight.ts'

/** The parts that notifications are made of. */
export interface EngineParts extends ReadDependencies {
  readonly contexts: ContextService
  readonly secret: Uint8Array
  readonly guard: GuardOptions
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  readonly log: Logger
  readonly metrics: Registry
}

/** Puts together what follows the log for subscriptions and delivers what is due. */
export function assembleSubscriptionEngine(
  { subscriptions: settings }: Config,
  { contexts, secret, guard, delegate, log, metrics, ...read }: EngineParts,
): Subscriptions {
  const { store, clock, engine } = read
  const seal = createSeal(secret, SUBSCRIPTION_SEAL)
  const sender = createThreadSender({ egress: guard, log })
  const templates = new TemplateThread()
  const subscriptions: Subscriptions = createSubscriptions({
    store,
    clock,
    engine,
    sender,
    sight: subscriberSight(read, delegate),
    table: (tenant, { jsonldContext }) => contexts.resolve(jsonldContext, tenant),
    write: notificationWriter({ joinLinked: notifiedJoiner(read), templates }),
    deliveries: createDeliveries({
      sender,
      clock,
      settings: { ...settings, firstDelayMs: settings.firstDelay, longestDelayMs: settings.longestDelay },
    }),
    read: (document, tenant) => readSubscription(document, tenant, seal),
    observe: notificationMetrics(metrics, () => subscriptions.summary()),
    maxUnderWay: settings.queued,
    maxDeadLetters: settings.deadLetters,
    dropOldest: settings.dropOldest,
    failed: (err, text) => log.warn({ err }, text),
  })
  return {
    ...subscriptions,
    stop: async () => {
      await subscriptions.stop()
      await templates.close()
    },
  }
}
