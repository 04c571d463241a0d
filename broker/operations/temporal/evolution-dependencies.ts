import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EvolutionHead, EvolutionStore } from '../../store/port/evolution.ts'
import type { Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import type { InstanceRules } from './judge-instances.ts'

/** What every write of temporal evolution works with. */
export interface EvolutionDependencies extends InstanceRules {
  readonly store: Store
  readonly clock: () => Micros
}

/** Answers who has the history under this id, whoever asks. */
export async function readHead(
  store: EvolutionStore,
  { tenant }: Pick<Command, 'tenant'>,
  id: string,
): Promise<EvolutionHead | undefined> {
  const [head] = await store.evolutions(tenant, { ids: [id], limit: 1 })
  return head
}

/** There is no evolution under this id, or none that the caller may know of. */
export function noEvolution(id: string): Problem {
  return new Problem('ResourceNotFound', `Temporal evolution of entity ${id} does not exist`)
}
