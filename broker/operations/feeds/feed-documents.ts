import { scanText } from '../../../security/masking/scan-text.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { ownValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'

/** What every feed operation works with. */
export interface FeedDependencies {
  readonly store: Store
  readonly clock: () => Micros
  /** Most feeds of a tenant; 0: any number. */
  readonly maxFeeds: (tenant: Tenant) => number
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/
const CHECKPOINT = /^[A-Za-z0-9_-]{1,128}$/

/** Where the state of a feed is kept. @throws Problem BadRequestData */
export function feedDocumentId(name: string): string {
  if (!NAME.test(name)) throw badRequestData('Feed name is not of a-z, 0-9 and -, at most 64 of them')
  return `feed:${name}`
}

/** Where a checkpoint of a feed is kept. @throws Problem BadRequestData */
export function checkpointDocumentId(name: string, key: string): string {
  if (!CHECKPOINT.test(key))
    throw badRequestData('Checkpoint key has characters other than letters, digits, - and _')
  return `checkpoint:${feedDocumentId(name).slice('feed:'.length)}:${key}`
}

/** Answers an own member that is a text, or undefined. */
export function textOf(document: JsonObject, name: string): string | undefined {
  const value = ownValue(document, name)
  return typeof value === 'string' ? value : undefined
}

const MOST_TOLD = 4096

/**
 * Answers a text of an adapter as it may be told to everybody who may see how its feed does: it should hold no values of
 * records, and where it holds identifiers of persons nevertheless, without them.
 */
export function toldText(text: string): string {
  return scanText(text.slice(0, MOST_TOLD))
}
