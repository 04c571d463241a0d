/**
 * Why a record is in quarantine: what the sender, the integrator or the hub has to repair. `private`: it holds what feeds must
 * not bring; nothing of it is kept.
 */
export const REASONS = ['unreadable', 'unmapped', 'implausible', 'refused', 'too-large', 'private'] as const
export type Reason = (typeof REASONS)[number]

/** A record cannot become entities; the text says why, without values that may be personal data. */
export class RecordFault extends Error {
  readonly reason: Reason

  constructor(reason: Reason, text: string, cause?: unknown) {
    super(text, { cause })
    this.name = 'RecordFault'
    this.reason = reason
  }
}

/** Answers the fault of a record that the mapping does not understand. */
export function unmapped(text: string): RecordFault {
  return new RecordFault('unmapped', text)
}

/** A feed cannot run as it is defined or configured; lists every fault at once. */
export class FeedFault extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.name = 'FeedFault'
    this.faults = faults
  }
}
