import { createHash } from 'node:crypto'
import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { boundedTables } from '../../federation/forward/bounded-tables.ts'
import { matchRegistrations } from '../../federation/registry/match-registrations.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import { readSubscription } from '../../subscriptions/read-subscription.ts'
import { type SourceNotice, sourceNoticeId, type ToldBySource } from '../../subscriptions/source-notice.ts'
import { findCopy, type PlantedCopy } from './planted-copy.ts'
import type { PlantingDependencies } from './planting-dependencies.ts'
import { plantingOf } from './receiving-address.ts'
import { newlySeen, type Teller } from './seen-before.ts'
import { decodeTold, keepTold } from './told-by-source.ts'

/** A notification of a source, as it came. */
export interface AcceptNotification {
  /** Last part of the address that the source was given. */
  readonly key: string
  readonly body: JsonValue | undefined
  /** The @context of an element of its data; undefined: neither it nor the request names one. @throws Problem */
  readonly contextOf: (element: JsonObject) => JsonValue | undefined
}

/** What the taking of notifications works with. */
export interface AcceptingDependencies
  extends Pick<
    PlantingDependencies,
    'store' | 'clock' | 'seal' | 'contexts' | 'registrationSecrets' | 'subscriptionSeal' | 'delegate'
  > {
  /** Told of an address that stands for nothing any more. */
  readonly orphaned: (planting: Orphan) => void
}

/** A copy at a source that this hub does not know any more. */
export interface Orphan {
  readonly tenant: Tenant
  readonly subscriptionId: string
  readonly registrationId: string
  readonly name: string
}

const MOST_ENTITIES = 1000
const CONTEXTS_MICROS = 10_000_000
/** So many notifications of one source are known again. */
const REMEMBERED = 100
const MARK_LENGTH = 16
const ATTEMPTS = 50
const ORIGIN = { by: 'source' }

/**
 * Takes what a source notifies of for a subscription that was planted there (CIM 009 v1.9.1, 5.8.6): of what it
 * registered alone, each notification once. It is kept as a change that the subscription is told of, and answered when it
 * is durable; nothing of it becomes state of this hub. @throws Problem
 */
export const acceptNotification =
  (dependencies: AcceptingDependencies) =>
  async ({ key, body, contextOf }: AcceptNotification): Promise<void> => {
    const { store, seal, registrationSecrets, orphaned } = dependencies
    const planting = plantingOf(key, seal)
    if (!planting) throw new Problem('ResourceNotFound', 'Address of notifications does not exist')
    const { tenant } = planting
    const copy = await findCopy(store, tenant, planting)
    const subscription = copy && (await store.document(tenant, 'subscription', planting.subscriptionId))
    if (!subscription || copy.name !== planting.name) {
      orphaned(planting)
      throw new Problem('Gone', 'Nobody is subscribed here any more')
    }
    const registration = registrationSecrets.read(copy.registration, tenant)
    const { id, data } = readNotification(body)
    const tableOf = tablesOf(dependencies, tenant)
    const told: ToldBySource[] = []
    for (const element of data) {
      const table = await tableOf(contextOf(element))
      const { '@context': _, ...entity } = element
      told.push(decodeTold(entity, table, dependencies.clock()))
    }
    const teller = tellerOf(dependencies, { tenant, copy, document: subscription.document })
    if (!teller) return
    const { entities, marks } = await newlySeen(store, teller, registered(dependencies, registration, told))
    if (entities.length === 0) return
    await keepNotice(dependencies, { tenant, copy, id, entities })
    // before it is answered: what is told once more was not seen before
    if (marks.length > 0) await store.commit(tenant, marks)
  }

/** Who is told, with the rights of now; undefined: nobody may be any more. */
function tellerOf(
  { subscriptionSeal, delegate, clock }: AcceptingDependencies,
  {
    tenant,
    copy,
    document,
  }: { readonly tenant: Tenant; readonly copy: PlantedCopy; readonly document: JsonObject },
): Teller | undefined {
  const now = clock()
  const subscription = readSubscription(document, { tenant, collection: 'subscription' }, subscriptionSeal)
  const caller = subscription && subscription.delegatedUntil > now && delegate(subscription.delegation)
  if (!caller) return undefined
  return { tenant, subscription, view: caller.view(tenant), registrationId: copy.registrationId, now }
}

function readNotification(body: JsonValue | undefined): {
  readonly id: string
  readonly data: readonly JsonObject[]
} {
  if (!isJsonObject(body)) throw badRequestData('Notification is no JSON object')
  const data = isJsonArray(body.data) ? body.data : [body.data]
  if (data.length > MOST_ENTITIES)
    throw new Problem('TooManyResults', `Notification tells of more than ${MOST_ENTITIES} entities`)
  // one without an id is known again by what it says
  const id = typeof body.id === 'string' ? body.id : JSON.stringify(body)
  return {
    id,
    data: data.map((element) => {
      if (isJsonObject(element)) return element
      throw badRequestData('Notification has data that are no entities')
    }),
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** What the names of elements mean; fetching what a source names is bounded as for its answers. */
function tablesOf(
  { contexts, clock }: Pick<PlantingDependencies, 'contexts' | 'clock'>,
  tenant: Tenant,
): (context: JsonValue | undefined) => Promise<TermTable> {
  const end = clock() + CONTEXTS_MICROS
  const named = boundedTables(
    (context) => contexts.resolve(context, tenant),
    () => Math.max(0, (end - clock()) / 1000),
  )
  return async (context) => (context === undefined ? contexts.core : named(context))
}

/** A source tells of what it registered, and of nothing else. */
function registered(
  { clock }: AcceptingDependencies,
  registration: Registration,
  told: readonly ToldBySource[],
): readonly ToldBySource[] {
  return told.flatMap((each) => {
    const { id } = each.entity
    const offered = matchRegistrations([registration], { via: [], now: clock(), ids: [id] })
    return keepTold(each, offered) ?? []
  })
}

interface Accepted {
  readonly tenant: Tenant
  readonly copy: PlantedCopy
  readonly id: string
  readonly entities: readonly ToldBySource[]
}

/** Reads, decides and commits until no other notification came between. @throws Problem Conflict */
async function keepNotice(
  { store, clock }: AcceptingDependencies,
  { tenant, copy, id, entities }: Accepted,
): Promise<void> {
  const place = {
    collection: 'sourceNotice',
    id: sourceNoticeId(copy.subscriptionId, copy.registrationId),
  } as const
  const mark = hashOf(id).slice(0, MARK_LENGTH)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await store.document(tenant, place.collection, place.id)
    const taken = (stored?.document as SourceNotice | undefined)?.taken ?? [] // only this function writes such documents
    if (taken.includes(mark)) return
    const next: SourceNotice = {
      from: copy.registrationId,
      taken: [...taken, mark].slice(-REMEMBERED),
      entities,
    }
    const unit = { ...place, expectedVersion: stored?.version ?? 0, at: clock(), origin: ORIGIN }
    const [result] = await store.commit(tenant, [{ ...unit, next: next as unknown as JsonObject }]) // instants, texts and JSON values
    if (result?.outcome === 'kept') return
  }
  throw new Problem('Conflict', 'Too many notifications of one source come at once')
}
