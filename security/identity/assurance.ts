/** How sure the provider is of who logged in, as tokens say it (`acr`): aal1: by a password; aal2: by a second factor too. */
export const ASSURANCES = ['aal1', 'aal2'] as const

/** A login with two factors. */
export const ASSURED_BY_TWO = 'aal2'
