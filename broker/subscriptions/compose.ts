import type { LogRecord } from '../core/model/change.ts'
import type { Entity } from '../core/model/entity.ts'
import { DEFAULT_CONTEXT } from '../core/model/iri.ts'
import type { Micros } from '../core/model/time.ts'
import { typesIn } from '../core/query/types-in.ts'
import type { View } from '../core/view/view.ts'
import type { Message } from './deliver/message.ts'
import type { EntityDependencies } from './entity-subject.ts'
import { type GatheredChange, gatheredRecord } from './gathered-changes.ts'
import { judgeChange, looksBehind } from './match/judge-change.ts'
import type { NotifiedEntity } from './notified-entity.ts'
import type { ComposedPart, SelectedPart, Subscribed } from './subject.ts'
import type { Subscription } from './subscription.ts'

type Dependencies = EntityDependencies

/** So many entities one notification tells of at the most, where it tells of several. */
export const MOST_ENTITIES = 1000

/** What is written for a template has to fit into the memory that it is filled in. */
const MOST_FOR_TEMPLATE = 2 * 1024 * 1024

/** What is joined counts as well: where that is done entities take only such a part of the room. */
const ROOM_FOR_JOINED = 4

/** Answers how much of what is stored one notification may tell of, where it tells of several entities. */
export function mostBytes({ delivery, join }: Subscription, most: number): number {
  const own = join ? most / ROOM_FOR_JOINED : most
  return delivery.template === undefined ? own : Math.min(own, MOST_FOR_TEMPLATE)
}

/** Tells whether a subscription notifies at all (CIM 009 v1.9.1, 5.8.6): not while it is paused, nor once it has expired. */
export function isActive({ isActive: active, expiresAt }: Subscription, now: Micros): boolean {
  return active && (expiresAt === undefined || expiresAt > now)
}

/** Writes the notification of changes, with the rights of now; undefined: nothing is due any more. @throws Problem */
export async function composeChanges(
  dependencies: Dependencies,
  subscribed: Subscribed,
  { id, ...due }: { readonly id: string; readonly changes: readonly GatheredChange[] },
): Promise<Message | undefined> {
  const view = currentView(dependencies, subscribed)
  if (!view) return undefined
  const records = await recordsOf(dependencies, subscribed, due.changes)
  const { engine, clock, look, sight } = dependencies
  const { tenant, subscription } = subscribed
  const seen = records.map((each) => each.flatMap((record) => look(record, view, clock()) ?? []))
  const { q } = subscription.query
  const entities = seen.flat().flatMap(({ after, before }) => after ?? before ?? [])
  const context = q && looksBehind({ q }) ? await sight.linked(tenant, q, view, entities) : undefined
  const judging = { engine, ...(context && { context }) }
  const told = seen.flatMap(
    (changes) => changes.find((change) => judgeChange(subscription, change, judging)) ?? [],
  )
  return writeEntities(dependencies, subscribed, { id, view, entities: told })
}

/**
 * What each change may be told as, the best first. A single one tells of the state that it made; several of one entity of
 * the state that they led to, or where that notifies nobody any more, of the last that did; where what they led to is too
 * much by now, of the state that they made, which was not.
 */
async function recordsOf(
  { latest, maxBytes }: Dependencies,
  { tenant, subscription }: Subscribed,
  changes: readonly GatheredChange[],
): Promise<readonly (readonly LogRecord[])[]> {
  if (subscription.throttling === undefined) return changes.map(({ last }) => [last])
  const ids = changes.map(({ last }) => last.id)
  const entities = await latest(tenant, ids, mostBytes(subscription, maxBytes))
  return changes.map((change) => {
    const { due = change.last } = change
    const now = entities.get(change.last.id)
    const led = gatheredRecord(change, now === undefined ? stateAfter(change.last) : (now ?? undefined))
    const was = gatheredRecord({ ...change, last: due }, stateAfter(due))
    return [led, was].filter((record) => record !== undefined)
  })
}

function stateAfter({ after }: LogRecord): Entity | undefined {
  return after as Entity | undefined // records of entities hold entities
}

/** Writes a notification of what is selected now (5.8.6, timeInterval), behind this place where one is given. @throws Problem */
export async function composeSelected(
  dependencies: Dependencies,
  subscribed: Subscribed,
  { id, after }: SelectedPart,
): Promise<ComposedPart> {
  const view = currentView(dependencies, subscribed)
  if (!view) return {}
  const { entities, next } = await selected(dependencies, subscribed, view, { most: MOST_ENTITIES, after })
  const message = await writeEntities(dependencies, subscribed, { id, view, entities })
  return { ...(message && { message }), ...(next !== undefined && { next }) }
}

/** Writes a notification as a trial: of an entity that is selected, or of none yet; undefined: it has no rights. @throws Problem */
export async function composeSample(
  dependencies: Dependencies,
  subscribed: Subscribed,
  id: string,
): Promise<Message | undefined> {
  const { sight, clock } = dependencies
  const view = sight.viewOf(subscribed.tenant, subscribed.subscription)
  if (!view) return undefined
  const { entities: found } = await selected(dependencies, subscribed, view, { most: 1 })
  const entities = found.length > 0 ? found : [asNotified(noneYet(subscribed, clock()), clock())]
  return writeEntities(dependencies, subscribed, { id, view, entities })
}

function currentView({ sight, clock }: Dependencies, { tenant, subscription }: Subscribed): View | undefined {
  return isActive(subscription, clock()) ? sight.viewOf(tenant, subscription) : undefined
}

async function selected(
  { sight, clock, maxBytes }: Dependencies,
  { tenant, subscription }: Subscribed,
  view: View,
  { most, after }: { readonly most: number; readonly after?: string | undefined },
): Promise<{ readonly entities: readonly NotifiedEntity[]; readonly next?: string }> {
  const wanted = { entities: most, bytes: mostBytes(subscription, maxBytes), after }
  const { entities, ...rest } = await sight.selected(tenant, subscription, view, wanted)
  return { entities: entities.map((entity) => asNotified(entity, clock())), ...rest }
}

function asNotified(after: Entity, at: Micros): NotifiedEntity {
  return { id: after.id, at, after, changes: [] }
}

/** Stands for an entity where there is none. */
function noneYet({ subscription: { query } }: Subscribed, now: Micros): Entity {
  const [type = `${DEFAULT_CONTEXT}Sample`] = typesIn(query.types ?? query.selectors?.[0]?.types) ?? []
  return {
    id: 'urn:ngsi-ld:Sample:none-yet',
    types: [type],
    createdAt: now,
    modifiedAt: now,
    attributes: {},
  }
}

/** Writes a notification of these entities; undefined: there are none. @throws Problem */
export async function writeEntities(
  { table, write: writeNotification, clock }: Dependencies,
  { tenant, subscription }: Subscribed,
  notice: { readonly id: string; readonly view: View; readonly entities: readonly NotifiedEntity[] },
): Promise<Message | undefined> {
  if (notice.entities.length === 0) return undefined
  const names = await table(tenant, subscription)
  return writeNotification({ tenant, subscription, notifiedAt: clock(), table: names, ...notice })
}
