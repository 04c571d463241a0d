/** What the hub knows of a caller: from a verified token, or nothing. */
export interface Claims {
  /** Keyed pseudonym of the subject as its issuer gives it; never a national id. */
  readonly subject: string
  readonly issuer: string
  readonly roles: readonly string[]
  readonly organisation?: string
  readonly city?: string
  readonly purpose?: string
  /** How sure it is who asks, 0 to 3. */
  readonly assurance?: number
  /** Client through which the subject came. */
  readonly client?: string
  /** Short name of the account or client, for its owner to see. */
  readonly name?: string
  /** Seconds since 1970 at which the token ends. */
  readonly expiresAt?: number
  readonly anonymous: boolean
}

/** Nobody in particular: a request without a token. */
export const ANONYMOUS: Claims = { subject: '', issuer: '', roles: [], anonymous: true }
