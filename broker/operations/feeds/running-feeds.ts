import type { JsonObject } from '../../core/model/json.ts'

/** What became of the records that a feed was handed. */
export interface FeedSummary {
  readonly read: number
  readonly written: number
  readonly unchanged: number
  /** Records in quarantine by reason. */
  readonly quarantined: Readonly<Record<string, number | undefined>>
}

/** What became of one record of quarantine that was tried again. */
export type ReplayOutcome =
  | { readonly outcome: 'written' | 'unchanged' }
  | { readonly outcome: 'quarantined'; readonly reason: string; readonly detail: string }

/** The feeds that run beside this hub; they write through its HTTP API like any other client. */
export interface RunningFeeds {
  /** The tenant that they write to; empty: the default tenant. */
  readonly tenant: string
  /** How a feed gets its inputs; undefined when it does not run here. */
  transport(feed: string): 'directory' | 'http-poll' | 'webhook' | undefined
  /** Answers when each record is written or in quarantine, durably. */
  receive(feed: string, body: Uint8Array, contentType: string): Promise<FeedSummary>
  /** Tries a document of quarantine again, as the feed reads and maps it now. */
  replay(record: JsonObject): Promise<ReplayOutcome>
}

/** A hub without feeds. */
export const NO_FEEDS: RunningFeeds = {
  tenant: '',
  transport: () => undefined,
  receive: (feed) => Promise.reject(new Error(`Feed ${feed} does not run`)),
  replay: () => Promise.reject(new Error('No feed runs')),
}
