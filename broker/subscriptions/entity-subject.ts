import type { TermTable } from '../core/context/term-table.ts'
import type { GeometryEngine } from '../core/geo/engine.ts'
import type { Entity } from '../core/model/entity.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { QNode } from '../core/query/ast.ts'
import type { QueryContext } from '../core/query/match-q.ts'
import type { View } from '../core/view/view.ts'
import { composeChanges, composeSample, composeSelected } from './compose.ts'
import { composeNotice, mayNotify } from './compose-notice.ts'
import { termsOf } from './index/terms.ts'
import { judgeChange } from './match/judge-change.ts'
import type { Sight } from './match/remembered-sight.ts'
import type { WriteNotification } from './notify/write-notification.ts'
import { isSourceNotice, type ToldBySource } from './source-notice.ts'
import type { Subject } from './subject.ts'
import type { Subscription } from './subscription.ts'

/** So many entities, and so much of what is stored of them. */
export interface Most {
  readonly entities: number
  readonly bytes: number
  /** Behind this place. */
  readonly after?: string | undefined
}

/** Entities as they are seen, and where to go on behind them; without place: there are no more. */
export interface SelectedEntities {
  readonly entities: readonly Entity[]
  readonly next?: string
}

/** How a subscriber sees the entities of its tenant, now. */
export interface SubscriberSight {
  /** What its delegate sees with the policies in force; undefined: it has no rights any more. */
  viewOf(tenant: Tenant, subscription: Subscription): View | undefined
  /** Entities that the subscription selects, as seen: at most so much, but one where there is any. @throws Problem */
  selected(tenant: Tenant, subscription: Subscription, view: View, most: Most): Promise<SelectedEntities>
  /** Finds what a q looks for behind the relationships of these entities. @throws Problem */
  linked(tenant: Tenant, q: QNode, view: View, entities: readonly Entity[]): Promise<QueryContext>
  /** Puts together what a source told of an entity with what is known of it here and at other sources (5.8.6, splitEntities). */
  assembled(
    tenant: Tenant,
    subscription: Subscription,
    told: { readonly from: string; readonly entity: ToldBySource; readonly table: TermTable },
  ): Promise<ToldBySource>
}

/** Answers what is stored of entities now, null: nothing; of the first of them alone where it is more than so many bytes. */
export type Latest = (
  tenant: Tenant,
  ids: readonly string[],
  mostBytes: number,
) => Promise<ReadonlyMap<string, Entity | null>>

/** What notifications of entities are made with. */
export interface EntityDependencies {
  readonly clock: () => Micros
  readonly engine: GeometryEngine
  readonly sight: SubscriberSight
  readonly look: Sight
  /** So much of what is stored one notification tells of at the most. */
  readonly maxBytes: number
  readonly latest: Latest
  /** The table of the @context of a subscription. @throws Problem LdContextNotAvailable */
  readonly table: (tenant: Tenant, subscription: Subscription) => Promise<TermTable>
  readonly write: WriteNotification
  /** Single entities are in parts at several hubs, where a subscription does not say. */
  readonly splitEntities: boolean
}

/** Subscriptions to entities (CIM 009 v1.9.1, 5.8.6). */
export function entitySubject(dependencies: EntityDependencies): Subject {
  const { sight, look, clock, engine, splitEntities } = dependencies
  return {
    collection: 'subscription',
    tellsOfItself: false,
    terms: ({ tenant, subscription }) => {
      const { id, query, watchedAttributes, timeInterval } = subscription
      const notices = { collection: 'sourceNotice', word: id } as const
      if (timeInterval !== undefined) return [notices]
      const view = sight.viewOf(tenant, subscription)
      return [notices, ...(view ? termsOf(query, watchedAttributes, view) : [{}])]
    },
    isDue: ({ tenant, subscription }, record) => {
      const view = sight.viewOf(tenant, subscription)
      if (!view) return false
      if (isSourceNotice(record))
        return mayNotify(subscription, record, { view, engine, splitEntities, now: clock() })
      const change = look(record, view, clock())
      return change !== undefined && judgeChange(subscription, change, { engine })
    },
    group: () => '',
    composeChanges: (subscribed, due) => {
      const [first] = due.changes
      return first && isSourceNotice(first.last)
        ? composeNotice(dependencies, subscribed, { id: due.id, record: first.last })
        : composeChanges(dependencies, subscribed, due)
    },
    composeSelected: (subscribed, part) => composeSelected(dependencies, subscribed, part),
    composeSample: (subscribed, id) => composeSample(dependencies, subscribed, id),
  }
}
