import type { Problem, ProblemCode } from '../core/model/problem.ts'
import type { AnswerAudit } from './disclosures.ts'
import { problemStatus } from './encode/problem-document.ts'
import type { Exchange } from './exchange.ts'

export interface RefusalDependencies {
  readonly failure: (problem: Problem, requestId: string) => void
  /** Who has to know of what is refused; absent: nobody. */
  readonly audit?: Pick<AnswerAudit, 'refused'>
}

const REFUSALS: ReadonlySet<ProblemCode> = new Set([
  'Unauthorized',
  'Forbidden',
  'StepUpRequired',
  'TooManyRequests',
])

/** Takes down what a request was not answered for: our failures in the log, what was denied in the audit. */
export function noteRefusals({
  failure,
  audit,
}: RefusalDependencies): (exchange: Exchange, problem: Problem) => void {
  return ({ requestId, route = 'other', asker }, problem) => {
    const { code } = problem
    if (problemStatus(code) >= 500) failure(problem, requestId)
    if (REFUSALS.has(code)) audit?.refused({ operation: route, code, ...(asker && { caller: asker }) })
  }
}
