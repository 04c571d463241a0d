import type { LogRecord } from '../../core/model/change.ts'
import type { Terms } from '../index/terms.ts'

/** Somebody who follows the log of a tenant: told of every change that may concern it, each once, in order. */
export interface Follower {
  readonly terms: readonly Terms[]
  /** Takes a change, or leaves it: false says that there is no room, and nothing follows until there is again. */
  offer(record: LogRecord): boolean
  /** Tells whether the next change would be taken. */
  hasRoom(): boolean
}
