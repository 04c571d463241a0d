import type { Notification } from './changes.ts'

/** How notifications are received. */
export interface ReceiverOptions {
  /** The `signingSecret` of the subscription's delivery: `whsec_` and base64; several while one takes the place of another. */
  readonly secret: string | readonly string[]
  /** Takes a notification; the hub sends it again when this fails. */
  readonly receive: (notification: Notification) => void | Promise<void>
  /** Seconds that a message may be old, or ahead of the clock here; 300 unless said otherwise. */
  readonly tolerance?: number
  /** Bytes of the largest message; 10 MiB unless said otherwise. */
  readonly largest?: number
}

/** A request of Node's `http`, as far as it is looked at. */
interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** A response of Node's `http`, as far as it is used. */
interface NodeResponse {
  writeHead(status: number): { end(): void }
}

/** Takes the notifications of a hub that are signed with a secret, each once. */
export interface Receiver {
  /** For servers that speak `Request` and `Response`. */
  fetch(request: Request): Promise<Response>
  /** For `createServer` of Node. */
  node(request: NodeRequest, response: NodeResponse): Promise<void>
}

const TOLERANCE = 300
const LARGEST = 10 * 1024 * 1024
/** Ids that are remembered: the same may arrive twice. */
const REMEMBERED = 10_000

interface Message {
  readonly method: string
  readonly header: (name: string) => string | undefined
  readonly body: AsyncIterable<Uint8Array>
}

/** Makes a receiver: answers 204 to what was taken, 401 to what is not signed with the secret or too old, 500 when taking it failed. */
export function receiver({
  secret,
  receive,
  tolerance = TOLERANCE,
  largest = LARGEST,
}: ReceiverOptions): Receiver {
  const taken = new Set<string>()

  async function answer({ method, header, body }: Message): Promise<number> {
    if (method !== 'POST') return 405
    const bytes = await gathered(body, largest)
    if (!bytes) return 413
    const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(header)
    const signed = { id: id ?? '', timestamp: timestamp ?? '', body: bytes }
    if (!(await isSigned(signed, signatures ?? '', { secrets: [secret].flat(), tolerance }))) return 401
    if (taken.has(signed.id)) return 204
    const notification = notificationOf(bytes)
    if (!notification) return 400
    try {
      await receive(notification)
    } catch {
      return 500
    }
    taken.add(signed.id)
    const [oldest] = taken
    if (taken.size > REMEMBERED && oldest !== undefined) taken.delete(oldest)
    return 204
  }

  return {
    fetch: async (request) => {
      const header = (name: string) => request.headers.get(name) ?? undefined
      const status = await answer({ method: request.method, header, body: pieces(request) })
      return new Response(null, { status })
    },
    node: async (request, response) => {
      const header = (name: string) => [request.headers[name]].flat()[0]
      const status = await answer({ method: request.method ?? '', header, body: request })
      response.writeHead(status).end()
    },
  }
}

/** What a signature is of (Standard Webhooks). */
export interface SignedMessage {
  readonly id: string
  readonly timestamp: string
  readonly body: Uint8Array
}

/**
 * Tells whether one of the signatures of a message was made with one of the secrets, and lately. The comparison takes the same time
 * whatever is wrong.
 */
export async function isSigned(
  { id, timestamp, body }: SignedMessage,
  signatures: string,
  { secrets, tolerance = TOLERANCE }: { readonly secrets: readonly string[]; readonly tolerance?: number },
): Promise<boolean> {
  const age = Math.abs(Date.now() / 1000 - Number(timestamp))
  if (id === '' || !/^\d+$/.test(timestamp) || !(age <= tolerance)) return false
  const head = new TextEncoder().encode(`${id}.${timestamp}.`)
  const signed = new Uint8Array([...head, ...body])
  for (const secret of secrets) {
    const bytes = fromBase64(secret.replace(/^whsec_/, ''))
    if (!bytes || bytes.length === 0) throw new TypeError('Secret of the receiver is no base64')
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
    for (const signature of signatures.split(' ')) {
      const [, value] = /^v1,(.+)$/.exec(signature) ?? []
      const given = value === undefined ? undefined : fromBase64(value)
      if (given && (await crypto.subtle.verify('HMAC', key, given, signed))) return true
    }
  }
  return false
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

function notificationOf(bytes: Uint8Array): Notification | undefined {
  try {
    const content: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof content === 'object' && content !== null ? (content as Notification) : undefined // the hub signed it
  } catch {
    return undefined
  }
}

async function gathered(body: AsyncIterable<Uint8Array>, largest: number): Promise<Uint8Array | undefined> {
  const all: Uint8Array[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    if (length > largest) return undefined
    all.push(piece)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of all) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

async function* pieces({ body }: Request): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  for (;;) {
    const next = await reader?.read()
    if (!next || next.done) return
    yield next.value
  }
}
