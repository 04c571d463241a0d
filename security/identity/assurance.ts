/** How sure the provider is of who logged in, as tokens say it (`acr`), least first. */
export const ASSURANCES = ['aal1', 'aal2'] as const

/** aal1: by a password; aal2: by a second factor too. */
export type Assurance = (typeof ASSURANCES)[number]
