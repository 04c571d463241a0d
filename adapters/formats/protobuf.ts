import { PbfReader } from 'pbf'
import { RecordFault } from '../kit/values/fault.ts'
import type { Json, JsonMap } from '../kit/values/json.ts'
import { decodeText } from './text.ts'

/** What a field holds; a list of texts is an enumeration, whose names stand at their numbers; `passed` is known and not read. */
export type FieldKind =
  | 'text'
  | 'integer'
  | 'signed'
  | 'flag'
  | 'float'
  | 'double'
  | 'passed'
  | readonly string[]
  | Message

/** A field of a message. */
export interface Field {
  readonly name: string
  readonly kind: FieldKind
  readonly many?: true
}

/** A message of a protocol, by the numbers of its fields. */
export interface Message {
  readonly message: string
  readonly fields: Readonly<Record<number, Field>>
}

/** What a message says, and the fields in it that the protocol, as it is known here, does not have. */
export interface Read {
  readonly value: JsonMap
  readonly unknown: readonly string[]
}

const DEEPEST = 16
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5]
const PIECES = new Map<FieldKind, number>([
  ['integer', VARINT],
  ['signed', VARINT],
  ['flag', VARINT],
  ['double', FIXED64],
  ['float', FIXED32],
])

/** Reads one message of Protocol Buffers as JSON. @throws RecordFault where it is cut or is none */
export function readMessage(bytes: Uint8Array, message: Message): Read {
  const unknown = new Set<string>()
  return { value: fieldsOf(bytes, message, { unknown, depth: 0 }), unknown: [...unknown] }
}

interface Walk {
  readonly unknown: Set<string>
  readonly depth: number
}

function fieldsOf(bytes: Uint8Array, { message, fields }: Message, walk: Walk): JsonMap {
  if (walk.depth > DEEPEST) throw cut()
  const found: Record<string, Json> = {}
  for (const { number, reader } of fieldsIn(bytes)) {
    const field = fields[number]
    if (!field) {
      if (!isExtension(number)) walk.unknown.add(`${message} ${number}`)
      pass(reader)
    } else if (field.kind === 'passed') pass(reader)
    else {
      const value = fieldValue(reader, field.kind, walk)
      const before = found[field.name]
      found[field.name] = field.many === true ? [...(Array.isArray(before) ? before : []), value] : value
    }
  }
  return found
}

/** Walks over the fields of a message; whoever is given one has to read it. @throws RecordFault where it is cut */
export function* fieldsIn(bytes: Uint8Array): Generator<{ number: number; reader: PbfReader }> {
  const reader = new PbfReader(bytes)
  while (reader.pos < reader.length) {
    const number = guarded(() => reader.nextField(reader.length))
    if (number === 0) throw cut()
    yield { number, reader }
    if (reader.pos > reader.length) throw cut()
  }
}

/** Reads the bytes of a field that holds a message. @throws RecordFault */
export function bytesOf(reader: PbfReader): Uint8Array {
  if (reader.type !== BYTES) throw cut()
  const bytes = guarded(() => reader.readBytes())
  if (reader.pos > reader.length) throw cut()
  return bytes
}

/** Goes on behind a field. @throws RecordFault */
export function pass(reader: PbfReader): void {
  if (![VARINT, FIXED64, BYTES, FIXED32].includes(reader.type)) throw cut()
  guarded(() => reader.skip(reader.type))
}

function fieldValue(reader: PbfReader, kind: FieldKind, walk: Walk): Json {
  if (kind === 'text') return decodeText(bytesOf(reader))
  if (typeof kind === 'object' && 'fields' in kind)
    return fieldsOf(bytesOf(reader), kind, { ...walk, depth: walk.depth + 1 })
  if (reader.type !== (PIECES.get(kind) ?? VARINT)) throw cut()
  const number = guarded(() => numberOf(reader, kind))
  if (reader.pos > reader.length) throw cut()
  if (typeof kind === 'object') return Object.hasOwn(kind, number) ? (kind[number] ?? number) : number
  return kind === 'flag' ? number !== 0 : number
}

function numberOf(reader: PbfReader, kind: FieldKind): number {
  if (kind === 'float') return Number(reader.readFloat().toPrecision(8))
  return kind === 'double' ? reader.readDouble() : reader.readVarint(kind === 'signed')
}

/** What the reader throws is of the bytes, never of the program. @throws RecordFault */
function guarded<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw cut(cause)
  }
}

/** What anybody may add to a message without asking. */
function isExtension(number: number): boolean {
  return (number >= 1000 && number < 2000) || (number >= 9000 && number < 10_000)
}

function cut(cause?: unknown): RecordFault {
  return new RecordFault('unreadable', 'Message is cut or is none of the protocol', cause)
}
