import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Untaken } from '../registry/untaken.ts'

/** What one source (this hub is one too, the empty text) answered about an entity. */
export interface Copy {
  readonly source: string
  readonly entity: Entity
  /** It only fills in attributes that no other copy has (CIM 009 v1.9.1, 4.3.6.2). */
  readonly auxiliary?: true
  /** Absent of this hub's own copy. */
  readonly answer?: SourceAnswered
}

/** Who answered a copy, and when. */
export interface SourceAnswered {
  /** Names the source as warnings do. */
  readonly label: string
  /** Earlier than the request for an answer that was kept. */
  readonly at: Micros
}

/** Answers all copies of one entity: this hub's own, as far as proxied registrations leave it, and those of the sources. */
export function copiesOf(
  entity: Entity | undefined,
  { own, copies }: { readonly own?: Pick<Untaken, 'of'>; readonly copies: readonly Copy[] },
): readonly Copy[] {
  const left = entity && own ? own.of(entity) : entity
  return left ? [{ source: '', entity: left }, ...copies] : copies
}

/**
 * Puts copies of one entity together (CIM 009 v1.9.1, 4.5.5.2 and 4.5.5.3). Pure; expired parts are already gone, and so
 * is what proxied registrations take. For each attribute and datasetId the instance with the latest observedAt is kept,
 * else with the latest modifiedAt; equal times: that of the source whose name sorts first (this hub's own is the empty
 * text), so that an answer does not depend on who was faster.
 *
 * What the merge can know about masking, and what it does with it: an instance does not say whether its source
 * masked it. So the merge never looks at a value to choose, and it never mixes: an instance comes whole, with its
 * sub-attributes and times, from one source, and an attribute that one copy lacks (perhaps because it is hidden
 * there) takes nothing from the others. A masked and a clear instance therefore stay apart as two instances of which
 * the more recent is answered, never one value in the clothes of the other. Every copy was answered to this very
 * caller, except this hub's own, which is still in clear: its View has to be put on the result, which masks what is
 * masked already once more and loosens nothing. The result is of this caller only and must not be kept for another.
 */
export function combineCopies(copies: readonly Copy[]): Entity {
  const { equal, filling } = inOrder(copies)
  const [first] = equal
  if (!first) throw new Error('No copy was given to combine')
  const combined = combineEqual(equal)
  if (filling.length === 0) return combined
  const attributes = attributesOf(chosenInstances(expiringAlone(filling)))
  return { ...combined, attributes: { ...attributes, ...combined.attributes } }
}

/**
 * Answers which copy each attribute instance of the combined entity comes from: by the attribute, then by datasetId, the
 * empty text for none. Pure.
 */
export function suppliersOf(copies: readonly Copy[]): ReadonlyMap<Iri, ReadonlyMap<string, Copy>> {
  const { equal, filling } = inOrder(copies)
  const suppliers = new Map<Iri, ReadonlyMap<string, Copy>>()
  for (const part of [chosenInstances(filling), chosenInstances(equal)]) {
    for (const [name, chosen] of part) {
      suppliers.set(name, new Map([...chosen].map(([dataset, { copy }]) => [dataset, copy])))
    }
  }
  return suppliers
}

/** Auxiliary copies fill in what the others lack; where there are no others, they are equals. */
function inOrder(copies: readonly Copy[]): {
  readonly equal: readonly Copy[]
  readonly filling: readonly Copy[]
} {
  const ordered = [...copies].sort((left, right) => (left.source < right.source ? -1 : 1))
  const equal = ordered.filter(({ auxiliary }) => !auxiliary)
  if (equal.length === 0) return { equal: ordered, filling: [] }
  return { equal, filling: ordered.filter(({ auxiliary }) => auxiliary) }
}

function combineEqual(copies: readonly Copy[]): Entity {
  const entities = copies.map(({ entity }) => entity)
  const [first, ...others] = entities
  if (!first) throw new Error('No copy was given to combine')
  if (others.length === 0) return first
  const expiresAt = latestExpiry(entities)
  const scopes = [...new Set(entities.flatMap((entity) => entity.scopes ?? []))]
  const differ = entities.some((entity) => entity.expiresAt !== first.expiresAt)
  return {
    id: first.id,
    types: [...new Set(entities.flatMap((entity) => entity.types))],
    ...(scopes.length > 0 && { scopes }),
    ...(expiresAt !== undefined && { expiresAt }),
    createdAt: Math.min(...entities.map((entity) => entity.createdAt)),
    modifiedAt: Math.max(...entities.map((entity) => entity.modifiedAt)),
    attributes: attributesOf(chosenInstances(differ ? expiringAlone(copies) : copies)),
  }
}

/** An entity stays as long as one source keeps it; one without expiry keeps it for good. */
function latestExpiry(copies: readonly Entity[]): Micros | undefined {
  const times = copies.flatMap(({ expiresAt }) => expiresAt ?? [])
  return times.length === copies.length ? Math.max(...times) : undefined
}

/** Where copies expire at different times, each copy's attributes take on its own expiry (4.5.5.2). */
function expiringAlone(copies: readonly Copy[]): readonly Copy[] {
  return copies.map((copy) => {
    const { expiresAt, attributes } = copy.entity
    if (expiresAt === undefined) return copy
    const expiring = mapInstances(attributes, (instance) => ({
      ...instance,
      expiresAt: Math.min(instance.expiresAt ?? expiresAt, expiresAt),
    }))
    return { ...copy, entity: { ...copy.entity, attributes: expiring } }
  })
}

function mapInstances(attributes: Attributes, change: (instance: Instance) => Instance): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, instances]) => [name, instances.map(change)]),
  )
}

/** An instance and the copy that it is taken from. */
interface Chosen {
  readonly instance: Instance
  readonly copy: Copy
}

function chosenInstances(copies: readonly Copy[]): ReadonlyMap<Iri, ReadonlyMap<string, Chosen>> {
  const chosen = new Map<Iri, Map<string, Chosen>>()
  for (const copy of copies) {
    for (const [name, instances] of Object.entries(copy.entity.attributes)) {
      const kept = chosen.get(name) ?? new Map<string, Chosen>()
      chosen.set(name, kept)
      for (const instance of instances) {
        const key = instance.datasetId ?? ''
        const other = kept.get(key)
        if (!other || isNewer(instance, other.instance)) kept.set(key, { instance, copy })
      }
    }
  }
  return chosen
}

function attributesOf(chosen: ReturnType<typeof chosenInstances>): Attributes {
  return Object.fromEntries(
    [...chosen].map(([name, kept]) => [name, [...kept.values()].map(({ instance }) => instance)]),
  )
}

/** Any time of observation says more than a time of writing; without one it decides. */
function isNewer(left: Instance, right: Instance): boolean {
  if (left.observedAt !== right.observedAt) {
    if (left.observedAt === undefined) return false
    return right.observedAt === undefined || left.observedAt > right.observedAt
  }
  return left.modifiedAt > right.modifiedAt
}
