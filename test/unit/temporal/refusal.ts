import { Problem } from '../../../broker/core/model/problem.ts'

/** Answers how work is refused: the code and the text of its problem. */
export function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('nothing was refused')
}
