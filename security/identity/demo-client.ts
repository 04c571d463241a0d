/** Grant type that gives a token of a demo account to callers on the same machine. */
export const DEMO_GRANT = 'urn:urban-data-hub:grant:demo'
/** The public client that may use it. */
export const DEMO_CLIENT = 'hub-demo'
