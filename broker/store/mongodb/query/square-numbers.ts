import type { BoundingBox } from '../../../core/geo/bounding-box.ts'
import { type CellRange, cellRanges, coveringSquares, squaresAround } from '../../port/cells.ts'

/** Which squares may hold a part of what lies in a box, by their numbers. */
export interface SquareSearch {
  /** From one number to another. */
  readonly ranges: readonly CellRange[]
  /** Squares that reach beyond a range. */
  readonly around: readonly number[]
}

/** More ranges leave out more of what is around a box, and cost a step into the index each. */
const MOST_RANGES = 12

/** Answers the numbers of one to four squares that hold a box. */
export function squareNumbers(box: BoundingBox): readonly number[] {
  return coveringSquares(box).map(squareNumber)
}

/** Answers which squares may hold a part of what lies in a box: every box that meets it has one of them. */
export function squareSearch(box: BoundingBox): SquareSearch {
  const ranges = cellRanges(box, MOST_RANGES)
  return {
    ranges: ranges.map(([from, to]) => [2 * from, 2 * to + 1]),
    // one that reaches into a range and beyond it holds its first cell or its last
    around: [...new Set(ranges.flat().flatMap((cell) => squaresAround(cell).map(squareNumber)))],
  }
}

/** The middle of a square's cells, doubled: no two squares have the same, and what lies in a range has its number there. */
function squareNumber([from, to]: CellRange): number {
  return from + to + 1
}
