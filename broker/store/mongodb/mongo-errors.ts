import { Problem } from '../../core/model/problem.ts'

const DUPLICATE = 11000
const NO_SPACE = new Set([14031, 12501])

/** Tells whether a write found its key taken: another writer came first. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === DUPLICATE
}

/** Does something with the server; what goes wrong there is a Problem. @throws Problem */
export async function asked<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (cause) {
    if (!isOfServer(cause)) throw cause
    throw NO_SPACE.has(codeOf(cause))
      ? new Problem('InsufficientStorage', 'Store has no space left for this write', { cause })
      : new Problem('ServiceUnavailable', 'Store does not get an answer from MongoDB', { cause })
  }
}

/** Tells whether the server or the way to it is to blame. */
export function isOfServer(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('Mongo')
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 0
}
