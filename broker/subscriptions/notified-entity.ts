import type { AttributeChange } from '../core/model/change.ts'
import type { Entity } from '../core/model/entity.ts'
import type { Micros } from '../core/model/time.ts'

/** One entity of a notification, as its subscriber sees it: masked and without what is hidden. */
export interface NotifiedEntity {
  readonly id: string
  readonly at: Micros
  /** Absent: it was not there, or not to be seen. */
  readonly before?: Entity
  /** Absent: it was deleted, or is not to be seen any more. */
  readonly after?: Entity
  /** A source says that it is due: what changed there is not known here. */
  readonly isTold?: true
  /** What changed inside, as seen; empty when the notification was due by time and not by a change. */
  readonly changes: readonly AttributeChange[]
}
