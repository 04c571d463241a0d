import { Problem } from '../../core/model/problem.ts'
import type { FeedDependencies } from './feed-documents.ts'
import { feedDocumentId } from './feed-documents.ts'
import type { OfFeed } from './feed-state.ts'
import type { FeedSummary, RunningFeeds } from './running-feeds.ts'

/** Bytes that a source sends to a feed. */
export interface ReceiveRecords extends OfFeed {
  readonly body: Uint8Array
  readonly contentType: string
}

/** Hands what a source sends to its feed; answers when all of it is written or in quarantine. */
export const receiveRecords =
  ({ store, running }: Pick<FeedDependencies, 'store'> & { readonly running: RunningFeeds }) =>
  async ({ caller, tenant, feed, body, contentType }: ReceiveRecords): Promise<FeedSummary> => {
    const id = feedDocumentId(feed)
    caller.check('update', tenant, { resource: 'feed', id: feed })
    const transport = running.tenant === tenant ? running.transport(feed) : undefined
    if (transport === undefined && !(await store.document(tenant, 'feed', id))) {
      throw new Problem('ResourceNotFound', `Feed ${feed} does not exist`)
    }
    if (transport !== 'webhook')
      throw new Problem('Conflict', `Feed ${feed} does not take records that are sent to it`)
    try {
      return await running.receive(feed, body, contentType)
    } catch (cause) {
      if (cause instanceof Problem) throw cause
      throw new Problem('ServiceUnavailable', `Feed ${feed} cannot take records now`, { cause })
    }
  }
