/** What the hub knows of a caller: from a verified token, or nothing. */
export interface Claims {
  /** Keyed pseudonym of the subject as its issuer gives it; never a national id. */
  readonly subject: string
  readonly issuer: string
  readonly roles: readonly string[]
  readonly organisation?: string
  readonly city?: string
  /** The purpose in force: one of `purposes`, or that of the configuration. */
  readonly purpose?: string
  /** Purposes among which the caller may pick. */
  readonly purposes?: readonly string[]
  /** How sure the issuer is who it is, 0 to 3: what its `acr` stands for by configuration. */
  readonly assurance?: number
  /** When the subject last showed who it is, seconds since 1970: `auth_time`. */
  readonly authenticatedAt?: number
  /** Client through which the subject came. */
  readonly client?: string
  /** Short name of the account or client, for its owner to see. */
  readonly name?: string
  /** Seconds since 1970 at which the token ends. */
  readonly expiresAt?: number
  readonly anonymous: boolean
  /** The only tenants for which the issuer is trusted; absent: all. */
  readonly tenants?: readonly string[]
  /** What the token is known by where it is revoked: `jti`, `grant`, `sid`, `iat`. */
  readonly tokenId?: string
  readonly grant?: string
  readonly session?: string
  readonly issuedAt?: number
  /** What whoever shows the token has to have too: `cnf`. */
  readonly confirmation?: Confirmation
}

/** What a token is bound to (RFC 7800). */
export interface Confirmation {
  /** Thumbprint of a key (`jkt`, RFC 9449). */
  readonly key?: string
  /** Thumbprint of a certificate (`x5t#S256`, RFC 8705). */
  readonly certificate?: string
  /** Something that nobody here can check. */
  readonly other?: true
}

/** What of it can be shown here. */
export type Binding = 'key' | 'certificate'

/** Answers what a caller had to have besides its token. */
export function bindingOf({ confirmation }: Pick<Claims, 'confirmation'>): Binding | undefined {
  if (confirmation?.certificate !== undefined) return 'certificate'
  return confirmation?.key === undefined ? undefined : 'key'
}

/** Claims of somebody whose token is bound so, without the token. */
export function boundTo(binding: Binding | undefined): Pick<Claims, 'confirmation'> {
  return binding ? { confirmation: { [binding]: '' } } : {}
}

/** Nobody in particular: a request without a token. */
export const ANONYMOUS: Claims = { subject: '', issuer: '', roles: [], anonymous: true }
