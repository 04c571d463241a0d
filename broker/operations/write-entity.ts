import type { Decision } from '../core/model/change.ts'
import type { Entity } from '../core/model/entity.ts'
import type { Micros } from '../core/model/time.ts'
import { change } from '../store/port/change.ts'
import type { Command, WriteDependencies } from './command.ts'
import { guard, type Intent } from './guard.ts'

/** Runs one guarded, pure decision on one entity until it is kept. @throws Problem */
export function writeEntity(
  { store, clock, maxEntityBytes, classOf, validation }: WriteDependencies,
  command: Command,
  intent: Intent,
  decide: (current: Entity | undefined, now: Micros) => Decision,
): Promise<Decision> {
  const now = clock()
  const guarded = guard(command, intent, { now, maxEntityBytes, classOf, validation }, (current) =>
    decide(current, now),
  )
  const { tenant, origin } = command
  const kept = change(store, { tenant, id: intent.id, origin, fresh: intent.action === 'create' }, guarded)
  if (!validation) return kept
  return kept.then((decision) => {
    validation.note(decision)
    return decision
  })
}
