/** One request to another server. */
export interface EgressRequest {
  readonly url: string
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Deadline for the whole exchange, milliseconds. */
  readonly timeoutMs: number
  /** A longer body is refused while it arrives. */
  readonly maxBytes: number
}

export interface EgressAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * The only way in which the hub connects to other servers: @contexts, federation, issuers, notifications.
 * Guarded: no private, loopback or link-local address unless its origin is configured; checked on the resolved address
 * at connection time; redirects are not followed. Connections are kept alive per origin.
 */
export interface Egress {
  /** @throws EgressRefused when the address is not allowed, EgressFailed (reason: timeout, unreachable, too-large) */
  request(request: EgressRequest): Promise<EgressAnswer>
  close(): Promise<void>
}

/** The target is not one that the hub may call. */
export class EgressRefused extends Error {}

/** The call was allowed but brought no answer. */
export class EgressFailed extends Error {
  readonly reason: 'timeout' | 'unreachable' | 'too-large'

  constructor(reason: EgressFailed['reason'], text: string, cause?: unknown) {
    super(text, { cause })
    this.reason = reason
  }
}
