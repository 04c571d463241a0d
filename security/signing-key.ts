import { createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto'

/** Signs what the hub answers for later, such as heads of its audit log and reports of erasures. */
export interface SigningKey {
  /** The public key: 32 bytes of Ed25519 in base64url. */
  readonly id: string
  /** Answers the signature of a text in base64url. */
  sign(text: string): string
}

/** What comes before the 32 bytes of an Ed25519 key in PKCS #8 and in SPKI (RFC 8410). */
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex')

/** Makes an Ed25519 key of the hub's secret: the same for the same purpose, and none of another one. */
export function signingKey(secret: Uint8Array, purpose: string): SigningKey {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', `signing ${purpose}`, 32))
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    id: spki.subarray(PUBLIC.length).toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  }
}

/** Tells whether a text was signed with the key that has this public one. */
export function isSigned(text: string, signature: string, publicKey: string): boolean {
  try {
    const spki = Buffer.concat([PUBLIC, Buffer.from(publicKey, 'base64url')])
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}
