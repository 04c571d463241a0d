import type { NumberReader, NumberWriter } from './number-stream.ts'

/** Most digits behind the point of numbers that are kept as integers. */
const MOST_DIGITS = 9
const BYTES = 8
/** The largest integer that comes back. */
const MOST = 2 ** 52

/**
 * Adds integers as what they differ by, or what these differ by, whichever is shortest, divided by what divides all of
 * them. One that is too large for that comes back wrong.
 */
export function addIntegers(out: NumberWriter, numbers: Float64Array): void {
  const once = differences(numbers)
  const candidates = [numbers, once, differences(once)]
  const costs = candidates.map(bitsOf)
  const order = costs.indexOf(Math.min(...costs))
  const list = candidates[order] ?? numbers
  const divisor = list.reduce(commonDivisor, 0) || 1
  out.unsigned(order)
  out.unsigned(divisor)
  for (const number of list) out.signed(number / divisor)
}

/** Reads so many integers. */
export function readIntegers(from: NumberReader, count: number): Float64Array {
  const order = from.unsigned()
  const divisor = from.unsigned()
  const numbers = new Float64Array(count)
  for (let at = 0; at < count; at++) numbers[at] = from.signed() * divisor
  for (let time = 0; time < order; time++) {
    for (let at = 1; at < count; at++) numbers[at] = (numbers[at] ?? 0) + (numbers[at - 1] ?? 0)
  }
  return numbers
}

/** Adds numbers, exactly: as integers where all have few digits behind the point, otherwise bit by bit. */
export function addNumbers(out: NumberWriter, numbers: Float64Array): void {
  const digits = digitsOf(numbers)
  out.unsigned(digits ?? MOST_DIGITS + 1)
  if (digits === undefined) addBits(out, numbers)
  else addIntegers(out, scaled(numbers, 10 ** digits))
}

/** Reads so many numbers. */
export function readNumbers(from: NumberReader, count: number): Float64Array {
  const digits = from.unsigned()
  if (digits > MOST_DIGITS) return readBits(from, count)
  const scale = 10 ** digits
  return readIntegers(from, count).map((number) => number / scale)
}

function differences(numbers: Float64Array): Float64Array {
  let last = 0
  return numbers.map((number) => {
    const difference = number - last
    last = number
    return difference
  })
}

function commonDivisor(left: number, right: number): number {
  if (left === 1) return 1
  let [greater, less] = [Math.abs(right), left]
  while (less > 0) [greater, less] = [less, greater % less]
  return greater
}

/** Answers about how many bits tell these integers; infinitely many where one is too large. */
function bitsOf(numbers: Float64Array): number {
  let bits = 0
  for (const number of numbers) {
    const size = Math.abs(number)
    if (size > MOST) return Number.POSITIVE_INFINITY
    bits += size < 2 ** 32 ? 33 - Math.clz32(size) : 65 - Math.clz32(size / 2 ** 32)
  }
  return bits
}

/** Answers how many digits behind the point tell all numbers exactly; undefined: too many. */
function digitsOf(numbers: Float64Array): number | undefined {
  let digits = 0
  for (const number of numbers) {
    while (!isTold(number, digits)) if (++digits > MOST_DIGITS) return undefined
  }
  return numbers.every((number) => isTold(number, digits)) ? digits : undefined
}

/** Whether so many digits behind the point tell a number: zero below zero, for one, they do not. */
function isTold(number: number, digits: number): boolean {
  const scale = 10 ** digits
  const integer = Math.round(number * scale) + 0 // no zero below zero
  return Math.abs(integer) <= MOST / 4 && Object.is(integer / scale, number)
}

function scaled(numbers: Float64Array, scale: number): Float64Array {
  return numbers.map((number) => Math.round(number * scale))
}

/** Adds which bits differ from the number before: first bytes of all numbers together, then second ones, and so on. */
function addBits(out: NumberWriter, numbers: Float64Array): void {
  const bytes = bytesOf(numbers)
  const changed = bytes.map((byte, at) => byte ^ (bytes[at - BYTES] ?? 0))
  const count = numbers.length
  const planes = new Uint8Array(bytes.length)
  for (let at = 0; at < planes.length; at++) {
    planes[at] = changed[(at % count) * BYTES + Math.floor(at / count)] ?? 0
  }
  out.bytes(planes)
}

function readBits(from: NumberReader, count: number): Float64Array {
  const planes = from.bytes(count * BYTES)
  const bytes = new Uint8Array(planes.length)
  for (let at = 0; at < bytes.length; at++) {
    const changed = planes[(at % BYTES) * count + Math.floor(at / BYTES)] ?? 0
    bytes[at] = changed ^ (bytes[at - BYTES] ?? 0)
  }
  const view = new DataView(bytes.buffer)
  return Float64Array.from({ length: count }, (_, at) => view.getFloat64(at * BYTES))
}

function bytesOf(numbers: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(numbers.length * BYTES))
  for (const [at, number] of numbers.entries()) view.setFloat64(at * BYTES, number)
  return new Uint8Array(view.buffer)
}
