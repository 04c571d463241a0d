import { Problem } from '../../core/model/problem.ts'
import type { FeedDependencies } from './feed-documents.ts'
import { feedDocumentId } from './feed-documents.ts'
import type { OfFeed } from './feed-state.ts'
import { type FeedSummary, type RunningFeeds, type SentRecords, standingNow } from './running-feeds.ts'

/** Bytes that a source sends to a feed. */
export interface ReceiveRecords extends OfFeed, SentRecords {}

/**
 * Hands what a source sends to its feed; answers when all of it is written or in quarantine. Where the feed asks its senders for proof,
 * that counts in place of the rights of the caller.
 */
export const receiveRecords =
  ({ store, running }: Pick<FeedDependencies, 'store'> & { readonly running: RunningFeeds }) =>
  async ({ caller, tenant, feed, body, headers }: ReceiveRecords): Promise<FeedSummary> => {
    const id = feedDocumentId(feed)
    const standing = running.tenant === tenant ? await standingNow(running, feed) : undefined
    const from = standing?.takesFrom
    if (from !== 'senders') caller.check('update', tenant, { resource: 'feed', id: feed })
    if (!standing && !(await store.document(tenant, 'feed', id))) {
      throw new Problem('ResourceNotFound', `Feed ${feed} does not exist`)
    }
    if (from === undefined)
      throw new Problem('Conflict', `Feed ${feed} does not take records that are sent to it`)
    const outcome = await received(running, feed, { body, headers })
    if ('refused' in outcome) throw new Problem('Forbidden', outcome.refused)
    return outcome
  }

async function received(
  running: RunningFeeds,
  feed: string,
  sent: SentRecords,
): ReturnType<RunningFeeds['receive']> {
  try {
    return await running.receive(feed, sent)
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('ServiceUnavailable', `Feed ${feed} cannot take records now`, { cause })
  }
}
