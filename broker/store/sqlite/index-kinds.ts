import type { IndexKind } from '../port/index-entries.ts'

const KIND_CODES = {
  number: 1,
  boolean: 2,
  string: 3,
  language: 4,
  vocab: 5,
  uri: 6,
  dateTime: 7,
  date: 8,
  time: 9,
  opaque: 10,
} as const satisfies Record<IndexKind, number>

/** In `scalar` and `presence`: the cell of a point (`cells.ts`). */
export const POINT = 11

const MANY = 20

/** Answers how a kind is written in files: numbers that never change. */
export function kindCode(kind: IndexKind, many: boolean): number {
  return KIND_CODES[kind] + (many ? MANY : 0)
}

/** Tells whether a kind is of texts. */
export function isText(kind: IndexKind): boolean {
  return kind === 'string' || kind === 'language' || kind === 'vocab' || kind === 'uri'
}

/** Tells whether a code is of texts, alone or in an array. */
export function isTextCode(code: number): boolean {
  const alone = code % MANY
  return alone >= KIND_CODES.string && alone <= KIND_CODES.uri
}

/** Tells whether a code is of texts read as times, alone or in an array. */
export function isTemporalCode(code: number): boolean {
  const alone = code % MANY
  return alone >= KIND_CODES.dateTime && alone <= KIND_CODES.time
}

/** In `presence`: the attribute has several scalars, or none; look into `scalar`. */
export const SEVERAL = 0
