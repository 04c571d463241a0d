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

/** Answers false for a write that found its key taken. @throws what else went wrong */
export function refusedAsDuplicate(error: unknown): false {
  if (isDuplicate(error)) return false
  throw error
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
  } catch (error) {
    if (!isOfServer(error)) throw error
    const cause = withoutData(error)
    if (codeOf(error) === OUT_OF_TIME)
      throw new Problem('TooComplexQuery', 'Query takes the store longer than it may', { cause })
    throw NO_SPACE.has(codeOf(error))
      ? new Problem('InsufficientStorage', 'Store has no space left for this write', { cause })
      : new Problem('ServiceUnavailable', 'Store does not get an answer from MongoDB', { cause })
  }
}

/** Tells whether the server or the way to it is to blame. */
export function isOfServer(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return error.name.startsWith('Mongo') || ('code' in error && CUT.has(String(error.code)))
}

/** Answers what a log may have of an error: the answer of a server, and of the driver to many writes, repeats what was to be written. */
function withoutData(error: Error): Error {
  if (!('errorResponse' in error || 'writeErrors' in error)) return error
  const name = 'codeName' in error && typeof error.codeName === 'string' ? ` (${error.codeName})` : ''
  return new Error(`${error.name} of code ${codeOf(error)}${name}`)
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 0
}
