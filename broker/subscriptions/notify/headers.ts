import { contextLink } from '../../core/context/context-link.ts'
import { DEFAULT_TENANT, visibleTenant } from '../../core/model/tenant.ts'
import type { KeyValuePair, Subscription } from '../subscription.ts'
import type { Envelope } from './notice.ts'

export type Header = readonly [name: string, value: string]

/** Names that a receiver cannot be sent otherwise: they belong to the connection, or say what the body is. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer'],
  ...['expect', 'proxy-authorization', 'proxy-connection', 'content-type', 'content-encoding', 'link'],
])

/** What a receiver believes of a hub: for which tenant and snapshot it speaks, for whom, and which way a message came. */
const OWN = /^(?:ngsild-(?:tenant|snapshot)|forwarded|x-forwarded-.*|x-real-ip|via|hub-on-behalf-of)$/i

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Visible characters, blanks and tabs between them: nothing that ends a header. */
const FIELD_VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/

/** Tells whether a pair of receiverInfo can be sent as a header of a notification (CIM 009 v1.9.1, 5.2.22, 6.3.8; RFC 7230). */
function canBeHeader({ key, value }: KeyValuePair): boolean {
  return TOKEN.test(key) && FIELD_VALUE.test(value) && !RESERVED.has(key.toLowerCase())
}

/** The headers of an HTTP notification (CIM 009 v1.9.1, 6.3.8): what every binding tells, with names that HTTP can carry. */
export function headersOf(envelope: Envelope): readonly Header[] {
  return metadataOf(envelope, envelope.subscription.endpoint.receiverInfo.filter(canBeHeader))
}

/**
 * What is told beside the body: its media type, its @context where the body has none, the pairs for the receiver as they
 * were given, tenant and snapshot. Each name once, the hub's own first: a subscriber never says what the body is, nor on
 * whose behalf the hub speaks.
 */
export function metadataOf(
  { subscription, table, tenant, snapshot }: Envelope,
  pairs: readonly KeyValuePair[] = subscription.endpoint.receiverInfo,
): readonly Header[] {
  const visible = visibleTenant(tenant)
  const names = new Set<string>()
  const all: readonly Header[] = [
    ['Content-Type', subscription.endpoint.accept],
    ...(contextInBody(subscription) ? [] : [['Link', contextLink(table)] as const]),
    ...pairs.flatMap(({ key, value }) => (OWN.test(key) ? [] : [[key, value] as const])),
    ...(visible === DEFAULT_TENANT ? [] : [['NGSILD-Tenant', visible] as const]),
    ...(snapshot === undefined ? [] : [['NGSILD-Snapshot', snapshot] as const]),
  ]
  return all.filter(([name]) => names.size !== names.add(name.toLowerCase()).size)
}

/** Tells whether the body names its @context: in JSON-LD, and in GeoJSON unless the receiver prefers it without (6.3.8). */
export function contextInBody({ endpoint }: Pick<Subscription, 'endpoint'>): boolean {
  if (endpoint.accept !== 'application/geo+json') return endpoint.accept === 'application/ld+json'
  return !endpoint.receiverInfo.some(
    ({ key, value }) => key.toLowerCase() === 'prefer' && value.trim().toLowerCase() === 'body=json',
  )
}
