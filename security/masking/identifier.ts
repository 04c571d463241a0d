/** What a detector recognises as pointing to a person, a household or an account. */
export type IdentifierKind =
  | 'citizen-id'
  | 'identity-card'
  | 'passport'
  | 'phone'
  | 'plate'
  | 'driving-licence'
  | 'social-insurance'
  | 'health-insurance'
  | 'tax-code'
  | 'bank-account'
  | 'payment-card'
  | 'email'
  | 'name'
  | 'address'
  | 'birth-date'
  | 'position'
  | 'ip-address'
  | 'device'
  | 'dossier'
  | 'land-certificate'
  | 'camera-url'
  | 'credential'

/** Where a text holds an identifier: from `start` up to, not including, `end`. */
export interface Hit {
  readonly kind: IdentifierKind
  readonly start: number
  readonly end: number
}

/** A pattern over the folded text: the first group, or else all of it, is the identifier. */
export interface Detector {
  readonly kind: IdentifierKind
  /** With the flags `dg` and perhaps `i`; every repetition is bounded, so that time is linear. */
  readonly pattern: RegExp
  /** Tells whether what was found is one after all. */
  readonly accepts?: (found: string) => boolean
}
