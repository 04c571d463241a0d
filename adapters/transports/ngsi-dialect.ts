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
  /** Where a subscription notifies. */
  notifyUrl(document: Json): string | undefined
  /** When it ends, as it was written. */
  expires(document: Json): string | undefined
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
  notifyUrl: (document) => textMember(member(member(document, 'notification'), 'endpoint'), 'uri'),
  expires: (document) => textMember(document, 'expiresAt'),
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
  notifyUrl: (document) => textMember(member(member(document, 'notification'), 'httpCustom'), 'url'),
  expires: (document) => textMember(document, 'expires'),
  headers: () => ({}),
}

/** Answers how a broker of that version wants to be spoken to. */
export function dialectOf(version: NgsiTransport['version']): NgsiDialect {
  return version === 'v2' ? V2 : LD
}

/** Answers what a broker says of a subscription that has this description and notifies there; undefined for all others. */
export function subscriptionState(
  document: Json,
  dialect: NgsiDialect,
  wish: { readonly description: string; readonly notifyUrl: string },
): SubscriptionState | undefined {
  const id = textMember(document, 'id')
  if (id === undefined || textMember(document, 'description') !== wish.description) return undefined
  if (dialect.notifyUrl(document) !== wish.notifyUrl) return undefined
  const expires = dialect.expires(document)
  const failure = textMember(member(document, 'notification'), 'lastFailure')
  return {
    id,
    isActive: isActive(document),
    ...(expires !== undefined && { expires }),
    ...(failure !== undefined && { failure }),
  }
}

/** NGSI-LD has a flag for it besides the status that both have. */
function isActive(document: Json): boolean {
  const isEnded = ['inactive', 'paused', 'expired'].includes(textMember(document, 'status') ?? '')
  return member(document, 'isActive') !== false && !isEnded
}
