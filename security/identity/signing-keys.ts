import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose'
import { isJsonObject, type JsonObject, type JsonValue } from '../../broker/core/model/json.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { PublishedKey } from './identity-provider.ts'

/** A private key of the provider, with the time until which its public half is published. */
export interface SigningKey {
  readonly jwk: Readonly<Record<'kty' | 'crv' | 'x' | 'y' | 'd' | 'kid' | 'alg' | 'use', string>>
  /** Absent: it signs, or it will. */
  readonly until?: Micros
}

/**
 * The keys of a provider. The next one is published before it signs, so that whoever keeps the keys of this issuer for a
 * while knows it already; former ones are published until the last token that they signed has ended.
 */
export interface SigningKeys {
  readonly signs: SigningKey
  readonly next: SigningKey
  readonly former: readonly SigningKey[]
  /** Since when the first one signs. */
  readonly since: Micros
}

/** Makes a key. */
export async function freshKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { kty = 'EC', crv = '', x = '', y = '', d = '' } = await exportJWK(privateKey)
  const kid = randomBytes(9).toString('base64url')
  return { jwk: { kty, crv, x, y, d, kid, alg: 'ES256', use: 'sig' } }
}

/** Lets the next key sign; what signed so far stays published for so long. */
export function rotated(
  { signs, next, former }: SigningKeys,
  fresh: SigningKey,
  { now, publishedFor }: { readonly now: Micros; readonly publishedFor: Micros },
): SigningKeys {
  const ended = { ...signs, until: now + publishedFor }
  return { signs: next, next: fresh, former: [ended, ...stillPublished(former, now)], since: now }
}

/** Takes every key back at once: no token that one of them signed is good any more. */
export function replaced(fresh: readonly [SigningKey, SigningKey], now: Micros): SigningKeys {
  return { signs: fresh[0], next: fresh[1], former: [], since: now }
}

/** Answers all keys that are published now, the one that signs first. */
export function publishedKeys({ signs, next, former }: SigningKeys, now: Micros): readonly SigningKey[] {
  return [signs, next, ...stillPublished(former, now)]
}

/** Tells of the keys that are published now. */
export function toldKeys(keys: SigningKeys, now: Micros): readonly PublishedKey[] {
  return publishedKeys(keys, now).map((key) => ({
    id: key.jwk.kid,
    use: key === keys.signs ? 'signs' : key === keys.next ? 'next' : 'former',
    ...(key === keys.signs && { since: keys.since }),
    ...(key.until !== undefined && { until: key.until }),
  }))
}

/** Answers the public halves of keys. */
export function publicKeys(keys: readonly SigningKey[]): JSONWebKeySet {
  return {
    keys: keys.map(({ jwk: { kty, crv, x, y, kid, alg, use } }) => ({ kty, crv, x, y, kid, alg, use })),
  }
}

/** Writes keys as they are kept. */
export function keptKeys({ signs, next, former, since }: SigningKeys): JsonObject {
  const entry = ({ jwk, until }: SigningKey): JsonObject => ({
    jwk: { ...jwk },
    ...(until !== undefined && { until }),
  })
  return { signs: entry(signs), next: entry(next), former: former.map(entry), since }
}

/** Reads back what `keptKeys` wrote; undefined: it is something else. */
export function readKeys(kept: JsonValue | undefined): SigningKeys | undefined {
  if (!isJsonObject(kept) || !isJsonObject(kept.signs)) return undefined
  return kept as unknown as SigningKeys // of the same members, written by keptKeys
}

function stillPublished(keys: readonly SigningKey[], now: Micros): readonly SigningKey[] {
  return keys.filter(({ until = 0 }) => until > now)
}
