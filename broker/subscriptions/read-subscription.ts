import type { Seal } from '../../security/seal.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import { type Micros, parseDateTime } from '../core/model/time.ts'
import type { EntityQuery } from '../core/query/ast.ts'
import { NEWEST_VERSION } from '../core/view/conform.ts'
import type { RenderOptions } from '../core/view/render-options.ts'
import {
  readProjection,
  type StoredSubscription,
  type SubscriptionCollection,
  type SubscriptionSecrets,
} from './stored-subscription.ts'
import type { Endpoint, NotificationJoin, Subscription, Trigger } from './subscription.ts'

/** Purpose of the seal that keeps the secrets of subscriptions. */
export const SUBSCRIPTION_SEAL = 'subscription'

/** What notifies when a subscription does not say (CIM 009 v1.9.1, 5.2.12). */
export const DEFAULT_TRIGGERS = ['attributeCreated', 'attributeUpdated'] as const satisfies readonly Trigger[]

/** Reads a document of the collection `subscription`: only the hub writes them, so the shape is trusted. */
export function storedSubscription(document: JsonObject): StoredSubscription {
  return document as unknown as StoredSubscription // written by the operations on subscriptions from one
}

/** Where a subscription is kept: what is sealed in it opens nowhere else. */
export interface KeptIn {
  readonly tenant: Tenant
  readonly collection: SubscriptionCollection
}

/** Makes of a kept subscription what the hub works with; undefined: its secrets were sealed by another hub. */
export function readSubscription(document: JsonObject, keptIn: KeptIn, seal: Seal): Subscription | undefined {
  const stored = storedSubscription(document)
  const secrets = openSecrets(stored, keptIn, seal)
  if (!secrets) return undefined
  const { id, owner, since, delegatedUntil, members } = stored
  const notification = objectOf(members.notification)
  const watched = members.watchedAttributes
  return {
    id,
    owner,
    since,
    delegatedUntil,
    isActive: members.isActive !== false,
    ...instant('expiresAt', members.expiresAt),
    query: queryOf(stored),
    ...(stored.parsed.temporalQ && { sourceTime: stored.parsed.temporalQ }),
    ...(isJsonArray(watched) && { watchedAttributes: new Set(watched.map(String)) }),
    triggers: triggersOf(members.notificationTrigger),
    ...seconds('timeInterval', members.timeInterval),
    ...seconds('throttling', members.throttling),
    endpoint: endpointOf(objectOf(notification.endpoint), secrets),
    options: optionsOf(stored, notification),
    showChanges: notification.showChanges === true,
    ...joinOf(notification),
    ...(typeof members.splitEntities === 'boolean' && { splitEntities: members.splitEntities }),
    ...(typeof members.jsonldContext === 'string' && { jsonldContext: members.jsonldContext }),
    delivery: secrets.delivery,
    delegation: secrets.delegation,
  }
}

/** Seals the secrets of a subscription: neither readable, nor of use in another document. */
export function sealSecrets(
  secrets: SubscriptionSecrets,
  of: KeptIn & { readonly id: string },
  seal: Seal,
): string {
  return seal.close(JSON.stringify(secrets), boundTo(of))
}

/** Opens the secrets of a subscription; undefined: they were sealed by another hub. */
export function openSecrets(
  { id, sealed }: Pick<StoredSubscription, 'id' | 'sealed'>,
  { tenant, collection }: KeptIn,
  seal: Seal,
): SubscriptionSecrets | undefined {
  const text = seal.open(sealed, boundTo({ tenant, collection, id }))
  return text === undefined ? undefined : (JSON.parse(text) as SubscriptionSecrets) // what sealSecrets closed
}

function boundTo({ tenant, collection, id }: KeptIn & { readonly id: string }): string {
  return `${tenant} ${collection} ${id}`
}

function queryOf({ parsed }: StoredSubscription): EntityQuery {
  const { entities, q, geoQ, scopeQ, csf } = parsed
  return {
    ...(entities && { selectors: entities }),
    ...(q && { q }),
    ...(geoQ && { geo: geoQ }),
    ...(scopeQ && { scope: scopeQ }),
    ...(csf && { csf }),
  }
}

/** `entityUpdated` stands for the three of attributes (CIM 009 v1.9.1, 5.2.12). */
function triggersOf(given: JsonValue | undefined): ReadonlySet<Trigger> {
  const names = isJsonArray(given) ? given.map(String) : DEFAULT_TRIGGERS
  const single = names.flatMap((name) =>
    name === 'entityUpdated' ? ['attributeCreated', 'attributeUpdated', 'attributeDeleted'] : [name],
  )
  return new Set(single as Trigger[]) // the schema lets no other names in
}

function endpointOf(shown: JsonObject, { uri, receiverInfo, notifierInfo }: SubscriptionSecrets): Endpoint {
  const { accept, timeout, cooldown } = shown
  return {
    uri,
    accept: (accept ?? 'application/json') as Endpoint['accept'], // the schema lets no other in
    ...(typeof timeout === 'number' && { timeoutMs: timeout }),
    ...(typeof cooldown === 'number' && { cooldownMs: cooldown }),
    receiverInfo,
    notifierInfo,
  }
}

function optionsOf({ members, parsed }: StoredSubscription, notification: JsonObject): RenderOptions {
  const { lang, datasetId, ngsildConformance } = members
  const { format = 'normalized', sysAttrs } = notification
  const { pick, omit } = parsed.notification ?? {}
  const version = typeof ngsildConformance === 'string' ? minorVersion(ngsildConformance) : NEWEST_VERSION
  return {
    format: (format === 'keyValues' ? 'simplified' : format) as RenderOptions['format'], // as the schema says
    ...(sysAttrs === true && { sysAttrs }),
    ...(typeof lang === 'string' && { lang }),
    ...(isJsonArray(datasetId) && { datasetIds: datasetId.map(String) }),
    ...(pick && { pick: readProjection(pick) }),
    ...(omit && { omit: readProjection(omit) }),
    ...(version < NEWEST_VERSION && { version }),
  }
}

/** Before 1.0 there is nothing to go back to, and after 1.x nothing that the hub knows. */
function minorVersion(text: string): number {
  const [major, minor] = text.split('.').map(Number)
  if (major === 0) return 0
  return major === 1 && minor !== undefined ? minor : NEWEST_VERSION
}

function joinOf({ join, joinLevel = 1 }: JsonObject): { join?: NotificationJoin } {
  if (join !== 'inline' && join !== 'flat') return {}
  return { join: { mode: join, level: Number(joinLevel) } }
}

function seconds<Name extends string>(
  name: Name,
  value: JsonValue | undefined,
): Partial<Record<Name, Micros>> {
  if (typeof value !== 'number') return {}
  return { [name]: Math.max(1, Math.round(value * 1_000_000)) } as Partial<Record<Name, Micros>> // a computed name
}

function instant<Name extends string>(
  name: Name,
  value: JsonValue | undefined,
): Partial<Record<Name, Micros>> {
  const at = typeof value === 'string' ? parseDateTime(value) : undefined
  return at === undefined ? {} : ({ [name]: at } as Partial<Record<Name, Micros>>) // a computed name
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
