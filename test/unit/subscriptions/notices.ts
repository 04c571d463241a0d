import type { TermTable } from '../../../broker/core/context/term-table.ts'
import type { Instance } from '../../../broker/core/model/entity.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { View } from '../../../broker/core/view/view.ts'
import type { HttpMessage, Message, MqttMessage } from '../../../broker/subscriptions/deliver/message.ts'
import { differences } from '../../../broker/subscriptions/match/see-change.ts'
import type { NotifiedEntity } from '../../../broker/subscriptions/notified-entity.ts'
import type { LinkingEntity } from '../../../broker/subscriptions/notify/join-linked.ts'
import type { Notice } from '../../../broker/subscriptions/notify/notice.ts'
import {
  notificationWriter,
  type WriteNotification,
} from '../../../broker/subscriptions/notify/write-notification.ts'
import type { Endpoint, Subscription } from '../../../broker/subscriptions/subscription.ts'
import { tableOf } from '../context/terms.ts'
import { entity, ID, LATER, NOW, THEN } from '../merge/build.ts'

export const table: TermTable = tableOf()
export const SUBSCRIPTION = 'urn:ngsi-ld:Subscription:1'
export const NOTIFICATION = 'urn:ngsi-ld:Notification:1'

/** Sees everything. */
export const open: View = {
  id: 'open',
  unrestricted: true,
  admits: () => true,
  admitsAll: () => true,
  treatment: () => 'clear',
  veils: () => false,
  clearEverywhere: () => true,
}

/** Builds a subscription that tells of updates in the normalized representation, to an HTTP endpoint. */
export function subscription(
  more: Partial<Subscription> = {},
  endpoint: Partial<Endpoint> = {},
): Subscription {
  return {
    id: SUBSCRIPTION,
    owner: 'tester',
    since: THEN,
    isActive: true,
    query: { selectors: [] },
    triggers: new Set(['attributeCreated', 'attributeUpdated']),
    endpoint: {
      uri: 'https://receiver.example/notify',
      accept: 'application/json',
      receiverInfo: [],
      notifierInfo: [],
      ...endpoint,
    },
    options: { format: 'normalized' },
    showChanges: false,
    delivery: {},
    delegation: {},
    delegatedUntil: LATER,
    ...more,
  }
}

/** Builds a notice of these entities. */
export function notice(
  entities: readonly NotifiedEntity[],
  of: Subscription = subscription(),
  more: Partial<Notice> = {},
): Notice {
  return {
    id: NOTIFICATION,
    tenant: DEFAULT_TENANT,
    subscription: of,
    notifiedAt: LATER,
    entities,
    table,
    view: open,
    ...more,
  }
}

/** What a change NOW made of an entity that was written THEN; an attribute that is not in the one or the other came or went. */
export function changed(
  before: Readonly<Record<string, readonly Instance[]>> | undefined,
  after: Readonly<Record<string, readonly Instance[]>> | undefined,
): NotifiedEntity {
  const was = before && entity(before)
  const is = after && entity(after, { modifiedAt: NOW })
  return {
    id: ID,
    at: NOW,
    ...(was && { before: was }),
    ...(is && { after: is }),
    changes: differences(was, is),
  }
}

/** A notification as its receiver reads it. */
export interface Received extends JsonObject {
  readonly data: readonly JsonObject[]
}

/** Writes a notice and reads the body of what is sent. */
export async function received(of: Notice): Promise<Received> {
  return JSON.parse((await sent(of)).body)
}

/** Writes a notice and answers its first entity. */
export async function receivedEntity(
  notified: NotifiedEntity,
  of?: Subscription,
): Promise<JsonObject | undefined> {
  return (await received(notice([notified], of))).data[0]
}

/** Writes what needs neither store nor templates. */
export function plainWriter(): WriteNotification {
  const templates = { fill: () => Promise.reject(new Error('No template is filled here')) }
  return notificationWriter({ joinLinked: joinNothing, templates })
}

async function joinNothing(entities: readonly LinkingEntity[]): Promise<readonly string[]> {
  return entities.map(({ text }) => text)
}

/** Writes a notice that has something to tell. */
export async function sent(of: Notice): Promise<Message> {
  const message = await plainWriter()(of)
  if (!message) throw new Error('Nothing was written')
  return message
}

/** Answers a header of what is sent, by its exact name. */
export function header(message: Message, name: string): string | undefined {
  if (message.kind !== 'http') throw new Error('Message is not for HTTP')
  return message.headers.find(([one]) => one === name)?.[1]
}

/** Answers what is sent, as a message of one binding. */
export function asHttp(message: Message): HttpMessage {
  if (message.kind !== 'http') throw new Error('Message is not for HTTP')
  return message
}

/** Answers what is sent, as a message of the other binding. */
export function asMqtt(message: Message): MqttMessage & { readonly content: JsonObject } {
  if (message.kind !== 'mqtt') throw new Error('Message is not for MQTT')
  return { ...message, content: JSON.parse(message.body) }
}

/** Answers a member of a JSON value. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return (value as JsonObject | undefined)?.[name]
}
