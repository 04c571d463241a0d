import type { Caller } from '../../core/model/caller.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { LiveFeeds } from '../../subscriptions/follow/live-feeds.ts'
import { type ChangeSelection, selectionTerms } from './change-selection.ts'
import { eitherSignal } from './either-signal.ts'
import type { Tell } from './tell-change.ts'

/** What is waited for. */
export interface Waiting {
  readonly tenant: Tenant
  readonly caller: Caller
  readonly selection: ChangeSelection
  readonly tell: Tell
  readonly after: number
  readonly milliseconds: number
  /** Aborted when nobody waits any more. */
  readonly gone: AbortSignal
}

/** Up to where there is nothing to tell, and whether there is something behind it. */
export interface Waited {
  readonly sequence: number
  readonly found: boolean
}

export type WaitForChange = (waiting: Waiting) => Promise<Waited>

/** Waits for the first change that there is something to tell of; whoever waits costs a write nothing that is about others. */
export function waitForChange(feeds: LiveFeeds): WaitForChange {
  return async ({ tenant, tell, after, milliseconds, gone, ...about }) => {
    const found = new AbortController()
    const timeout = AbortSignal.timeout(Math.ceil(milliseconds))
    const over = eitherSignal([gone, feeds.ended, timeout, found.signal])
    const follower = {
      terms: selectionTerms(about.selection, about.caller.view(tenant)),
      hasRoom: () => !found.signal.aborted,
      offer: (record: Parameters<Tell>[0]) => {
        if (found.signal.aborted) return false
        if (tell(record) === undefined) return true
        found.abort()
        return false
      },
    }
    const following = feeds.follow(tenant, follower, after)
    await aborted(over.signal)
    over.release()
    const sequence = following.position()
    following.leave()
    return { sequence, found: found.signal.aborted }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
