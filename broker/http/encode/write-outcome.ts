import type { components } from '../../../openapi/generated/types.ts'
import type { PurgeOutcome } from '../../operations/distributed/distribute-purge.ts'
import type { WriteOutcome } from '../../operations/distributed/distribute-write.ts'
import type { HubAnswer } from '../route.ts'
import { batchAnswer, batchResult } from './batch-answer.ts'
import { problemDocument } from './problem-document.ts'

type PartOutcome = NonNullable<WriteOutcome['parts']>[number]
type UpdateResult = components['schemas']['UpdateResult']

/** Answers 207 with a BatchOperationResult (CIM 009 v1.9.1, 5.2.16 and 6.3.17) where parts of a write of an entity failed. */
export function entityOutcome(id: string, { parts }: WriteOutcome, done: HubAnswer): HubAnswer {
  if (!parts) return done
  const errors = parts.flatMap((part) => {
    const problem = part.problem
    return problem ? [{ entityId: id, error: problemDocument(problem), ...registrationOf(part) }] : []
  })
  if (errors.length === 0) return done
  const some = parts.some(({ problem, partly }) => problem === undefined || partly)
  const body: components['schemas']['BatchOperationResult'] = { success: some ? [id] : [], errors }
  return { status: 207, body }
}

/**
 * Answers 204 when all was purged, else 207 with a BatchOperationResult (CIM 009 v1.9.1, 5.6.21). Which entities of a
 * source were meant nobody here knows: its registration stands for them.
 */
export function purgeOutcome({ outcomes, parts = [] }: PurgeOutcome): HubAnswer {
  const answer = batchAnswer(outcomes, () => ({ status: 204 }))
  const errors = parts.flatMap((part) => {
    const { problem, registrationId = '' } = part
    return problem
      ? [{ entityId: registrationId, error: problemDocument(problem), ...registrationOf(part) }]
      : []
  })
  if (errors.length === 0) return answer
  const kept = batchResult(outcomes)
  return { status: 207, body: { success: kept.success, errors: [...kept.errors, ...errors] } }
}

/** Answers 204 when all was applied, else 207 with an UpdateResult in fully qualified names (CIM 009 v1.9.1, 5.2.18). */
export function attributesOutcome({ parts, decision }: WriteOutcome): HubAnswer {
  const told = parts ?? [{ attributes: [], ...decision }]
  const notUpdated = told.flatMap(leftOut)
  if (notUpdated.length === 0) return { status: 204 }
  const updated = told.flatMap((part) => (part.problem ? [] : (part.updated ?? namesOf(part))))
  const body: UpdateResult = { updated: [...new Set(updated)], notUpdated }
  return { status: 207, body }
}

function leftOut(part: PartOutcome): UpdateResult['notUpdated'] {
  const { problem, notUpdated = [] } = part
  const left = problem
    ? namesOf(part).map((attribute) => ({ attribute, reason: problem.message }))
    : notUpdated
  return left.map(({ attribute, reason }) => ({ attributeName: attribute, reason, ...registrationOf(part) }))
}

function namesOf({ attributes }: PartOutcome): readonly string[] {
  return attributes === 'everything' ? [] : attributes
}

function registrationOf({ registrationId }: PartOutcome): { readonly registrationId?: string } {
  return registrationId === undefined ? {} : { registrationId }
}
