import type { Micros } from '../../core/model/time.ts'
import type { EvolutionChange } from '../../store/port/evolution.ts'
import type { UnitResult } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { type EvolutionDependencies, noEvolution } from './evolution-dependencies.ts'
import { judgeInstances } from './judge-instances.ts'
import { appendIntent, checkCreation, checkWrite, commitEvolution } from './write-evolution.ts'

type Append = Extract<EvolutionChange, { readonly action: 'append' }>

/** What is to be added to the history of an entity. */
export interface ProvidedEvolution extends Command, Pick<Append, 'types' | 'scopes'> {
  readonly id: string
  /** Makes the instances, as given at that instant. */
  readonly instances: (now: Micros) => Append['instances']
}

/**
 * Adds instances to the history of an entity. Who makes an evolution needs the right to change it too: another writer may
 * have made it meanwhile. @throws Problem ResourceNotFound where there has to be one
 */
export async function appendEvolution(
  dependencies: EvolutionDependencies,
  { id, types, scopes, instances, ...command }: ProvidedEvolution,
  needs: Append['needs'],
): Promise<UnitResult> {
  const added = { types, ...(scopes && { scopes }), instances: instances(dependencies.clock()) }
  const attributes = [...new Set(added.instances.map(({ attribute }) => attribute))]
  const creates = needs === 'either'
  const intent = appendIntent({
    id,
    attributes,
    types,
    ...(scopes && { scopes }),
    ...(creates && { creates }),
  })
  const head = await checkWrite(dependencies, command, intent)
  if (!head && needs === 'present') throw noEvolution(id)
  if (!head) checkCreation(command, intent)
  const known = [...new Set([...(head?.types ?? []), ...types])]
  const judged = judgeInstances(dependencies, { id, types: known }, added.instances)
  const change = { action: 'append', needs, ...added, instances: judged.instances } as const
  const result = await commitEvolution(dependencies, command, id, change)
  if (result.outcome !== 'kept') throw noEvolution(id)
  judged.note()
  return result
}
