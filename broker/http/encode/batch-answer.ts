import type { components } from '../../../openapi/generated/types.ts'
import { Problem } from '../../core/model/problem.ts'
import type { BatchOutcome } from '../../operations/batch/run-batch.ts'
import type { HubAnswer } from '../route.ts'
import { problemDocument } from './problem-document.ts'

/** Answers 207 with a BatchOperationResult (CIM 009 v1.9.1, 5.2.16) when any entity failed or was updated in part only. */
export function batchAnswer(outcomes: readonly BatchOutcome[], success: () => HubAnswer): HubAnswer {
  const body = batchResult(outcomes)
  return body.errors.length === 0 ? success() : { status: 207, body }
}

/** Tells of each entity whether all was done (CIM 009 v1.9.1, 5.2.16). */
export function batchResult(
  outcomes: readonly BatchOutcome[],
): components['schemas']['BatchOperationResult'] {
  const errors = outcomes.flatMap((outcome) => {
    const problem = outcome.problem ?? leftOut(outcome)
    return problem ? [{ entityId: outcome.id, error: problemDocument(problem) }] : []
  })
  const kept = outcomes.filter((outcome) => !outcome.problem && !leftOut(outcome)).map(({ id }) => id)
  return { success: kept, errors }
}

/** Answers the problem of attributes that an update had to leave as they are (5.6.9 with noOverwrite). */
function leftOut({ decision }: BatchOutcome): Problem | undefined {
  const names = new Set(decision?.notUpdated?.map(({ attribute }) => attribute))
  if (names.size === 0) return undefined
  return new Problem('AlreadyExists', `Entity keeps what it has of ${[...names].join(', ')}`)
}
