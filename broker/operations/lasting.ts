/** Tells whether an answer given earlier would still be given: it saw the newest state, and nothing in it has expired. */
export type Lasting = () => boolean
