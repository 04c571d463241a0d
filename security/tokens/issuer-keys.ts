import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { Problem } from '../../broker/core/model/problem.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Egress } from '../egress/egress.ts'
import { isRecord } from './is-record.ts'

/** Finds the key that a token of one issuer is signed with. */
export interface IssuerKeys {
  readonly key: JWTVerifyGetKey
}

const FRESH_MICROS = 10 * 60 * 1_000_000
const PAUSE_MICROS = 30 * 1_000_000
const TIMEOUT_MS = 5000
const MAX_BYTES = 262_144

interface KeptKeys {
  readonly keys: JWTVerifyGetKey
  readonly at: Micros
}

/**
 * Keeps the keys of an issuer: asked for again when old or when a token names an unknown one, but not more often than
 * every half minute. When the issuer is away the kept keys go on, so a hub works alone.
 */
export function createIssuerKeys(
  {
    issuer,
    jwksUri,
    keys: own,
  }: { readonly issuer: string; readonly jwksUri?: string; readonly keys?: () => JSONWebKeySet },
  egress: Egress,
  clock: () => Micros,
): IssuerKeys {
  if (own) return { key: (header, token) => createLocalJWKSet(own())(header, token) }
  let kept: KeptKeys | undefined
  let tried = Number.NEGATIVE_INFINITY
  let underWay: Promise<void> | undefined

  const refresh = async (): Promise<void> => {
    if (clock() - tried < PAUSE_MICROS) return
    underWay ??= fetchKeys(issuer, jwksUri, egress)
      .then((set) => {
        kept = { keys: createLocalJWKSet(set), at: clock() }
      })
      .catch(() => undefined)
      .finally(() => {
        tried = clock()
        underWay = undefined
      })
    await underWay
  }

  const key: JWTVerifyGetKey = async (header, token) => {
    if (!kept || clock() - kept.at > FRESH_MICROS) await refresh()
    if (!kept) throw keysAway()
    try {
      return await kept.keys(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await refresh()
      return kept.keys(header, token)
    }
  }
  return { key }
}

function keysAway(): Problem {
  return new Problem('ServiceUnavailable', 'Keys of the token issuer cannot be fetched', {
    headers: { 'Retry-After': '30' },
  })
}

async function fetchKeys(
  issuer: string,
  jwksUri: string | undefined,
  egress: Egress,
): Promise<JSONWebKeySet> {
  const address = jwksUri ?? (await discoverKeys(issuer, egress))
  const content = await fetchJson(address, egress)
  const set = isRecord(content) ? content.keys : undefined
  if (!Array.isArray(set)) throw new Error('Issuer answers with something that is no key set')
  return { keys: set.filter(isPublicKey) }
}

/** Keys that could only be shared ones are not let in: a public key is never taken as a secret. */
function isPublicKey(key: unknown): key is JSONWebKeySet['keys'][number] {
  return isRecord(key) && key.kty !== 'oct'
}

async function discoverKeys(issuer: string, egress: Egress): Promise<string> {
  const content = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, egress)
  const found = isRecord(content) ? content : {}
  if (found.issuer !== issuer || typeof found.jwks_uri !== 'string') {
    throw new Error('Issuer answers with the configuration of another one')
  }
  return found.jwks_uri
}

async function fetchJson(url: string, egress: Egress): Promise<unknown> {
  const answer = await egress.request({
    url,
    method: 'GET',
    headers: { Accept: 'application/json' },
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  })
  if (answer.status !== 200) throw new Error(`Issuer answers with status ${answer.status}`)
  return JSON.parse(answer.body)
}
