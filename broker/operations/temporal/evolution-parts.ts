import type { Iri } from '../../core/model/iri.ts'
import { SCOPE, type TemporalEntity, type TemporalInstance } from '../../core/model/temporal.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { matchInParts } from '../../core/query/match-in-parts.ts'
import { attributesOf } from '../../core/query/needs.ts'
import { withAttributes } from '../../core/temporal/keep-instances.ts'
import { lastInstances } from '../../core/temporal/last-instances.ts'
import { projectEvolution } from '../../core/temporal/project-evolution.ts'
import { withinScopes } from '../../core/temporal/within-scopes.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import { type AskedOfEvolutions, contentReader, displayedAttributes } from './evolution-content.ts'
import { instanceReader } from './instance-reader.ts'
import type { EvolutionMeans } from './read-dependencies.ts'
import { readSlices, type SliceQuery, type Slicing } from './read-slices.ts'

/** What parts are read with. */
export type PartReading = Slicing & Pick<EvolutionMeans, 'engine' | 'maxRows'>

/**
 * Answers what is wanted of an evolution in parts, however long it is: together they hold the instances that a page would
 * tell of it (CIM 009 v1.9.1, 5.7.3.4, 5.7.4.4), so there are none where a page would tell of none.
 */
export async function* evolutionParts(
  reading: PartReading,
  head: EvolutionHead,
  asked: AskedOfEvolutions,
): AsyncGenerator<TemporalEntity> {
  const { options, query, lastN } = asked
  if (!(await matchesFilters(reading, head, asked))) return
  if (isLastByWriting(asked)) {
    const content = await contentOf(reading, head, asked)
    if (content && Object.keys(content.attributes).length > 0) yield content
    return
  }
  const left = countdown(lastN)
  const needed = query.attributes !== undefined || options.needsAttribute === true
  let shown = false
  let withheld = false
  for await (const slice of slicesInScope(reading, head, asked, left.isOver)) {
    const isOwn = !Object.hasOwn(slice.attributes, SCOPE)
    const wanted = projectEvolution(slice, options)
    if (!wanted) withheld = true
    // scopes come last, and are told of what else there is
    if (!wanted || (!isOwn && !shown && (needed || withheld))) continue
    const part = left.take(wanted)
    if (Object.keys(part.attributes).length === 0) continue
    shown ||= isOwn
    yield part
  }
}

/** Tells whether the instances of that time that the caller sees satisfy q and geoquery, however many they are. */
export async function matchesFilters(
  reading: PartReading,
  head: EvolutionHead,
  { query: { q, geo }, window }: AskedOfEvolutions,
): Promise<boolean> {
  const filters = { ...(q && { q }), ...(geo && { geo }) }
  const attributes = [...attributesOf(filters)]
  if (attributes.length === 0) return true
  const judge = matchInParts(filters, reading.engine)
  let any = false
  for await (const slice of readSlices(reading, head, { attributes, window, order: 'oldest' })) {
    judge.add(slice)
    any = true
    if (judge.decided()) return true
  }
  if (!any) judge.add({ ...head, attributes: {} })
  return judge.matches()
}

/** What a query asks of evolutions that satisfy its filters. */
export function unfiltered({ attributes, scope }: EntityQuery): EntityQuery {
  return { ...(attributes && { attributes }), ...(scope && { scope }) }
}

/** Only all of an attribute shows which instances were written last. */
function isLastByWriting({ lastN, window }: AskedOfEvolutions): boolean {
  return lastN !== undefined && (window?.property === 'createdAt' || window?.property === 'modifiedAt')
}

async function contentOf(
  { store, of, engine, maxRows }: PartReading,
  head: EvolutionHead,
  asked: AskedOfEvolutions,
): Promise<TemporalEntity | undefined> {
  const { lastN = maxRows, window } = asked
  const reader = instanceReader(store, of, maxRows)
  const contents = contentReader({ engine, store, of }, reader, { ...asked, query: unfiltered(asked.query) })
  const content = await contents.read(head, Math.min(lastN, maxRows + 1))
  return content && lastInstances(content, lastN, window?.property)
}

/** Reads slices, of them what was while the entity was in the scopes that are asked for, and last the scopes of that time. */
async function* slicesInScope(
  reading: PartReading,
  head: EvolutionHead,
  { query: { scope }, window, lastN, options }: AskedOfEvolutions,
  isEnough: (attribute: Iri) => boolean,
): AsyncGenerator<TemporalEntity> {
  const attributes = displayedAttributes(options)
  const order = lastN === undefined ? 'oldest' : 'newest'
  const slices: SliceQuery = { ...(attributes && { attributes }), window, order, isEnough }
  if (!scope) {
    yield* readSlices(reading, head, slices)
    return
  }
  const { store, of, maxRows } = reading
  const scoped = await instanceReader(store, of, maxRows).read(head, { attributes: [SCOPE] })
  const within = (slice: TemporalEntity): TemporalEntity | undefined => {
    const { [SCOPE]: _, ...others } = slice.attributes
    const all = withAttributes(slice, { ...others, ...scoped.attributes })
    return withinScopes(all, withAttributes(slice, others), { scope, window })
  }
  const told = within(withAttributes(scoped, {}))
  if (!told) return
  for await (const slice of readSlices(reading, head, slices)) {
    const { [SCOPE]: _, ...others } = within(slice)?.attributes ?? {}
    yield withAttributes(slice, others)
  }
  yield lastN === undefined ? told : lastInstances(told, lastN, window?.property)
}

/** Counts down how many instances of each attribute are wanted yet. */
function countdown(most: number | undefined) {
  const left = new Map<Iri, number>()
  const leftOf = (name: Iri): number => left.get(name) ?? most ?? Number.POSITIVE_INFINITY
  return {
    isOver: (name: Iri): boolean => leftOf(name) === 0,
    take: (part: TemporalEntity): TemporalEntity => {
      if (most === undefined) return part
      const taken: Record<Iri, readonly TemporalInstance[]> = {}
      for (const [name, instances] of Object.entries(part.attributes)) {
        const some = instances.slice(0, leftOf(name))
        left.set(name, leftOf(name) - some.length)
        if (some.length > 0) taken[name] = some
      }
      return withAttributes(part, taken)
    },
  }
}
