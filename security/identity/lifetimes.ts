/** How long what the provider gives is good, in seconds. */
export interface Lifetimes {
  /** Of a login, from its beginning. */
  readonly session: number
  /** Of a login that nobody uses. */
  readonly idle: number
  /** Of a grant with `offline_access`, such as that of a device. */
  readonly offline: number
}

export const ACCESS_TOKEN_SECONDS = 600
/** No access token lives longer, with leeway. */
export const LONGEST_TOKEN_SECONDS = ACCESS_TOKEN_SECONDS + 60
export const INTERACTION_SECONDS = 900
export const CODE_SECONDS = 60
export const DEVICE_CODE_SECONDS = 900
