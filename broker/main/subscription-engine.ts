import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Audit } from '../../security/audit/audit.ts'
import type { GuardOptions } from '../../security/egress/guard.ts'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { TermTable } from '../core/context/term-table.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Registry as SourceRegistry } from '../federation/registry/registry.ts'
import { notifiedJoiner } from '../operations/entities/join-notified.ts'
import type { ReadDependencies } from '../operations/entities/read-dependencies.ts'
import { registrationSubject } from '../operations/registration-subscriptions/registration-subject.ts'
import type { Processes } from '../store/port/processes.ts'
import { createDeliveries } from '../subscriptions/deliver/create-deliveries.ts'
import { createThreadSender } from '../subscriptions/deliver/thread-sender.ts'
import { entitySubject } from '../subscriptions/entity-subject.ts'
import { rememberedSight } from '../subscriptions/match/remembered-sight.ts'
import { asServed } from '../subscriptions/notify/as-served.ts'
import { notificationNames } from '../subscriptions/notify/notification-id.ts'
import { IsolatedTemplates } from '../subscriptions/notify/templates.ts'
import { notificationWriter } from '../subscriptions/notify/write-notification.ts'
import { readSubscription, SUBSCRIPTION_SEAL } from '../subscriptions/read-subscription.ts'
import { type SharedSubscriptions, sharedSubscriptions } from '../subscriptions/shared-subscriptions.ts'
import type { SubscriptionCollection } from '../subscriptions/stored-subscription.ts'
import type { Subject } from '../subscriptions/subject.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import {
  createSubscriptions,
  type Subscriptions,
  type SubscriptionsSummary,
} from '../subscriptions/subscriptions.ts'
import { auditedNotifications } from './audited-notifications.ts'
import { timeOfDay } from './clock.ts'
import { latestEntities } from './latest-entities.ts'
import { notificationMetrics } from './notification-metrics.ts'
import { subscriberSight } from './subscriber-sight.ts'
import { untilMine } from './until-mine.ts'

/** The parts that notifications are made of. */
export interface EngineParts extends ReadDependencies {
  readonly contexts: ContextService
  readonly registry: SourceRegistry
  readonly secret: Uint8Array
  readonly guard: GuardOptions
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  readonly log: Logger
  readonly metrics: Registry
  readonly audit?: Pick<Audit, 'shown'>
  readonly processes: Processes
  /** Told that another process makes the notifications now. */
  readonly overtaken: () => void
}

/** The subscriptions of a hub at work: those to entities, and those to registrations. */
export interface SubscriptionEngine {
  readonly subscriptions: Subscriptions
  readonly registrationSubscriptions: Subscriptions
  /** The subscriptions of both kinds as processes share them; none where this process is alone. */
  readonly shared: readonly SharedSubscriptions[]
  /** Ends what is also there where another process makes the notifications. */
  close(): Promise<void>
}

/** The duty of making notifications, of each kind of subscription. */
export const NOTIFICATIONS: Readonly<Record<SubscriptionCollection, string>> = {
  subscription: 'notifications',
  registrationSubscription: 'registration notifications',
}
const REPLAYS = 'replays'

const MILLISECOND = 1000
const A_WHILE_MILLISECONDS = 100

/** Puts together what follows the log for subscriptions and delivers what is due. */
export function assembleSubscriptionEngine(
  { limits, subscriptions: settings, federation }: Config,
  {
    contexts,
    secret,
    guard,
    delegate,
    registry,
    log,
    metrics,
    audit,
    processes,
    overtaken,
    ...read
  }: EngineParts,
): SubscriptionEngine {
  const { store, engine } = read
  // asked for each subscription that a change may concern: the hub's own clock would run ahead
  const clock = timeOfDay
  const seal = createSeal(secret, SUBSCRIPTION_SEAL)
  const sender = createThreadSender({ egress: guard, log })
  const templates = new IsolatedTemplates()
  const table = (tenant: Tenant, { jsonldContext }: Subscription): Promise<TermTable> =>
    contexts.resolve(jsonldContext, tenant)
  const common = {
    ...{ store, clock, engine, sender },
    observe: notificationMetrics(metrics, () => sumOf([subscriptions, registrationSubscriptions])),
    name: notificationNames(secret),
    shortestInterval: settings.shortestInterval * MILLISECOND,
    maxUnderWay: settings.queued,
    maxBytes: limits.pageBytes,
    maxDeadLetters: settings.deadLetters,
    dropOldest: settings.dropOldest,
    failed: (err: unknown, text: string) => log.warn({ err }, text),
  }
  const about = { ...{ clock, engine, table, templates }, look: rememberedSight() }
  const writing = notificationWriter({ joinLinked: notifiedJoiner(read), templates })
  const write = audit
    ? auditedNotifications(writing, { audit, delegate, plainHttp: settings.plainHttp })
    : writing
  const entities = entitySubject({
    ...about,
    sight: subscriberSight({ ...read, clock }, delegate),
    maxBytes: limits.pageBytes,
    splitEntities: federation.splitEntities,
    latest: latestEntities(store),
    write: (notice) =>
      write(asServed(notice, () => registry.all(notice.tenant).map(({ endpoint }) => endpoint))),
  })
  const registrations = registrationSubject({
    ...about,
    registry,
    core: () => contexts.core,
    delegateOf: ({ delegation, delegatedUntil }) =>
      clock() >= delegatedUntil ? undefined : delegate(delegation),
  })
  const shared: SharedSubscriptions[] = []
  const askReplays = () => processes.tell(REPLAYS)
  const atWork = (subject: Subject): Subscriptions => {
    const { collection } = subject
    const deliveries = createDeliveries({
      sender,
      clock,
      settings: { ...settings, firstDelayMs: settings.firstDelay, longestDelayMs: settings.longestDelay },
    })
    const sharing = {
      mine: () => untilMine(NOTIFICATIONS[collection], processes),
      overtaken,
      lettersChanged: inAWhile(askReplays),
    }
    const read = (document: JsonObject, tenant: Tenant) =>
      readSubscription(document, { tenant, collection }, seal)
    const options = { ...common, deliveries, subject, read }
    if (processes.alone) return createSubscriptions(options)
    const engine = createSubscriptions({ ...options, sharing })
    const replaysFailed = (error: unknown) => common.failed(error, 'dead letters are not delivered once more')
    const one = sharedSubscriptions(engine, { store, collection, read, askReplays, replaysFailed })
    shared.push(one)
    return one
  }
  const subscriptions = atWork(entities)
  const registrationSubscriptions = atWork(registrations)
  processes.hear(REPLAYS, () => {
    for (const each of shared) void each.replayAsked()
  })
  return {
    subscriptions,
    registrationSubscriptions,
    shared,
    close: async () => {
      await sender.close()
      await templates.close()
    },
  }
}

/** Has something done a moment after it was asked for, once for all who asked until then. */
function inAWhile(work: () => Promise<void>): () => void {
  let isAsked = false
  return () => {
    if (isAsked) return
    isAsked = true
    setTimeout(() => {
      isAsked = false
      void work()
    }, A_WHILE_MILLISECONDS).unref()
  }
}

function sumOf(all: readonly Subscriptions[]): SubscriptionsSummary {
  const sum = { subscriptions: 0, behind: 0, waiting: 0, deadLetters: 0 }
  for (const summary of all.map((each) => each.summary())) {
    sum.subscriptions += summary.subscriptions
    sum.behind += summary.behind
    sum.waiting += summary.waiting
    sum.deadLetters += summary.deadLetters
  }
  return sum
}
