import { createHmac, randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose'
import { isJsonObject, type JsonObject, type JsonValue } from '../../broker/core/model/json.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { IdentityDocuments } from './identity-documents.ts'

/** What the provider must not lose and nobody else may know; made at the first start. */
export interface ProviderSecrets {
  /** Private keys, the one that signs first; older ones stay for tokens that are still good. */
  readonly signing: readonly JWK[]
  readonly cookies: readonly string[]
  /** Keyed pseudonym of an account: what its tokens carry as subject. */
  pseudonym(account: string): string
}

const DOCUMENT = 'oidc-secrets'
const ROTATION_MICROS = 90 * 24 * 3600 * 1_000_000
const KEYS_KEPT = 2
const SUBJECT_HEX_DIGITS = 32

/** Reads the secrets of the provider, makes them at the first start, and renews the signing key when it is old. */
export async function openProviderSecrets(
  documents: IdentityDocuments,
  now: Micros,
): Promise<ProviderSecrets> {
  const fresh = await freshSecrets(now)
  const kept = await documents.change(DOCUMENT, (current) => {
    if (!current) return fresh
    return isOld(current, now) ? renewed(current, fresh) : undefined
  })
  const subjects = Buffer.from(textOf(kept?.subjects), 'base64url')
  return {
    signing: listOf(kept?.signing).filter(isJsonObject) as readonly JWK[], // written below, from JWKs
    cookies: listOf(kept?.cookies).map(textOf),
    pseudonym: (account) =>
      createHmac('sha256', subjects).update(account).digest('hex').slice(0, SUBJECT_HEX_DIGITS),
  }
}

/** Answers the public halves of signing keys. */
export function publicKeys(signing: readonly JWK[]): JSONWebKeySet {
  return {
    keys: signing.map(({ kty = 'EC', crv, x, y, kid, alg, use }) => ({
      kty,
      ...(crv && { crv }),
      ...(x && { x }),
      ...(y && { y }),
      ...(kid && { kid }),
      ...(alg && { alg }),
      ...(use && { use }),
    })),
  }
}

async function freshSecrets(now: Micros): Promise<JsonObject> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { kty = 'EC', crv = '', x = '', y = '', d = '' } = await exportJWK(privateKey)
  const kid = randomBytes(9).toString('base64url')
  return {
    signing: [{ kty, crv, x, y, d, kid, alg: 'ES256', use: 'sig' }],
    cookies: [secret()],
    subjects: secret(),
    signingSince: now,
  }
}

const secret = () => randomBytes(32).toString('base64url')

function isOld({ signingSince }: JsonObject, now: Micros): boolean {
  return now - Number(signingSince) > ROTATION_MICROS
}

/** Pseudonyms of accounts stay what they are. */
function renewed(current: JsonObject, fresh: JsonObject): JsonObject {
  return {
    ...current,
    signingSince: fresh.signingSince ?? 0,
    signing: [...listOf(fresh.signing), ...listOf(current.signing)].slice(0, KEYS_KEPT),
    cookies: [...listOf(fresh.cookies), ...listOf(current.cookies)].slice(0, KEYS_KEPT),
  }
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
