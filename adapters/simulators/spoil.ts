import { moveMessage, rewrite, withStrangeField } from './move-message.ts'
import type { Message } from './simulator.ts'

/** What is wrong with what a source gives. */
export const CONTENT_FAULTS = ['cut', 'duplicate', 'reorder', 'skew', 'encoding', 'drift'] as const
export type ContentFault = (typeof CONTENT_FAULTS)[number]

/** What spoiling needs to know. */
export interface Spoiling {
  /** A name of the source that is another one after a change there. */
  readonly drifts: string
  /** How much a clock that goes wrong is ahead of what is given, milliseconds. */
  readonly aheadMs: number
}

/** Spoils what a source gives, in the order in which it gives it. */
export function spoil(
  messages: readonly Message[],
  fault: ContentFault,
  { drifts, aheadMs }: Spoiling,
): readonly Message[] {
  switch (fault) {
    case 'cut':
      return messages.map(({ name, bytes }) => ({ name, bytes: halfOf(bytes) }))
    case 'duplicate':
      // a file that comes again lies in another folder
      return messages.flatMap(({ name, bytes }) => [
        { name, bytes },
        { name: `lai/${name}`, bytes },
      ])
    case 'reorder':
      // what it said a minute before comes after it
      return messages.flatMap((message) => {
        const { name, bytes } = moveMessage(message, -60_000)
        return [message, { name: `tre/${name}`, bytes }]
      })
    case 'skew':
      return messages.map((message) => moveMessage(message, aheadMs))
    case 'encoding':
      return messages.map(({ name, bytes }) => ({ name, bytes: withStrayBytes(bytes) }))
    case 'drift':
      return messages.map(({ name, bytes }) => ({ name, bytes: drifted(name, bytes, drifts) }))
    default:
      return fault satisfies never
  }
}

/** The first half of what there is. */
export function halfOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.ceil(bytes.length / 2))
}

/** Bytes that are no UTF-8, in the middle. */
function withStrayBytes(bytes: Uint8Array): Uint8Array {
  const middle = Math.floor(bytes.length / 2)
  return Buffer.concat([bytes.subarray(0, middle), Buffer.from([0xff, 0xfe]), bytes.subarray(middle)])
}

/** Messages of Protocol Buffers have no names: they have a field that nobody knows. */
function drifted(name: string, bytes: Uint8Array, word: string): Uint8Array {
  return name.endsWith('.pb') ? withStrangeField(bytes) : rewrite(bytes, (text) => renamed(text, word))
}

/** A name of the same length, so that tables with a width keep theirs. */
function renamed(text: string, name: string): string {
  return text.replaceAll(name, `${name.slice(0, -1)}_`)
}
