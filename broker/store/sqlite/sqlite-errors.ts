import { Problem } from '../../core/model/problem.ts'

const FULL = 13
const BUSY = 5
const IO_ERROR = 10
const FATAL = new Set([
  FULL,
  IO_ERROR,
  7 /* no memory */,
  11 /* corrupt */,
  14 /* cannot open */,
  26 /* no database */,
])

/** Tells whether an error of SQLite leaves the transaction, or the file, in doubt: the whole group fails. */
export function isFatal(error: unknown): boolean {
  return FATAL.has(primaryCode(error))
}

/** Tells whether another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY
}

/** Answers the problem that a failed write is for its caller. */
export function writeProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isDiskFull(error)) {
    return new Problem('InsufficientStorage', 'Store has no space left for this write', { cause: error })
  }
  if (!isFatal(error)) return new Problem('InternalError', 'Store could not apply a write', { cause: error })
  const text = 'Store could not write: the disk or the data file answers with an error'
  return new Problem('ServiceUnavailable', text, { cause: error })
}

/** Tells whether there was no space: `disk full` itself, or an I/O error of the system that means it. */
function isDiskFull(error: unknown): boolean {
  return primaryCode(error) === FULL || (error instanceof Error && /ENOSPC|EDQUOT/.test(error.message))
}

function primaryCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return 0
  return error.errcode & 0xff
}
