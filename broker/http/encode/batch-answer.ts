import type { components } from '../../../openapi/generated/types.ts'
import { Problem } from '../../core/model/problem.ts'
import type { BatchOutcome } from '../../operations/batch/run-batch.ts'
import type { HubAnswer } from '../route.ts'
import { problemDocument } from './problem-document.ts'

type BatchOperationResult = components['schemas']['BatchOperationResult']

/** Answers 207 with a BatchOperationResult (CIM 009 v1.9.1, 5.2.16) when any entity failed or was updated in part only. */
export function batchAnswer(outcomes: readonly BatchOutcome[], success: () => HubAnswer): HubAnswer {
  const body = batchResult(outcomes)
  return body.errors.length === 0 ? success() : { status: 207, body }
}

/** Tells of each entity whether all was done (CIM 009 v1.9.1, 5.2.16). */
export function batchResult(outcomes: readonly BatchOutcome[]): BatchOperationResult {
  const told = outcomes.map((outcome) => ({ id: outcome.id, parts: partsOf(outcome) }))
  const errors = told.flatMap(({ id, parts }) => parts.flatMap((part) => errorOf(id, part)))
  return { success: told.filter(({ parts }) => parts.some(isDone)).map(({ id }) => id), errors }
}

type Part = Pick<
  NonNullable<BatchOutcome['parts']>[number],
  'problem' | 'partly' | 'notUpdated' | 'registrationId'
>

function partsOf({ parts, problem, decision }: BatchOutcome): readonly Part[] {
  if (parts) return parts
  const notUpdated = decision?.notUpdated
  return [{ ...(problem && { problem }), ...(notUpdated && { notUpdated }) }]
}

function isDone({ problem, partly, notUpdated = [] }: Part): boolean {
  return partly === true || (problem === undefined && notUpdated.length === 0)
}

function errorOf(entityId: string, part: Part): BatchOperationResult['errors'] {
  const problem = part.problem ?? leftOut(part)
  if (!problem) return []
  const { registrationId } = part
  const error = { entityId, error: problemDocument(problem) }
  return [{ ...error, ...(registrationId !== undefined && { registrationId }) }]
}

/** Answers the problem of attributes that an update had to leave as they are (5.6.9 with noOverwrite). */
function leftOut({ notUpdated = [] }: Part): Problem | undefined {
  const names = new Set(notUpdated.map(({ attribute }) => attribute))
  if (names.size === 0) return undefined
  return new Problem('AlreadyExists', `Entity keeps what it has of ${[...names].join(', ')}`)
}
