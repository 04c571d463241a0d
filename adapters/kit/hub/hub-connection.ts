/** How a feed reaches its hub: by its HTTP API and nothing else. */
export interface HubConnection {
  /** Scheme, host and port, without a path. */
  readonly baseUrl: string
  /** Empty: the default tenant. */
  readonly tenant: string
  /** The access token to send; undefined where the hub asks for none. Asked for before each request. */
  token(): Promise<string | undefined>
  /** So long the hub may take to answer before it counts as away; 60 s. */
  readonly timeoutMs?: number
}

/** The hub did not take a request now and may take it later. */
export class HubAway extends Error {
  /** Absent: it could not be reached. */
  readonly status: number | undefined

  constructor(text: string, { status, cause }: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(text, { cause })
    this.name = 'HubAway'
    this.status = status
  }
}

/** The hub refused a request, and will again. */
export class HubRefusal extends Error {
  readonly status: number

  constructor(status: number, text: string) {
    super(text)
    this.name = 'HubRefusal'
    this.status = status
  }
}
