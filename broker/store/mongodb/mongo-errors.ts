import type { MongoBulkWriteError } from 'mongodb'
import { Problem } from '../../core/model/problem.ts'

const DUPLICATE = 11000
const NO_SPACE = new Set([14031, 12501])
const OUT_OF_TIME = 50
/** The driver passes on what its socket says when the other end is gone. */
const CUT = new Set(['EPIPE', 'ECONNRESET'])

/** Tells whether a write found its key taken: another writer came first. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === DUPLICATE
}

/** Answers which of many writes found their keys taken, by their places, all others being done. @throws what else went wrong */
export function duplicatesOf(error: unknown): ReadonlySet<number> {
  const { writeErrors, result } = error as Partial<MongoBulkWriteError> // of whatever error, none of which has these otherwise
  const failed = writeErrors === undefined ? [] : [writeErrors].flat()
  const isDone = !result?.getWriteConcernError() && failed.every(({ code }) => code === DUPLICATE)
  if (failed.length === 0 || !isDone) throw error
  return new Set(failed.map(({ index }) => index))
}

/** Does something with the server; what goes wrong there is a Problem. @throws Problem */
export async function asked<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (cause) {
    if (!isOfServer(cause)) throw cause
    if (codeOf(cause) === OUT_OF_TIME)
      throw new Problem('TooComplexQuery', 'Query takes the store longer than it may', { cause })
    throw NO_SPACE.has(codeOf(cause))
      ? new Problem('InsufficientStorage', 'Store has no space left for this write', { cause })
      : new Problem('ServiceUnavailable', 'Store does not get an answer from MongoDB', { cause })
  }
}

/** Tells whether the server or the way to it is to blame. */
export function isOfServer(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name.startsWith('Mongo') || ('code' in error && CUT.has(String(error.code)))
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 0
}
