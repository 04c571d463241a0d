import type { TemporalEntity } from '../../core/model/temporal.ts'
import type { AggregatedAttributes } from '../../core/temporal/aggregate.ts'
import type { Aggregation } from '../../core/temporal/aggregation.ts'
import { disclosureOf } from '../../core/view/disclosure.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import type { Command } from '../command.ts'
import type { Exports } from '../limited-exports.ts'
import { type AskedOfEvolutions, contentReader, enoughOf } from './evolution-content.ts'
import { noEvolution, readHead } from './evolution-dependencies.ts'
import { evolutionParts, matchesFilters, type PartReading, unfiltered } from './evolution-parts.ts'
import { findHeads } from './find-heads.ts'
import { instanceReader } from './instance-reader.ts'
import type { EvolutionReading } from './read-dependencies.ts'
import { nothingLeft } from './retrieve-temporal-evolution.ts'
import { admitsEvolution } from './see-evolution.ts'
import {
  type AggregateOne,
  askedGroups,
  type CrowdWithHistory,
  type GroupTelling,
  tellGroups,
} from './tell-groups.ts'
import { aggregatesOf } from './write-evolutions.ts'

/** What history is exported of. */
export interface ExportEvolutions extends Command, AskedOfEvolutions {}

export interface EvolutionExporting extends GroupTelling {
  readonly exports: Exports
}

/** A part of the evolution of an entity: some instances, or its aggregates, of which there is one part. */
export interface EvolutionPart {
  readonly content: TemporalEntity
  readonly aggregated?: AggregatedAttributes
}

/**
 * Exports what a temporal query finds (CIM 009 v1.9.1, 5.7.4), all of it, in parts that are read as they are asked for,
 * ascending by id, and then groups of those of which the caller is told in groups alone; what is written meanwhile may be in
 * it or not. @throws Problem for rights at once, the others with the first part
 */
export const exportEvolutions =
  (dependencies: EvolutionExporting) =>
  (command: ExportEvolutions): AsyncIterable<EvolutionPart> => {
    const { caller, tenant } = command
    caller.check('read', tenant, { resource: 'entity' })
    const crowds = askedGroups(command)
    return dependencies.exports(command, () => withGroups(dependencies, command, crowds))
  }

async function* withGroups(
  dependencies: GroupTelling,
  command: ExportEvolutions,
  crowds: readonly CrowdWithHistory[],
): AsyncGenerator<EvolutionPart> {
  yield* disclosing(command, partsOfAll(dependencies, command))
  const { aggregation } = command
  if (!aggregation) return
  for (const crowd of crowds)
    for await (const part of tellGroups(dependencies, { ...command, aggregation }, crowd, aggregateOne)) {
      command.disclose?.(undefined) // read it is, though of nobody
      yield part
    }

  function aggregateOne(...[view, head, asked]: Parameters<AggregateOne>): AsyncIterable<EvolutionPart> {
    return aggregatedPart({ ...dependencies, of: { tenant: asked.tenant, view } }, head, asked)
  }
}

/**
 * Exports what is wanted of the evolution of one entity (5.7.3), all of it. @throws Problem ResourceNotFound, with the
 * first part where nothing is left of it
 */
export const exportEvolution =
  (dependencies: EvolutionExporting) =>
  async ({
    id,
    ...command
  }: Omit<ExportEvolutions, 'query'> & { readonly id: string }): Promise<AsyncIterable<EvolutionPart>> => {
    const { caller, tenant } = command
    caller.check('read', tenant, { resource: 'entity', id })
    const head = await readHead(dependencies.store, command, id)
    if (!head || !admitsEvolution(head, caller.view(tenant))) throw noEvolution(id)
    return dependencies.exports(command, () =>
      disclosing(command, partsOfOne(dependencies, { ...command, query: {} }, head)),
    )
  }

/** Takes down what each part shows of persons before it is passed on. */
async function* disclosing(
  { caller, tenant, disclose, options }: Omit<ExportEvolutions, 'query'>,
  parts: AsyncIterable<EvolutionPart>,
): AsyncGenerator<EvolutionPart> {
  const view = caller.view(tenant)
  let last: string | undefined
  for await (const part of parts) {
    const { content, aggregated } = part
    const shown = disclosureOf(aggregated ? { ...content, attributes: aggregated } : content, view, options)
    disclose?.(shown, content.id === last ? undefined : content.types)
    last = content.id
    yield part
  }
}

async function* partsOfAll(
  dependencies: EvolutionReading,
  command: ExportEvolutions,
): AsyncGenerator<EvolutionPart> {
  const { store, engine } = dependencies
  if (command.query.geo) await engine.ready()
  const reading = readingOf(dependencies, command)
  const unbounded = { spend: () => undefined }
  const walk = { ...reading.of, query: command.query }
  for await (const heads of findHeads(store, { engine }, walk, unbounded))
    for (const head of heads) yield* partsOf(reading, head, command)
}

async function* partsOfOne(
  dependencies: EvolutionReading,
  command: ExportEvolutions,
  head: EvolutionHead,
): AsyncGenerator<EvolutionPart> {
  let any = false
  for await (const part of partsOf(readingOf(dependencies, command), head, command)) {
    any = true
    yield part
  }
  if (!any) throw nothingLeft(head.id)
}

type Reading = PartReading & EvolutionReading

function readingOf(dependencies: EvolutionReading, { caller, tenant }: ExportEvolutions): Reading {
  return { ...dependencies, of: { tenant, view: caller.view(tenant) } }
}

async function* partsOf(
  reading: Reading,
  head: EvolutionHead,
  asked: AskedOfEvolutions,
): AsyncGenerator<EvolutionPart> {
  const { aggregation } = asked
  if (aggregation) yield* aggregatedPart(reading, head, { ...asked, aggregation })
  else for await (const content of evolutionParts(reading, head, asked)) yield { content }
}

/** What no method applies to is left out: an export that broke off there would not say why. */
async function* aggregatedPart(
  reading: Reading,
  head: EvolutionHead,
  given: AskedOfEvolutions & { readonly aggregation: Aggregation },
): AsyncGenerator<EvolutionPart> {
  if (!(await matchesFilters(reading, head, given))) return
  const { store, of, maxRows } = reading
  const asked = { ...given, query: unfiltered(given.query) }
  const reader = instanceReader(store, of, maxRows)
  const content = await contentReader(reading, reader, asked).read(head, enoughOf(reading, asked))
  if (!content) return
  const all = Object.entries(await aggregatesOf({ ...reading, reader }, asked, { head, content }))
  const suited = all.map(([name, each]) => [name, each.filter(({ methods }) => methods.size > 0)] as const)
  const aggregated = Object.fromEntries(suited.filter(([, each]) => each.length > 0))
  if (Object.keys(aggregated).length > 0) yield { content, aggregated }
}
