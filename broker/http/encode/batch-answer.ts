import type { components } from '../../../openapi/generated/types.ts'
import type { BatchOutcome } from '../../operations/batch/run-batch.ts'
import type { HubAnswer } from '../route.ts'
import { problemDocument } from './problem-document.ts'

/** Answers 207 with a BatchOperationResult (CIM 009 v1.9.1, 5.2.16) when any entity failed. */
export function batchAnswer(outcomes: readonly BatchOutcome[], success: () => HubAnswer): HubAnswer {
  const errors = outcomes.flatMap(({ id, problem }) =>
    problem ? [{ entityId: id, error: problemDocument(problem) }] : [],
  )
  if (errors.length === 0) return success()
  const kept = outcomes.filter(({ problem }) => !problem).map(({ id }) => id)
  const body: components['schemas']['BatchOperationResult'] = { success: kept, errors }
  return { status: 207, body }
}
