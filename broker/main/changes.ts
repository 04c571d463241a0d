import type { Config } from '../config.ts'
import { changeTokens } from '../http/change-token.ts'
import type { Route } from '../http/route.ts'
import { changeRoutes } from '../http/routes/change-routes.ts'
import { readChanges } from '../operations/changes/read-changes.ts'
import type { TellDependencies } from '../operations/changes/tell-change.ts'
import { waitForChange } from '../operations/changes/wait-for-change.ts'
import type { Store } from '../store/port/store.ts'
import { createLiveFeeds } from '../subscriptions/follow/live-feeds.ts'

/** The parts that the following of changes is made of. */
export interface ChangeParts extends TellDependencies {
  readonly store: Store
  readonly secret: Uint8Array
  /** Told of what went wrong in the background. */
  readonly failed: (err: unknown, text: string) => void
}

export interface AssembledChanges {
  readonly routes: readonly Route[]
  /** Lets nobody follow any longer: who waits is answered. */
  stop(): Promise<void>
}

const DAY = 86_400_000_000

/** Puts together what callers follow changes with. */
export function assembleChanges(config: Config, parts: ChangeParts): AssembledChanges {
  const { store, secret, failed } = parts
  const feeds = createLiveFeeds({ store, failed: (err) => failed(err, 'log cannot be read') })
  const reading = {
    ...parts,
    wait: waitForChange(feeds),
    retention: config.changes.retentionDays * DAY,
    maxLength: config.limits.pageBytes,
  }
  return {
    routes: changeRoutes(
      { readChanges: readChanges(reading) },
      { tokens: changeTokens(secret), maxPage: config.limits.maxPage },
    ),
    stop: () => feeds.stop(),
  }
}
