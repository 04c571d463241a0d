import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonObject } from '../core/model/json.ts'
import { DAY } from '../core/model/time.ts'
import { changeTokens } from '../http/change-token.ts'
import type { Route } from '../http/route.ts'
import { changeRoutes } from '../http/routes/change-routes.ts'
import { eventRoutes } from '../http/routes/event-routes.ts'
import { issueTicket, TICKET_SEAL, useTicket } from '../operations/changes/event-tickets.ts'
import { followChanges } from '../operations/changes/follow-changes.ts'
import { readChanges } from '../operations/changes/read-changes.ts'
import { streamPlaces } from '../operations/changes/stream-places.ts'
import { type TellDependencies, tellSelection } from '../operations/changes/tell-change.ts'
import { tellNotifications } from '../operations/changes/tell-notification.ts'
import { waitForChange } from '../operations/changes/wait-for-change.ts'
import { notifiedJoiner } from '../operations/entities/join-notified.ts'
import type { ReadDependencies } from '../operations/entities/read-dependencies.ts'
import type { Store } from '../store/port/store.ts'
import { createLiveFeeds } from '../subscriptions/follow/live-feeds.ts'
import { notificationNames } from '../subscriptions/notify/notification-id.ts'
import { notificationWriter } from '../subscriptions/notify/write-notification.ts'
import { SUBSCRIPTION_SEAL } from '../subscriptions/read-subscription.ts'

/** The parts that the following of changes is made of. */
export interface ChangeParts extends TellDependencies, ReadDependencies {
  readonly store: Store
  readonly contexts: ContextService
  readonly secret: Uint8Array
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  /** Told of what went wrong in the background. */
  readonly failed: (err: unknown, text: string) => void
}

export interface AssembledChanges {
  readonly routes: readonly Route[]
  readonly useTicket: (ticket: string) => Promise<Caller>
  /** Lets nobody follow any longer: who waits is answered, streams end. */
  stop(): Promise<void>
}

/** Streams tell notifications as the standard writes them. */
const NO_TEMPLATES = { fill: () => Promise.resolve(undefined) }

/** Puts together what callers follow changes with. */
export function assembleChanges({ limits, changes }: Config, parts: ChangeParts): AssembledChanges {
  const { store, secret, failed } = parts
  const feeds = createLiveFeeds({ store, failed: (err) => failed(err, 'log cannot be read') })
  const following = {
    ...parts,
    feeds,
    wait: waitForChange(feeds),
    places: streamPlaces({ most: limits.streams, mostOfCaller: limits.callerStreams }),
    retention: changes.retentionDays * DAY,
    heartbeatMilliseconds: changes.heartbeat,
    maxLength: limits.pageBytes,
    seal: createSeal(secret, TICKET_SEAL),
    subscriptionSeal: createSeal(secret, SUBSCRIPTION_SEAL),
    nameNotification: notificationNames(secret),
    writeNotification: notificationWriter({ joinLinked: notifiedJoiner(parts), templates: NO_TEMPLATES }),
  }
  const tokens = changeTokens(secret)
  return {
    routes: [
      ...changeRoutes({ readChanges: readChanges(following) }, { tokens, maxPage: limits.maxPage }),
      ...eventRoutes(
        {
          followChanges: followChanges(following),
          issueTicket: issueTicket(following),
          tellSelection: (asked) => tellSelection(following, asked),
          tellNotifications: (command) => tellNotifications(following, command),
        },
        tokens,
      ),
    ],
    useTicket: useTicket(following),
    stop: () => feeds.stop(),
  }
}
