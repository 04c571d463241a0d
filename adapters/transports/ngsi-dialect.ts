import type { NgsiTransport } from '../kit/definition/transport-definition.ts'
import type { Json, JsonMap } from '../kit/values/json.ts'
import { member, textMember } from '../kit/values/json.ts'

/** What a broker says of a subscription. */
export interface SubscriptionState {
  readonly id: string
  /** When it ends, as it was written. */
  readonly expires?: string
  /** It sends when something changes. */
  readonly isActive: boolean
  /** When a delivery failed last: that others did not since says nothing of what it told. */
  readonly failure?: string
}

/** What a subscription has to be made of. */
export interface SubscriptionWish {
  readonly description: string
  readonly expires: string
  readonly key: string
}

/** What is different between NGSI-LD and NGSIv2. */
export interface NgsiDialect {
  subscription(definition: NgsiTransport, wish: SubscriptionWish): JsonMap
  renewal(expires: string): JsonMap
  /** What a broker says of a subscription that has this description and notifies there; undefined for all others. */
  stateOf(
    document: Json,
    wish: { readonly description: string; readonly notifyUrl: string },
  ): SubscriptionState | undefined
  /** Headers that give the meaning of names. */
  headers(definition: NgsiTransport): Readonly<Record<string, string>>
}

/** NGSI-LD (CIM 009 v1.9.1, 5.2.12, 5.8). */
const LD: NgsiDialect = {
  subscription: ({ entities, attributes, notifyUrl, key }, { description, expires, key: secret }) => ({
    type: 'Subscription',
    description,
    entities: entities.map((entity) => ({ ...entity })),
    notification: {
      format: 'normalized',
      ...(attributes && { attributes }),
      endpoint: {
        uri: notifyUrl,
        accept: 'application/json',
        receiverInfo: [{ key: key.header, value: secret }],
      },
    },
    expiresAt: expires,
  }),
  renewal: (expiresAt) => ({ expiresAt, isActive: true }),
  stateOf: (document, { description, notifyUrl }) => {
    const notification = member(document, 'notification')
    const id = textMember(document, 'id')
    const url = textMember(member(notification, 'endpoint'), 'uri')
    if (id === undefined || url !== notifyUrl || textMember(document, 'description') !== description)
      return undefined
    return stateOf(id, {
      expires: textMember(document, 'expiresAt'),
      isActive: member(document, 'isActive') !== false && !isEnded(textMember(document, 'status')),
      notification,
    })
  },
  headers: ({ context }) =>
    context === undefined
      ? {}
      : { link: `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"` },
}

/** NGSIv2, as Orion speaks it. */
const V2: NgsiDialect = {
  subscription: ({ entities, attributes, notifyUrl, key }, { description, expires, key: secret }) => ({
    description,
    subject: { entities: entities.map(({ type, idPattern = '.*' }) => ({ type, idPattern })) },
    notification: {
      httpCustom: { url: notifyUrl, headers: { [key.header]: secret } },
      ...(attributes && { attrs: attributes }),
    },
    expires,
  }),
  renewal: (expires) => ({ expires, status: 'active' }),
  stateOf: (document, { description, notifyUrl }) => {
    const notification = member(document, 'notification')
    const id = textMember(document, 'id')
    const url = textMember(member(notification, 'httpCustom'), 'url')
    if (id === undefined || url !== notifyUrl || textMember(document, 'description') !== description)
      return undefined
    return stateOf(id, {
      expires: textMember(document, 'expires'),
      isActive: !isEnded(textMember(document, 'status')),
      notification,
    })
  },
  headers: () => ({}),
}

/** Answers how a broker of that version wants to be spoken to. */
export function dialectOf(version: NgsiTransport['version']): NgsiDialect {
  return version === 'v2' ? V2 : LD
}

function isEnded(status: string | undefined): boolean {
  return status === 'inactive' || status === 'paused' || status === 'expired'
}

function stateOf(
  id: string,
  {
    expires,
    isActive,
    notification,
  }: {
    readonly expires: string | undefined
    readonly isActive: boolean
    readonly notification: Json | undefined
  },
): SubscriptionState {
  const failure = textMember(notification, 'lastFailure')
  return {
    id,
    isActive,
    ...(expires !== undefined && { expires }),
    ...(failure !== undefined && { failure }),
  }
}
