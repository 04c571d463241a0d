import type { PartOutcome } from '../../federation/distribute/part-outcome.ts'

/**
 * Settles what a distributed write comes to (CIM 009 v1.9.1, 5.6.1.4 and its siblings, 6.3.17); pure. No parts: all was
 * done. Otherwise the parts to tell of in a 207, unless one problem says it all: that of the only part, the first where
 * no source was asked, or that nobody knows the entity. A source that had the request before has no part in it where
 * others had theirs. @throws Problem
 */
export function settleParts(parts: readonly PartOutcome[]): readonly PartOutcome[] {
  const counted = parts.filter(({ looped }) => !looped)
  const told = counted.length > 0 ? counted : parts
  if (told.every(isDone)) return []
  const problem = wholeProblem(told)
  if (problem) throw problem
  return told
}

function isDone({ problem, notUpdated = [] }: PartOutcome): boolean {
  return problem === undefined && notUpdated.length === 0
}

function wholeProblem(parts: readonly PartOutcome[]): PartOutcome['problem'] {
  const [first] = parts
  const failed = parts.filter(({ problem, partly }) => problem !== undefined && !partly)
  if (failed.length < parts.length) return undefined
  const unasked = failed.every(({ registrationId, unasked: never }) => registrationId === undefined || never)
  if (parts.length === 1 || failed.every(({ problem }) => problem?.code === 'ResourceNotFound')) {
    return first?.problem
  }
  // what keeps a source from being asked says more than that this hub does not know the entity
  return unasked
    ? (failed.find(({ registrationId }) => registrationId !== undefined) ?? first)?.problem
    : undefined
}
