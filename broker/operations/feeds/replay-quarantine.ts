import type { JsonObject } from '../../core/model/json.ts'
import { ownValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { FeedDependencies } from './feed-documents.ts'
import { textOf, toldText } from './feed-documents.ts'
import { noRecord, type OfRecord, quarantinedDocument } from './quarantine.ts'
import { type ReplayOutcome, type RunningFeeds, standingNow } from './running-feeds.ts'

/**
 * Tries a record again: it leaves quarantine when the hub has it then, or stays with its new reason. What somebody deleted or tried
 * meanwhile stays as it is then. @throws Problem ResourceNotFound
 */
export const replayQuarantine =
  ({ store, clock, running }: FeedDependencies & { readonly running: RunningFeeds }) =>
  async ({ caller, tenant, origin, id }: OfRecord): Promise<ReplayOutcome> => {
    caller.check('update', tenant, { resource: 'quarantine', id })
    const { document, version } = await quarantinedDocument({ store }, tenant, id)
    const feed = textOf(document, 'feed') ?? ''
    if (running.tenant !== tenant || !(await standingNow(running, feed))) {
      throw new Problem(
        'Conflict',
        `Feed ${feed} does not run here, so that its record cannot be tried again`,
      )
    }
    const outcome = withTold(await tried(running, document, feed))
    const unit = { collection: 'quarantine', id, at: clock(), origin, logged: false } as const
    const next =
      outcome.outcome === 'quarantined'
        ? { next: triedAgain(document, outcome), expectedVersion: version }
        : undefined
    const [result] = await store.commit(tenant, [{ ...unit, ...next }])
    if (result?.outcome === 'conflict' && result.version === 0) throw noRecord(id)
    return outcome
  }

async function tried(running: RunningFeeds, document: JsonObject, feed: string): Promise<ReplayOutcome> {
  try {
    return await running.replay(document)
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('ServiceUnavailable', `Feed ${feed} cannot try records now`, { cause })
  }
}

function withTold(outcome: ReplayOutcome): ReplayOutcome {
  return outcome.outcome === 'quarantined' ? { ...outcome, detail: toldText(outcome.detail) } : outcome
}

function triedAgain(
  document: JsonObject,
  { reason, detail }: { reason: string; detail: string },
): JsonObject {
  const attempts = ownValue(document, 'attempts')
  return { ...document, reason, detail, attempts: (typeof attempts === 'number' ? attempts : 0) + 1 }
}
