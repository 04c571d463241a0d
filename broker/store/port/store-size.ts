import type { Micros } from '../../core/model/time.ts'

/** What the data of a tenant is made of, as operators know it. */
export type StorePartName =
  /** Instances in rows or documents of their own. */
  | 'history'
  /** Finished days of instances, packed. */
  | 'packed'
  /** Totals of instances. */
  | 'totals'
  /** The change log, which holds the entities too in the embedded store. */
  | 'log'
  | 'entities'
  /** Everything by which entities are found and counted. */
  | 'indexes'
  | 'documents'
  | 'other'
  /** What was deleted and is used again by whatever is written next. */
  | 'free'
  /** Not yet part of the file. */
  | 'writeAhead'

export interface StorePart {
  readonly name: StorePartName
  readonly bytes: number
  /** How many rows or documents it has, where that means something. */
  readonly rows?: number
}

/** What a tenant takes on disk, when it was measured last. */
export interface StoreSize {
  readonly measuredAt: Micros
  readonly parts: readonly StorePart[]
}
