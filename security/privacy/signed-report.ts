import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { canonicalJson, isJsonObject, type JsonObject } from '../../broker/core/model/json.ts'

/** A report with who vouches for it: signed is its canonical text without the signature. */
export type SignedReport = JsonObject & { readonly signature: JsonObject }

/** Signs reports in the name of the hub. */
export interface ReportKey {
  /** Names the key: two hubs have two. */
  readonly id: string
  /** Public half, base64url. */
  readonly publicKey: string
  sign(report: JsonObject): SignedReport
}

/** Ed25519 keys of 32 bytes in PKCS #8 and SPKI (RFC 8410) begin with these bytes. */
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex')
const ALGORITHM = 'Ed25519'

/** Derives the key of a hub from its secret: it is kept nowhere else, and the same after every start. */
export function createReportKey(secret: Uint8Array): ReportKey {
  const seed = createHmac('sha256', secret).update('privacy-report').digest()
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key)
    .export({ format: 'der', type: 'spki' })
    .subarray(PUBLIC.length)
    .toString('base64url')
  const id = publicKey.slice(0, 16)
  return {
    id,
    publicKey,
    sign: (report) => {
      const value = sign(null, bytesOf(report), key).toString('base64url')
      return { ...report, signature: { algorithm: ALGORITHM, keyId: id, publicKey, value } }
    },
  }
}

/** Tells whether a report is as the owner of the key that it names signed it; answers that key, base64url. */
export function verifyReport(report: JsonObject): string | undefined {
  const { signature, ...signed } = report
  if (!isJsonObject(signature) || signature.algorithm !== ALGORITHM) return undefined
  const { publicKey, value } = signature
  if (typeof publicKey !== 'string' || typeof value !== 'string') return undefined
  const key = publicKeyOf(publicKey)
  return key && verify(null, bytesOf(signed), key, Buffer.from(value, 'base64url')) ? publicKey : undefined
}

function publicKeyOf(text: string): KeyObject | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== 32) return undefined
  return createPublicKey({ key: Buffer.concat([PUBLIC, bytes]), format: 'der', type: 'spki' })
}

function bytesOf(report: JsonObject): Buffer {
  return Buffer.from(canonicalJson(report), 'utf8')
}
