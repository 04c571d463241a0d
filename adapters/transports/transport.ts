import type { TransportMemory } from '../kit/intake/feed-state.ts'
import type { Inputs } from '../kit/intake/input.ts'
import type { Summary } from '../kit/intake/summary.ts'

/** What a source gave at once: one input, or several that are taken together. */
export interface Delivery {
  readonly inputs: Inputs
  /** Names what was given and how it was there, such as a file of a size and time: it is not asked for again. */
  readonly mark?: string
}

/** What a transport knows when it goes to its source. */
export interface Visit {
  /** What it remembered last. */
  readonly memory: TransportMemory
  /** Ends the visit at once. */
  readonly signal: AbortSignal
  /** Tells whether a delivery of this mark was taken before, by this process or one before it. */
  isTaken(mark: string): Promise<boolean>
  /** Keeps what the next visit has to know. */
  remember(memory: TransportMemory): Promise<void>
  /** Says that the source answers, though it may give nothing for long. */
  reached(): Promise<void>
}

/** What a source gives: goes on after a delivery when each of its records is written or in quarantine, durably, and is told so. */
export type Deliveries = AsyncGenerator<Delivery, void, Summary>

/**
 * Where inputs come from. A visit gives what is new, one delivery after the other. It ends when there is no more for now, or goes on
 * until the signal fires; it fails when the source does. All else is with whoever visits: pauses, growing ones after failures, what was
 * taken, what is told.
 */
export interface Transport {
  /** Pause between two visits, milliseconds. */
  readonly pauseMs: number
  visit(visit: Visit): Deliveries
}

/** A source gives nothing, and why: the text is shown to operators and holds nothing of records or credentials. */
export class SourceFault extends Error {
  /** The source asks to be left alone for so long. */
  readonly pauseMs: number | undefined

  constructor(
    text: string,
    { cause, pauseMs }: { readonly cause?: unknown; readonly pauseMs?: number } = {},
  ) {
    super(text, { cause })
    this.name = 'SourceFault'
    this.pauseMs = pauseMs
  }
}
