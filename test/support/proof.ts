import { createHash, randomUUID } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** A key of a client, which proves that it has it (RFC 9449). */
export interface ProofKey {
  readonly jwk: JWK
  /** Thumbprint of the key. */
  readonly jkt: string
  /** Proves to have the key; members and header may be others. */
  proof(about: ProofContent, header?: object): Promise<string>
}

interface ProofContent {
  readonly htm?: string
  readonly htu: string
  /** The access token that the proof goes with. */
  readonly token: string
  readonly iat?: number
  readonly members?: object
}

/** Makes a key. */
export async function makeProofKey(alg = 'ES256'): Promise<ProofKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    jwk,
    jkt: await calculateJwkThumbprint(jwk),
    proof: (about, header) => signProof(about, { alg, jwk, ...header }, privateKey),
  }
}

function signProof(
  { htm = 'GET', htu, token, iat = Math.floor(Date.now() / 1000), members = {} }: ProofContent,
  header: object,
  key: CryptoKey,
): Promise<string> {
  const ath = createHash('sha256').update(token).digest('base64url')
  return new SignJWT({ jti: randomUUID(), htm, htu, ath, iat, ...members })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', ...header })
    .sign(key)
}
