import { RecordFault, unmapped } from './fault.ts'
import { type Json, type JsonMap, member, textMember } from './json.ts'

/** How numbers lie in the payload of a device: bytes, and how they are read. */
const KINDS: Readonly<Record<string, readonly [bytes: number, kind: 'unsigned' | 'signed' | 'float']>> = {
  uint8: [1, 'unsigned'],
  int8: [1, 'signed'],
  uint16: [2, 'unsigned'],
  int16: [2, 'signed'],
  uint24: [3, 'unsigned'],
  int24: [3, 'signed'],
  uint32: [4, 'unsigned'],
  int32: [4, 'signed'],
  float32: [4, 'float'],
}

/**
 * Reads the fields of a payload by their declared layout, one after another: `{name, as, at?, little?, mask?, shift?, scale?}`; one
 * without a name is skipped. What is behind the last is told to `doubt`. @throws RecordFault where the payload is too short
 */
export function payloadFields(
  bytes: Uint8Array,
  layout: readonly Json[],
  doubt: (text: string) => void,
): JsonMap {
  const buffer = Buffer.from(bytes)
  const fields: Record<string, Json> = {}
  let [at, end] = [0, 0]
  for (const row of layout) {
    const [length, kind] = kindOf(row)
    const start = numberIn(row, 'at') ?? at
    if (start + length > buffer.length)
      throw new RecordFault('unreadable', `Payload of ${buffer.length} bytes ends before its declared fields`)
    at = start + length
    end = Math.max(end, at)
    const name = textMember(row, 'name')
    const number = numberAt(buffer, start, { length, kind, little: member(row, 'little') === true })
    if (name !== undefined) fields[name] = scaled(number, row)
  }
  if (end < buffer.length) doubt(`Payload has ${buffer.length - end} bytes after its declared fields`)
  return fields
}

function kindOf(row: Json): readonly [number, 'unsigned' | 'signed' | 'float'] {
  const as = textMember(row, 'as') ?? ''
  const kind = Object.hasOwn(KINDS, as) ? KINDS[as] : undefined
  if (!kind) throw unmapped('Layout of the payload has a field of no known kind')
  return kind
}

function numberAt(
  buffer: Buffer,
  at: number,
  { length, kind, little }: { readonly length: number; readonly kind: string; readonly little: boolean },
): number {
  if (kind === 'float') return little ? buffer.readFloatLE(at) : buffer.readFloatBE(at)
  if (kind === 'signed') return little ? buffer.readIntLE(at, length) : buffer.readIntBE(at, length)
  return little ? buffer.readUIntLE(at, length) : buffer.readUIntBE(at, length)
}

/** Bits first, then the scale; nine digits are more than any sensor has. */
function scaled(number: number, row: Json): number {
  const [mask, shift = 0, scale] = ['mask', 'shift', 'scale'].map((name) => numberIn(row, name))
  const bits = mask === undefined ? number : (number & mask) >>> shift
  return Number((bits * (scale ?? 1)).toPrecision(9))
}

function numberIn(row: Json, name: string): number | undefined {
  const found = member(row, name)
  return typeof found === 'number' ? found : undefined
}
