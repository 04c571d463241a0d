import type { TransportMemory } from '../kit/feed-store.ts'
import type { Input } from '../kit/input.ts'

/** What a transport hands its inputs to: one after the other, each until it is taken. */
export interface Intake {
  /** Answers when the input is with the hub; `memory` is kept together with that. */
  take(input: Input, memory?: TransportMemory): Promise<void>
  /** What the transport remembered last. */
  memory(): Promise<TransportMemory>
  /** Notes that the source gave nothing this time, and why. */
  failed(text: string, cause?: unknown): Promise<void>
}

/** Brings inputs until the signal stops it. */
export type Transport = (intake: Intake, signal: AbortSignal) => Promise<void>
