import type { GeometryEngine } from '../core/geo/engine.ts'
import type { LogRecord } from '../core/model/change.ts'
import type { Micros } from '../core/model/time.ts'
import type { View } from '../core/view/view.ts'
import { isActive, writeEntities } from './compose.ts'
import type { Message } from './deliver/message.ts'
import type { EntityDependencies } from './entity-subject.ts'
import { judgeChange, looksBehind } from './match/judge-change.ts'
import type { NotifiedEntity } from './notified-entity.ts'
import { readSourceNotice, type SourceNotice, seeTold } from './source-notice.ts'
import type { Subscribed } from './subject.ts'
import type { Subscription } from './subscription.ts'

/** What notices are judged with before they are put together. */
interface Judging {
  readonly view: View
  readonly engine: GeometryEngine
  /** Where the subscription does not say. */
  readonly splitEntities: boolean
  readonly now: Micros
}

/** Tells whether a notification of a source may notify: whether the subscriber sees any of it that is selected. */
export function mayNotify(
  subscription: Subscription,
  record: LogRecord,
  { view, engine, splitEntities, now }: Judging,
): boolean {
  const notice = readSourceNotice(record)
  if (!notice || (subscription.splitEntities ?? splitEntities)) return notice !== undefined
  return seen(notice, view, { at: record.at, now }).some((told) =>
    judgeChange(subscription, told, { engine }),
  )
}

/**
 * Writes what a source notified of as a notification of the subscription that it is for (CIM 009 v1.9.1, 5.8.6): its
 * entities as the subscriber sees them with the rights of now, and those alone that it selects. @throws Problem
 */
export async function composeNotice(
  dependencies: EntityDependencies,
  subscribed: Subscribed,
  { id, record }: { readonly id: string; readonly record: LogRecord },
): Promise<Message | undefined> {
  const { sight, clock, engine, splitEntities } = dependencies
  const { tenant, subscription } = subscribed
  const kept = readSourceNotice(record)
  const view = isActive(subscription, clock()) ? sight.viewOf(tenant, subscription) : undefined
  if (!kept || !view) return undefined
  const isSplit = subscription.splitEntities ?? splitEntities
  const notice = isSplit ? await assembled(dependencies, subscribed, kept) : kept
  const told = seen(notice, view, { at: record.at, now: clock() })
  const { q } = subscription.query
  const states = told.flatMap(({ after, before }) => after ?? before ?? [])
  const context = q && looksBehind({ q }) ? await sight.linked(tenant, q, view, states) : undefined
  const entities = told.filter((each) =>
    judgeChange(subscription, each, { engine, ...(context && { context }) }),
  )
  return writeEntities(dependencies, subscribed, { id, view, entities })
}

async function assembled(
  { sight, table: tableOf }: EntityDependencies,
  { tenant, subscription }: Subscribed,
  { from, ...notice }: SourceNotice,
): Promise<SourceNotice> {
  const table = await tableOf(tenant, subscription)
  const entities = await Promise.all(
    notice.entities.map((entity) => sight.assembled(tenant, subscription, { from, entity, table })),
  )
  return { from, ...notice, entities }
}

function seen(
  { entities }: SourceNotice,
  view: View,
  times: { readonly at: Micros; readonly now: Micros },
): readonly NotifiedEntity[] {
  return entities.flatMap((told) => seeTold(told, view, times) ?? [])
}
