import type { TermTable } from '../../core/context/term-table.ts'
import type { Iri } from '../../core/model/iri.ts'
import { SCOPE, type TemporalEntity, type TimeWindow } from '../../core/model/temporal.ts'
import type { EntityQuery, ScopeNode } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import { attributesOf } from '../../core/query/needs.ts'
import type { Aggregation } from '../../core/temporal/aggregation.ts'
import { projectEvolution } from '../../core/temporal/project-evolution.ts'
import { withinScopes } from '../../core/temporal/within-scopes.ts'
import type { EvolutionOptions } from '../../core/view/evolution-options.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import type { InstanceReader, Reading } from './instance-reader.ts'
import type { EvolutionMeans } from './read-dependencies.ts'
import { type CondensedReading, readCondensed, withCondensed } from './see-condensed.ts'

/** What is asked of evolutions, and how they are to be written. */
export interface AskedOfEvolutions {
  readonly query: EntityQuery
  /** Absent: all of time. */
  readonly window?: TimeWindow
  /** Only so many of each attribute, the newest. */
  readonly lastN?: number
  readonly options: EvolutionOptions
  readonly aggregation?: Aggregation
  readonly table: TermTable
}

/** Tells whether aggregates are made period by period from what the store has, rather than from instances at hand. */
export function isSummedUp({ aggregation, lastN, query }: AskedOfEvolutions): boolean {
  return aggregation !== undefined && lastN === undefined && !query.scope
}

/** So many instances of an attribute have to be at hand to be written; undefined: all. */
export function enoughOf(
  { maxInstances }: Pick<EvolutionMeans, 'maxInstances'>,
  asked: AskedOfEvolutions,
): number | undefined {
  const { aggregation, lastN = Number.POSITIVE_INFINITY } = asked
  if (isSummedUp(asked)) return 1
  if (aggregation) return asked.lastN
  return Math.min(lastN, maxInstances + 1)
}

/** Reads what matches of evolutions: filters look at all instances of that time, as the caller sees them. */
export interface ContentReader {
  /**
   * Answers what is wanted of an evolution: of each attribute so many instances, if it has as many; undefined: it does not
   * match. @throws Problem TooComplexQuery
   */
  read(head: EvolutionHead, atLeast: number | undefined): Promise<TemporalEntity | undefined>
}

/** Makes the reader of one request (CIM 009 v1.9.1, 5.7.3.4, 5.7.4.4: S1 to S8). */
export function contentReader(
  { engine, ...reading }: Pick<EvolutionMeans, 'engine'> & CondensedReading,
  reader: InstanceReader,
  asked: AskedOfEvolutions,
): ContentReader {
  const { query, lastN, options } = asked
  const { q, geo, scope, attributes } = query
  const filters = { ...(q && { q }), ...(geo && { geo }) }
  const filtered = [...attributesOf(filters)]
  const displayed = displayedAttributes(options)
  const window = asked.window && { window: asked.window }
  const wanted: Reading = {
    ...window,
    ...(displayed && { attributes: displayed }),
    order: lastN === undefined ? 'oldest' : 'newest',
    ...(options.datasetIds && { datasetIds: options.datasetIds }),
  }
  return { read }

  async function read(head: EvolutionHead, atLeast: number | undefined): Promise<TemporalEntity | undefined> {
    if (filtered.length > 0) {
      const seen = await reader.read(head, { ...window, attributes: filtered })
      if (!matchEntity(filters, seen, engine)) return undefined
    }
    const content = scope
      ? await inScope(head, scope)
      : await reader.read(head, { ...wanted, ...(atLeast !== undefined && { atLeast }) })
    const condensed = isSummedUp(asked) ? await readCondensed(reading, head, asked) : []
    if (!content || !(await exists(head, withCondensed(content, condensed)))) return undefined
    const wantedOfIt = projectEvolution(content, options)
    return condensed.length === 0
      ? wantedOfIt
      : withCondensed(wantedOfIt ?? { ...content, attributes: {} }, condensed)
  }

  /** What was while the entity was in the scope; its scopes of that time may have been set before it (4.18, C.5.16). */
  async function inScope(head: EvolutionHead, scope: ScopeNode): Promise<TemporalEntity | undefined> {
    const found = await reader.read(head, wanted)
    const { attributes } = await reader.read(head, { attributes: [SCOPE] })
    const scoped = { ...found, attributes: { ...found.attributes, ...attributes } }
    return withinScopes(scoped, found, { scope, window: asked.window })
  }

  /** An entity without instances at that time is none of the result (S1); attrs names those that are meant. */
  async function exists(head: EvolutionHead, content: TemporalEntity): Promise<boolean> {
    const names = Object.keys(content.attributes)
    if (attributes) return names.some((name) => attributes.includes(name))
    if (options.needsAttribute) return names.some((name) => name !== SCOPE)
    if (names.length > 0 || !window) return true
    if (!displayed || scope) return false
    const any = await reader.read(head, { ...window, atLeast: 1 })
    return Object.keys(any.attributes).length > 0
  }
}

/** Attributes that the projection lets through; undefined: any. */
export function displayedAttributes({ pick }: EvolutionOptions): readonly Iri[] | undefined {
  if (!pick) return undefined
  const members: ReadonlySet<string> = pick.members
  return [...pick.attributes.keys(), ...(members.has('scope') ? [SCOPE] : [])]
}
