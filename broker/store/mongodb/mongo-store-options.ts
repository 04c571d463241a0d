import type { Micros } from '../../core/model/time.ts'
import type { Recording } from '../../core/temporal/recording.ts'
import type { RetentionRule } from '../../core/temporal/retention.ts'
import type { Quotas } from '../port/quotas.ts'
import type { StoreLog } from '../port/store-log.ts'

/** How a store on MongoDB is to be opened. */
export interface MongoStoreOptions {
  readonly url: string
  readonly database: string
  /** So many tenants may be created besides the default one; default 1000. */
  readonly maxTenants?: number
  /** So many hidden tenants may be there; default 100. */
  readonly maxHidden?: number
  /** Time by which documents expire. */
  readonly clock?: () => Micros
  /** What history keeps of the changes of entities; absent: everything. */
  readonly recording?: Recording
  /** What history keeps no longer; absent: everything is kept for ever. */
  readonly retention?: () => readonly RetentionRule[]
  /** How many of what tenants may have; absent: any number. */
  readonly quotas?: Quotas
  /** At most so many characters of entities that were read are kept at hand; default 16 million. */
  readonly knownCharacters?: number
  readonly log?: StoreLog
  /** What is remembered beside other processes may be so many milliseconds old; default 0: nothing is. */
  readonly staleness?: number
}
