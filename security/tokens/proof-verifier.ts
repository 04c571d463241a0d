import { hash } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { Problem } from '../../broker/core/model/problem.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import { ALGORITHMS, invalidProof, invalidToken, nonceWanted } from './challenges.ts'
import { isRecord } from './is-record.ts'
import { createProofMemory } from './proof-memory.ts'

/** A request that comes with a proof of possession. */
export interface ProvenRequest {
  /** Header DPoP. */
  readonly proof: string | undefined
  readonly method: string
  /** Path as it was asked for. */
  readonly path: string
  readonly token: string
  /** Thumbprint of the key that the token is bound to. */
  readonly key: string
}

/** Checks that whoever shows a token has the key that it is bound to. */
export interface ProofVerifier {
  /** @throws Problem Unauthorized with the reason */
  verify(request: ProvenRequest): Promise<void>
}

const LONGEST_PROOF = 8192
const LONGEST_ID = 256
const KEYS = 1000
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']

interface ProofKey {
  readonly key: CryptoKey
  readonly thumbprint: string
}

/** Verifies DPoP proofs (RFC 9449, 4.3) of requests for these URLs; each proof is good for one request. */
export function createProofVerifier({
  urls,
  clock,
  nonceKey,
}: {
  /** Under which clients reach the hub: never what a request says of itself. */
  readonly urls: readonly string[]
  readonly clock: () => Micros
  /** Where other processes answer the same clients: the key of the nonces that all of them give. */
  readonly nonceKey?: Uint8Array
}): ProofVerifier {
  const memory = createProofMemory({ clock, ...(nonceKey && { sharedKey: nonceKey }) })
  const roots = urls.map((url) => url.replace(/\/+$/, ''))
  // a client sends the same header with each proof: its key is read once
  const keys = new LRUCache<string, ProofKey>({ max: KEYS })
  const keyOf = async (header: string): Promise<ProofKey> => {
    const found = keys.get(header) ?? (await readKey(header))
    keys.set(header, found)
    return found
  }
  return {
    verify: async ({ proof, method, path, token, key }) => {
      if (proof === undefined) throw invalidProof('Request has no DPoP proof')
      if (proof.length > LONGEST_PROOF) throw invalidProof('DPoP proof is too long')
      const [header = ''] = proof.split('.', 1)
      const proven = await keyOf(header)
      const payload = await payloadOf(proof, proven, clock())
      if (proven.thumbprint !== key) throw invalidToken('Access token is bound to another key')
      if (payload.htm !== method) throw invalidProof('DPoP proof is for another method')
      const asked = roots.map((root) => targetOf(root + path))
      const target = typeof payload.htu === 'string' ? targetOf(payload.htu) : undefined
      if (target === undefined || !asked.includes(target)) throw invalidProof('DPoP proof is for another URL')
      if (payload.ath !== hash('sha256', token, 'base64url'))
        throw invalidProof('DPoP proof is for another access token')
      takeOnce(payload, proven.thumbprint)
    },
  }

  function takeOnce({ jti, iat, nonce }: JWTPayload, key: string): void {
    if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_ID || typeof iat !== 'number')
      throw invalidProof('DPoP proof has no jti or iat')
    const freshness = memory.take({ key, jti, iat, ...(nonce !== undefined && { nonce: String(nonce) }) })
    switch (freshness) {
      case 'fresh':
        return
      case 'replayed':
        throw invalidProof('DPoP proof was used before')
      case 'old':
        throw invalidProof('DPoP proof was made at another time')
      case 'unsure':
        throw nonceWanted(memory.nonce())
      default:
        freshness satisfies never
    }
  }
}

/** Reads the key that a proof brings along. @throws Problem for one that is no public key */
async function readKey(header: string): Promise<ProofKey> {
  try {
    const { typ, alg, jwk }: Record<string, unknown> = JSON.parse(
      Buffer.from(header, 'base64url').toString('utf8'),
    )
    const isPublic = isRecord(jwk) && !PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))
    if (typ !== 'dpop+jwt' || typeof alg !== 'string' || !ALGORITHMS.includes(alg) || !isPublic)
      throw new Error('Header is not one of a proof')
    const key = await importJWK(jwk as JWK, alg) // a record: whether it is a key shows here
    if (key instanceof Uint8Array) throw new Error('Key is a shared one')
    return { key, thumbprint: await calculateJwkThumbprint(jwk as JWK) }
  } catch (cause) {
    throw invalidProof('DPoP proof is none that is accepted', cause)
  }
}

async function payloadOf(proof: string, { key }: ProofKey, now: Micros): Promise<JWTPayload> {
  try {
    const options = { typ: 'dpop+jwt', algorithms: ALGORITHMS, currentDate: new Date(now / 1000) }
    return (await jwtVerify(proof, key, options)).payload
  } catch (cause) {
    throw cause instanceof Problem ? cause : invalidProof('DPoP proof cannot be verified', cause)
  }
}

/** A URL without query and fragment, spelled in one way (RFC 3986, 6.2.2). */
function targetOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { origin, pathname } = new URL(text)
  return origin + pathname.replace(/%[0-9a-f]{2}/gi, spelled)
}

function spelled(triplet: string): string {
  const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
  return /[\w.~-]/.test(character) ? character : triplet.toUpperCase()
}
