import type { IndexKind } from '../port/index-entries.ts'

/** How kinds are written in files: numbers that never change. */
export const KIND_CODES = {
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

/** In `presence`: the attribute has several scalars, or none; look into `scalar`. */
export const SEVERAL = 0
