import { isJsonObject, type JsonObject, type JsonValue } from '../../broker/core/model/json.ts'
import { isSigned, type SigningKey } from '../signing-key.ts'

/** Where a log ended at an instant, signed by its hub: nothing up to there can be changed unnoticed any more. */
export interface SignedHead {
  readonly hub: string
  /** Number of the last record. */
  readonly seq: number
  /** Hash of its line: SHA-256, hexadecimal. */
  readonly hash: string
  readonly at: string
  /** Public key of the hub (Ed25519, base64url). */
  readonly key: string
  readonly signature: string
}

/** Signs where a log ends. */
export function signHead(head: Omit<SignedHead, 'key' | 'signature'>, key: SigningKey): SignedHead {
  return { ...head, key: key.id, signature: key.sign(signedText(head)) }
}

/** Tells whether a head is what the owner of its key signed. */
export function isGenuine(head: SignedHead): boolean {
  return isSigned(signedText(head), head.signature, head.key)
}

/** Reads a head; undefined: it is none. */
export function readHead(value: JsonValue): SignedHead | undefined {
  if (!isJsonObject(value)) return undefined
  const { hub, seq, hash, at, key, signature } = value
  const isText = (member: JsonValue | undefined): member is string => typeof member === 'string'
  if (!isText(hub) || !isText(hash) || !isText(at) || !isText(key) || !isText(signature)) return undefined
  return typeof seq === 'number' ? { hub, seq, hash, at, key, signature } : undefined
}

/** A head as plain JSON. */
export function headDocument({ hub, seq, hash, at, key, signature }: SignedHead): JsonObject {
  return { hub, seq, hash, at, key, signature }
}

function signedText({ hub, seq, hash, at }: Omit<SignedHead, 'key' | 'signature'>): string {
  return JSON.stringify(['hub audit head', hub, seq, hash, at])
}
