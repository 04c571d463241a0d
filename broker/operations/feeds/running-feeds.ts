import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'

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

/** What somebody sends to a feed. */
export interface SentRecords {
  readonly body: Uint8Array
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** How a feed stands that runs beside this hub. */
export interface FeedStanding {
  /** When the definition that runs was taken. */
  readonly since: string
  /** When its last visit to the source began. */
  readonly visitedAt?: string
  /** When the next is due; absent: one is under way, or it listens. */
  readonly nextVisitAt?: string
  /** What is wrong with its file as it is now, while the definition before goes on; empty: nothing. */
  readonly faults: readonly string[]
  /** From whom it takes records: from callers who may, or from senders who prove who they are; absent: from nobody. */
  readonly takesFrom?: 'callers' | 'senders'
}

/** The feeds that run beside this hub; they write through its HTTP API like any other client. */
export interface RunningFeeds {
  /** The tenant that they write to; empty: the default tenant. */
  readonly tenant: string
  /** How a feed stands that runs here; undefined: it does not. @throws Error while feeds begin again, or do not answer */
  standing(feed: string): Promise<FeedStanding | undefined>
  /** Answers when each record is written or in quarantine, durably; or why the sender is refused. */
  receive(feed: string, sent: SentRecords): Promise<FeedSummary | { readonly refused: string }>
  /** Tries a document of quarantine again, as the feed reads and maps it now. */
  replay(record: JsonObject): Promise<ReplayOutcome>
}

/** A hub without feeds. */
export const NO_FEEDS: RunningFeeds = {
  tenant: '',
  standing: async () => undefined,
  receive: (feed) => Promise.reject(new Error(`Feed ${feed} does not run`)),
  replay: () => Promise.reject(new Error('No feed runs')),
}

/** Where another process of the hub runs them: whoever asks is told to ask again, and reaches that one sooner or later. */
export const FEEDS_ELSEWHERE: RunningFeeds = {
  ...NO_FEEDS,
  standing: () => Promise.reject(new Error('Feeds run in another process')),
}

/** Answers how a feed stands; nobody is refused for its rights before that is known. @throws Problem ServiceUnavailable */
export async function standingNow(running: RunningFeeds, feed: string): ReturnType<RunningFeeds['standing']> {
  try {
    return await running.standing(feed)
  } catch (cause) {
    throw new Problem('ServiceUnavailable', `Feed ${feed} cannot be reached now`, { cause })
  }
}
