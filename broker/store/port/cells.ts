import type { BoundingBox } from '../../core/geo/bounding-box.ts'

/** A range of cells, both ends in it. */
export type CellRange = readonly [from: number, to: number]

const LEVELS = 26
const SIDE = 2 ** LEVELS
const HALF = LEVELS / 2
const MOST_RANGES = 32

/**
 * Answers the cell of a point: longitude and latitude as 26 bits each, interleaved (Z-order), so that whatever lies in
 * a quarter of the world, or of a quarter, has neighbouring numbers. A cell is at most 60 cm wide.
 */
export function cellOf(longitude: number, latitude: number): number {
  return interleaved(column(longitude), row(latitude))
}

/** Answers so many ranges of cells at most that hold every point of a box; they also hold some of what is around it. */
export function cellRanges(
  [west, south, east, north]: BoundingBox,
  most = MOST_RANGES,
): readonly CellRange[] {
  const box = { left: column(west), right: column(east), low: row(south), high: row(north) }
  const inside: Square[] = []
  let partly: readonly Square[] = [{ x: 0, y: 0, side: SIDE }]
  while (partly.length > 0) {
    const quarters = partly.flatMap(quartersOf).filter((square) => touches(square, box))
    const crossed = quarters.filter((square) => square.side > 1 && !lies(square, box))
    if (inside.length + quarters.length > most) break
    inside.push(...quarters.filter((square) => !crossed.includes(square)))
    partly = crossed
  }
  return joined([...inside, ...partly].map(rangeOf).sort(([left], [right]) => left - right))
}

/** Answers one to four squares of cells, as small as four can be, that hold a box; of a point its cell. */
export function coveringSquares([west, south, east, north]: BoundingBox): readonly CellRange[] {
  const [left, right, low, high] = [column(west), column(east), row(south), row(north)]
  let side = 1
  while (reach(left, right, side) > 1 || reach(low, high, side) > 1) side *= 2
  const start = (at: number) => at - (at % side)
  const columns = [...new Set([start(left), start(right)])]
  const rows = [...new Set([start(low), start(high)])]
  return columns.flatMap((x) => rows.map((y) => rangeOf({ x, y, side })))
}

/** Answers all squares that a cell is in, itself among them, the smallest first. */
export function squaresAround(cell: number): readonly CellRange[] {
  return Array.from({ length: LEVELS + 1 }, (_, level): CellRange => {
    const cells = 4 ** level
    const from = cell - (cell % cells)
    return [from, from + cells - 1]
  })
}

function reach(from: number, to: number, side: number): number {
  return Math.floor(to / side) - Math.floor(from / side)
}

interface Square {
  readonly x: number
  readonly y: number
  readonly side: number
}

interface Box {
  readonly left: number
  readonly right: number
  readonly low: number
  readonly high: number
}

function quartersOf({ x, y, side }: Square): readonly Square[] {
  const half = side / 2
  return [
    { x, y, side: half },
    { x: x + half, y, side: half },
    { x, y: y + half, side: half },
    { x: x + half, y: y + half, side: half },
  ]
}

function touches({ x, y, side }: Square, { left, right, low, high }: Box): boolean {
  return x <= right && x + side > left && y <= high && y + side > low
}

function lies({ x, y, side }: Square, { left, right, low, high }: Box): boolean {
  return x >= left && x + side - 1 <= right && y >= low && y + side - 1 <= high
}

function rangeOf({ x, y, side }: Square): CellRange {
  const from = interleaved(x, y)
  return [from, from + side * side - 1]
}

function joined(ranges: readonly CellRange[]): readonly CellRange[] {
  const result: CellRange[] = []
  for (const range of ranges) {
    const last = result.at(-1)
    if (last && last[1] + 1 === range[0]) result[result.length - 1] = [last[0], range[1]]
    else result.push(range)
  }
  return result
}

function column(longitude: number): number {
  return place((longitude + 180) / 360)
}

function row(latitude: number): number {
  return place((latitude + 90) / 180)
}

function place(share: number): number {
  return Math.min(Math.max(Math.floor(share * SIDE), 0), SIDE - 1)
}

// In two halves, since bits of numbers are only worked on up to 32.
function interleaved(x: number, y: number): number {
  const low = 2 ** HALF - 1
  const high = spread(x >>> HALF) | (spread(y >>> HALF) << 1)
  return high * SIDE + (spread(x & low) | (spread(y & low) << 1))
}

/** Puts a zero before each of the lower 16 bits. */
function spread(bits: number): number {
  let wide = bits
  wide = (wide | (wide << 8)) & 0x00ff00ff
  wide = (wide | (wide << 4)) & 0x0f0f0f0f
  wide = (wide | (wide << 2)) & 0x33333333
  return (wide | (wide << 1)) & 0x55555555
}
