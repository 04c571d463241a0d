import type { Decision } from '../../core/model/change.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { PartOutcome } from '../../federation/distribute/part-outcome.ts'
import { parseEntity } from '../../store/port/change.ts'
import { tooMany } from '../../store/port/quotas.ts'
import type { Decide, EntityUnit } from '../../store/port/store.ts'
import type { Command, WriteDependencies } from '../command.ts'
import { guard, type Intent } from '../guard.ts'

/** One element of a batch: what to do to which entity, or why it was refused before anything was tried. */
export type BatchStep =
  | {
      readonly id: string
      readonly intent: Intent
      readonly decide: (current: Parameters<Decide>[0], now: Micros) => Decision
    }
  | { readonly id: string; readonly problem: Problem }

/** What became of one element, in the order of the batch. */
export interface BatchOutcome {
  readonly id: string
  readonly problem?: Problem
  readonly decision?: Decision
  /** Present: other hubs had their part in it, and this is what became of each. */
  readonly parts?: readonly PartOutcome[]
}

/**
 * Runs the elements of a batch as separate requests in array order (CIM 009 v1.9.1, 5.5.11): each entity is all or
 * nothing, one failure fails no other. Elements of different entities are committed together; several elements of one
 * entity build on each other inside the same commit.
 */
export async function runBatch(
  { store, clock, maxEntityBytes, classOf, validation }: WriteDependencies,
  command: Command,
  steps: readonly BatchStep[],
): Promise<readonly BatchOutcome[]> {
  const now = clock()
  const outcomes: BatchOutcome[] = new Array(steps.length)
  let open = steps.map((_, at) => at)
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt === 20) {
      for (const at of open)
        outcomes[at] = refused(
          steps[at],
          new Problem('Conflict', 'Entity is being changed by too many writers at once'),
        )
      break
    }
    open = await runOnce(open, attempt === 0)
  }
  if (validation) for (const { decision } of outcomes) if (decision) validation.note(decision)
  return outcomes

  /**
   * Decides and commits the open elements; answers those that have to be judged again, since another writer came
   * before. At first, what is to be created is taken to be absent without looking: the commit finds out.
   */
  async function runOnce(indexes: readonly number[], first: boolean): Promise<number[]> {
    const looked = indexes.map(stepAt).filter((step) => !first || !isCreation(step))
    const ids = new Set(looked.map(({ id }) => id))
    const again = new Set<string>()
    const stored = ids.size === 0 ? [] : await store.readMany(command.tenant, [...ids])
    const known = new Map(stored.map(({ id, version, text }) => [id, { version, next: parseEntity(text) }]))
    const decided = new Map<string, Decision>()
    const units: EntityUnit[] = []
    for (const at of indexes) {
      const step = stepAt(at)
      if ('problem' in step) {
        outcomes[at] = refused(step, step.problem)
        continue
      }
      if (again.has(step.id)) continue
      const before = decided.get(step.id)
      const current = before ? before.next : known.get(step.id)?.next
      const decision = decideStep(step, current)
      if (decision.problem && !before && !ids.has(step.id)) again.add(step.id)
      outcomes[at] = decision
      if (!decision.decision?.change) continue
      units.push({
        collection: 'entity',
        id: step.id,
        expectedVersion: before ? 'previous' : (known.get(step.id)?.version ?? 0),
        ...(current && { before: current }),
        change: decision.decision.change,
        origin: command.origin,
        ...(decision.decision.next && { next: decision.decision.next }),
      })
      decided.set(step.id, decision.decision)
    }
    const results = units.length === 0 ? [] : await store.commit(command.tenant, units)
    const full = new Map<string, Problem>()
    units.forEach(({ id }, place) => {
      const result = results[place]
      // who did not look does not know yet whether it would be one more
      if (result?.outcome === 'full' && ids.has(id)) full.set(id, tooMany('entity', result.most))
      else if (result?.outcome !== 'kept') again.add(id)
    })
    for (const at of full.size === 0 ? [] : indexes) {
      const problem = full.get(stepAt(at).id)
      if (problem) outcomes[at] = { id: stepAt(at).id, problem }
    }
    return indexes.filter((at) => again.has(stepAt(at).id))
  }

  function stepAt(at: number): BatchStep {
    return steps[at] as BatchStep // indexes come from steps
  }

  function decideStep(
    step: Exclude<BatchStep, { problem: Problem }>,
    current: Parameters<Decide>[0],
  ): BatchOutcome {
    try {
      const decide = guard(command, step.intent, { now, maxEntityBytes, classOf, validation }, (entity) =>
        step.decide(entity, now),
      )
      return { id: step.id, decision: decide(current) }
    } catch (error) {
      if (error instanceof Problem) return { id: step.id, problem: error }
      throw error
    }
  }
}

function isCreation(step: BatchStep): boolean {
  return 'problem' in step || step.intent.action === 'create'
}

function refused(step: BatchStep | undefined, problem: Problem): BatchOutcome {
  return { id: step?.id ?? '', problem }
}
