import { createHash } from 'node:crypto'
import type { Feed } from './feed.ts'

/** Bytes that a transport brought. */
export interface Input {
  /** File name without folders, a topic, or the name of the transport. */
  readonly name: string
  /** All of it, or the beginning of what is larger than `HELD_BYTES`. */
  readonly bytes: Uint8Array
  /** How large it is, where `bytes` is only its beginning. */
  readonly size?: number
  /** Gives all of it, chunk by chunk, where `bytes` is only its beginning. */
  readonly stream?: () => AsyncIterable<Uint8Array>
  /** How large the input is that this is a piece of. */
  readonly pieceOf?: number
  /** Lines of the source that are before this piece of it. */
  readonly linesBefore?: number
  /** The same bytes later are news again (polls, messages); those of a file are not. */
  readonly repeatable: boolean
  /** When it came: the time of records that have none of their own. */
  readonly receivedAt?: string
}

/** Most bytes that a transport holds of one input; of larger ones it holds the beginning. */
export const HELD_BYTES = 33_554_432

/** Most bytes of an input that is read as a whole; only those of formats that are read piece by piece may be larger. */
export const WHOLE_BYTES = 268_435_456

/** Inputs that are taken together, such as the messages of a second. */
export type Inputs = readonly [Input, ...Input[]]

/** Names inputs by their feed and content, and by their names where those say something too. */
export function inputsKey({ definition, format }: Feed, inputs: Inputs): string {
  const several = inputs.length > 1
  const hash = createHash('sha256').update(definition.source).update('\0')
  for (const { name, bytes } of inputs) {
    if (format.readsName || several) hash.update(name).update('\0')
    if (several) hash.update(`${bytes.length}\0`)
    hash.update(bytes)
  }
  return hash.digest('hex')
}

/** Says what inputs are in a few words. */
export function inputsName([first, ...others]: Inputs): string {
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`
}
