import type { TermTable } from '../../core/context/term-table.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Disclose } from '../../core/view/disclosure.ts'
import type { View } from '../../core/view/view.ts'
import type { NotifiedEntity } from '../notified-entity.ts'
import type { Subscription } from '../subscription.ts'

/** What every notification has, whatever it tells of. */
export interface Envelope {
  readonly id: string
  readonly tenant: Tenant
  /** Id of the snapshot that the subscription is on (CIM 009 v1.9.1, 6.3.22); the tenant is then its hidden one. */
  readonly snapshot?: string
  readonly subscription: Subscription
  readonly notifiedAt: Micros
  /** What names are written with: the jsonldContext of the subscription, or the core. */
  readonly table: TermTable
}

/** A notification of entities that is to be written. */
export interface Notice extends Envelope {
  /** As the subscriber sees them. Those of one change that are the same object are written once for all subscriptions. */
  readonly entities: readonly NotifiedEntity[]
  /** What the subscriber sees: for the entities that are joined. */
  readonly view: View
  /** Takes down what is told of persons; absent: nobody has to know. */
  readonly disclose?: Disclose
}
