import type { JsonMap } from '../kit/values/json.ts'

/** What the system of an agency gives at once: a file, a document, a message. */
export interface Message {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What is wrong on the way to a source: it is not there, nothing comes, or all breaks in the middle. */
export const WAY_FAULTS = ['down', 'slow', 'half'] as const
export type WayFault = (typeof WAY_FAULTS)[number]

/** The system of an agency, as it would really speak. */
export interface Simulator {
  /** Where it speaks, in a few words. */
  readonly place: string
  /** What a feed needs to reach it: variables of its feed.yaml, and options of its transport. */
  readonly variables: Readonly<Record<string, string>>
  readonly transport?: JsonMap
  /** Has more to say from now on; answers when it is there to be had, or sent. */
  give(messages: readonly Message[]): Promise<void>
  /** Breaks the way to it; undefined: all is well again. */
  breaks(fault: WayFault | undefined): Promise<void>
  stop(): Promise<void>
}
