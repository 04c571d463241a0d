/** A decision about a new feed cannot be followed: the text says why. */
export class DecisionFault extends Error {}
