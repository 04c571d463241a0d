import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { addIntegers, addNumbers, readIntegers, readNumbers } from './number-columns.ts'
import { NumberReader, NumberWriter } from './number-stream.ts'

/** Plain numbers of one dataset, column by column: what is at one place of each is one of them. Times ascend. */
export interface PlainColumns {
  readonly times: Float64Array
  readonly values: Float64Array
  readonly created: Float64Array
  readonly modified: Float64Array
  readonly sources: Float64Array
  /** Where the unit of each is in `units`. */
  readonly unitPlaces: Float64Array
  readonly units: readonly (string | null)[]
}

const FORMAT = 1
const LEVEL = 6

/** Packs columns; undefined: they would not come back exactly as they are. */
export function packColumns(columns: PlainColumns): Uint8Array | undefined {
  const { times, values, created, modified, sources, unitPlaces, units } = columns
  if (![times, created, modified, sources].every((list) => list.every(Number.isSafeInteger))) return undefined
  const out = new NumberWriter()
  out.unsigned(FORMAT)
  out.unsigned(times.length)
  addIntegers(out, times)
  addNumbers(out, values)
  addIntegers(out, created)
  // what comes as it is observed comes about as late each time
  addIntegers(out, minus(modified, times))
  addIntegers(out, sources)
  addIntegers(out, unitPlaces)
  const names = new TextEncoder().encode(JSON.stringify(units))
  out.unsigned(names.length)
  out.bytes(names)
  const data = deflateRawSync(out.written(), { level: LEVEL })
  return isSame(columns, unpackColumns(data)) ? data : undefined
}

/** Answers the columns that were packed. */
export function unpackColumns(data: Uint8Array): PlainColumns {
  const from = new NumberReader(inflateRawSync(data))
  const format = from.unsigned()
  if (format !== FORMAT) throw new Error(`Chunk of history has format ${format}`)
  const count = from.unsigned()
  const times = readIntegers(from, count)
  const values = readNumbers(from, count)
  const created = readIntegers(from, count)
  const late = readIntegers(from, count)
  const modified = late.map((time, at) => time + (times[at] ?? 0))
  const sources = readIntegers(from, count)
  const unitPlaces = readIntegers(from, count)
  const units = JSON.parse(new TextDecoder().decode(from.bytes(from.unsigned())))
  return { times, values, created, modified, sources, unitPlaces, units }
}

function minus(numbers: Float64Array, others: Float64Array): Float64Array {
  return numbers.map((number, at) => number - (others[at] ?? 0))
}

function isSame(left: PlainColumns, right: PlainColumns): boolean {
  return (
    isEqual(left.times, right.times) &&
    isEqual(left.values, right.values) &&
    isEqual(left.created, right.created) &&
    isEqual(left.modified, right.modified) &&
    isEqual(left.sources, right.sources) &&
    isEqual(left.unitPlaces, right.unitPlaces) &&
    JSON.stringify(left.units) === JSON.stringify(right.units)
  )
}

function isEqual(left: Float64Array, right: Float64Array): boolean {
  return left.length === right.length && left.every((number, at) => Object.is(number, right[at]))
}
