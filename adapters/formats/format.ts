import type { RecordFault } from '../kit/values/fault.ts'
import type { Json } from '../kit/values/json.ts'

/** One record of an input, with the bytes that it came as. */
export interface SourceRecord {
  readonly value: Json
  readonly raw: Uint8Array
  /** Line of the input that it starts on, counted from 1. */
  readonly line?: number
  /** What has to stand before `raw` so that it can be read alone, such as the header of a table. */
  readonly preamble?: Uint8Array
}

/** A piece of an input that the format cannot read. */
export interface UnreadableRecord extends Omit<SourceRecord, 'value'> {
  readonly fault: RecordFault
}

export type Decoded = SourceRecord | UnreadableRecord

/** What a format may know about an input besides its bytes. */
export interface InputName {
  /** File name without folders, or the name of the transport. */
  readonly name: string
  /** Lines of the whole input that are before this piece of it, its first line being repeated in each. */
  readonly linesBefore?: number
}

/** A part of a large input that can be read alone. */
export interface Piece {
  readonly bytes: Uint8Array
  readonly linesBefore: number
}

/** Reads inputs as records. A record that cannot be read is answered as such and never stops the others. */
export interface Format {
  /** The name of the input is part of what it says. */
  readonly readsName: boolean
  decode(bytes: Uint8Array, input: InputName): readonly Decoded[]
  /** Reads one record alone again, as quarantine keeps it. */
  decodeOne(raw: Uint8Array, preamble: Uint8Array | undefined, input: InputName): Decoded
  /** Cuts a large input into pieces as it flows, the same ones however it is chunked; absent: it is read as a whole. */
  pieces?(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Piece>
}

/** Tells whether a record could not be read. */
export function isUnreadable(decoded: Decoded): decoded is UnreadableRecord {
  return 'fault' in decoded
}
