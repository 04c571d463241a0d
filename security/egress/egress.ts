/** How the hub shows who it is, and whom it trusts, in PEM. */
export interface EgressTls {
  readonly certificate?: string
  readonly certificateKey?: string
  /** Trusted instead of the authorities of the platform. */
  readonly authorities?: string
}

/** One request to another server. */
export interface EgressRequest {
  readonly url: string
  readonly method: string
  /** Names are sent as they are written. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly tls?: EgressTls
  /** Connections are shared with requests of the same name only; absent: with all others of the origin. */
  readonly pool?: string
  /** Deadline for the whole exchange, milliseconds. */
  readonly timeoutMs: number
  /** A longer body is refused while it arrives. */
  readonly maxBytes: number
  /** It may arrive twice: it is sent once more where the connection is cut before the answer begins. */
  readonly repeatable?: boolean
  /** Takes the body of the answer piece by piece; the answer has none then. What it answers is waited for. */
  readonly take?: (piece: Buffer) => Promise<void> | undefined
}

/** One message to another server, of whose answer only the status counts. */
export type EgressMessage = Omit<EgressRequest, 'maxBytes' | 'repeatable' | 'take'>

export interface EgressAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * The only way in which the hub connects to other servers: @contexts, federation, issuers, notifications.
 * Guarded: no private, loopback or link-local address unless its origin is configured; checked on the resolved address
 * at connection time; redirects are not followed. Connections are kept alive per origin and pool, so many of each.
 */
export interface Egress {
  /** @throws EgressRefused when the URL is not allowed, EgressFailed (reason: timeout, unreachable, too-large) */
  request(request: EgressRequest): Promise<EgressAnswer>
  close(): Promise<void>
}

/** What a receiver said to a message. */
export interface MessageAnswer {
  readonly status: number
  /** Its header Retry-After (RFC 9110, 10.2.3). */
  readonly retryAfter?: string
}

/** The same way out for messages that may arrive twice. */
export interface MessageEgress {
  /**
   * Answers as soon as status and headers are there; the rest is not waited for.
   * @throws EgressRefused when the URL is not allowed, EgressFailed (reason: timeout, unreachable)
   */
  send(message: EgressMessage): Promise<MessageAnswer>
}

/** The target is not one that the hub may call, as can be seen in its URL. */
export class EgressRefused extends Error {}

/** The call brought no answer; of a guarded hub also because the name has an address that it may not call. */
export class EgressFailed extends Error {
  readonly reason: 'timeout' | 'unreachable' | 'too-large'

  constructor(reason: EgressFailed['reason'], text: string, cause?: unknown) {
    super(text, { cause })
    this.reason = reason
  }
}
