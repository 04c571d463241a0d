import { Problem } from '../../core/model/problem.ts'
import { contentReader, enoughOf } from './evolution-content.ts'
import { noEvolution, readHead } from './evolution-dependencies.ts'
import { instanceReader } from './instance-reader.ts'
import type { EvolutionReading } from './read-dependencies.ts'
import { readOverSources, type TemporalRead } from './read-over-sources.ts'
import { admitsEvolution } from './see-evolution.ts'
import { type Evolutions, evolutionWriter, writeEvolutions } from './write-evolutions.ts'

export interface RetrieveTemporalEvolution extends Omit<TemporalRead, 'query'> {
  readonly id: string
}

/**
 * Retrieve Temporal Evolution of an Entity (CIM 009 v1.9.1, 5.7.3): what the caller sees of it. @throws Problem
 * ResourceNotFound, also where nothing is left of it
 */
export const retrieveTemporalEvolution =
  (dependencies: EvolutionReading) =>
  async (command: RetrieveTemporalEvolution): Promise<Evolutions> => {
    const { caller, tenant, id } = command
    caller.check('read', tenant, { resource: 'entity', id })
    const view = caller.view(tenant)
    const generation = dependencies.store.historyGeneration(tenant, id) // before anything is read: it may show more, never less
    const asked = { ...command, query: {} }
    const { store, alone, told, warnings } = await readOverSources(dependencies, asked, id)
    const warned = (problem: Problem): Problem => withWarnings(problem, warnings)
    const head = await readHead(store, command, id)
    if (!head || !admitsEvolution(head, view)) throw warned(noEvolution(id))
    const reader = instanceReader(store, { tenant, view }, dependencies.maxRows)
    const write = evolutionWriter(command.options, dependencies.maxPageBytes, view)
    const reading = { ...dependencies, store, of: { tenant, view }, reader, write }
    const content = await contentReader(reading, reader, asked).read(head, enoughOf(dependencies, asked))
    const answer = content && (await writeEvolutions(reading, asked, [{ head, content }]))
    if (!answer || answer.texts.length === 0) throw warned(nothingLeft(id))
    const lasting = (): boolean => dependencies.store.historyGeneration(tenant, id) === generation
    return {
      ...answer,
      more: false,
      ...(alone && generation !== undefined && { lasting }),
      warnings,
      told: [...(told.get(id) ?? [])],
    }
  }

/** The caller may know of the evolution, of which nothing is wanted. */
export function nothingLeft(id: string): Problem {
  return new Problem(
    'ResourceNotFound',
    `Temporal evolution of entity ${id} has nothing of what is asked for`,
  )
}

/** What could not be found may be at a source that did not answer. */
function withWarnings(problem: Problem, warnings: readonly string[]): Problem {
  if (warnings.length === 0) return problem
  const { code, message } = problem
  return new Problem(code, message, { headers: { 'NGSILD-Warning': warnings.join(', ') } })
}
