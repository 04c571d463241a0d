import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../definition/secret.ts'
import type { SignatureScheme, TransportDefinition } from '../definition/transport-definition.ts'

/** What somebody sends to a feed. */
export interface Sent {
  readonly body: Uint8Array
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** Whether a sender proved who it is: a mark where the same again is a repetition. */
export type Proof = { readonly mark?: string } | { readonly refused: string }

/** Checks who sends: the feed asks for proof instead of a token. */
export type SenderCheck = (sent: Sent) => Promise<Proof>

/** Makes the check of a feed whose senders have no token; undefined for all other feeds. */
export function senderCheck(transport: TransportDefinition, secrets: Secrets): SenderCheck | undefined {
  const key = 'key' in transport ? transport.key : undefined
  const signature = transport.kind === 'webhook' ? transport.signature : undefined
  if (!key && !signature) return undefined
  return async (sent) => {
    if (key && !isEqual(sent.headers[key.header.toLowerCase()] ?? '', await secrets(key.secret))) {
      return { refused: `Header ${key.header} does not have the key of the feed` }
    }
    return signature ? proofOf(signature, await secrets(signature.secret), { ...sent, now: Date.now() }) : {}
  }
}

/** Checks the signature of what is sent, and that it was sent now. */
export function proofOf(
  { header, timestampHeader, toleranceSeconds, content, ...scheme }: SignatureScheme,
  secret: string,
  { body, headers, now }: Sent & { readonly now: number },
): Proof {
  const signature = headers[header.toLowerCase()]
  if (!signature?.startsWith(scheme.prefix)) return { refused: `Header ${header} has no signature` }
  const timestamp = timestampHeader === undefined ? '' : (headers[timestampHeader.toLowerCase()] ?? '')
  const sentAt = millisecondsOf(timestamp)
  if (timestampHeader !== undefined && !(Math.abs(now - sentAt) <= toleranceSeconds * 1000)) {
    return { refused: `Header ${timestampHeader} is not within ${toleranceSeconds} seconds of now` }
  }
  const [before = '', after = ''] = (
    content ?? (timestampHeader === undefined ? '{body}' : '{timestamp}.{body}')
  )
    .replace('{timestamp}', () => timestamp)
    .split('{body}')
  const expected = createHmac(scheme.algorithm, secret).update(before).update(body).update(after)
  const given = Buffer.from(signature.slice(scheme.prefix.length), scheme.encoding)
  const digest = expected.digest()
  if (given.length !== digest.length || !timingSafeEqual(given, digest)) {
    return { refused: `Signature in header ${header} is not of what was sent` }
  }
  return timestampHeader === undefined ? {} : { mark: `signature ${timestamp} ${digest.toString('hex')}` }
}

/** Seconds or milliseconds since 1970, or a date and time; NaN for others. */
function millisecondsOf(timestamp: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(timestamp)) return Date.parse(timestamp)
  const number = Number(timestamp)
  return number > 100_000_000_000 ? number : number * 1000
}

function isEqual(left: string, right: string): boolean {
  const [first, second] = [left, right].map((text) => createHash('sha256').update(text).digest())
  return first !== undefined && second !== undefined && timingSafeEqual(first, second)
}
