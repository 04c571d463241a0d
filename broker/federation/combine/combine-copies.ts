import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'

/** What one source (this hub is one too) answered about an entity. */
export interface Copy {
  readonly source: string
  readonly entity: Entity
}

/**
 * Puts copies of one entity together (CIM 009 v1.9.1, 4.5.5.2 and 4.5.5.3). Pure; expired parts are already gone.
 * For each attribute and datasetId the instance with the latest observedAt is kept, else with the latest modifiedAt;
 * equal times: that of the source whose name sorts first (this hub's own is the empty text), so that an answer does
 * not depend on who was faster.
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
  const ordered = [...copies].sort((left, right) => (left.source < right.source ? -1 : 1)).map(bare)
  const [first, ...others] = ordered
  if (!first) throw new Error('No copy was given to combine')
  if (others.length === 0) return first
  const expiresAt = latestExpiry(ordered)
  const scopes = [...new Set(ordered.flatMap((entity) => entity.scopes ?? []))]
  return {
    id: first.id,
    types: [...new Set(ordered.flatMap((entity) => entity.types))],
    ...(scopes.length > 0 && { scopes }),
    ...(expiresAt !== undefined && { expiresAt }),
    createdAt: Math.min(...ordered.map((entity) => entity.createdAt)),
    modifiedAt: Math.max(...ordered.map((entity) => entity.modifiedAt)),
    attributes: combineAttributes(pushExpiryDown(ordered)),
  }
}

function bare({ entity }: Copy): Entity {
  return entity
}

/** An entity stays as long as one source keeps it; one without expiry keeps it for good. */
function latestExpiry(copies: readonly Entity[]): Micros | undefined {
  const times = copies.flatMap(({ expiresAt }) => expiresAt ?? [])
  return times.length === copies.length ? Math.max(...times) : undefined
}

/** Where the copies expire at different times, each copy's attributes take on its own expiry (4.5.5.2). */
function pushExpiryDown(copies: readonly Entity[]): readonly Attributes[] {
  const differ = copies.some(({ expiresAt }) => expiresAt !== copies[0]?.expiresAt)
  return copies.map(({ attributes, expiresAt }) => {
    if (!differ || expiresAt === undefined) return attributes
    return mapInstances(attributes, (instance) => ({
      ...instance,
      expiresAt: Math.min(instance.expiresAt ?? expiresAt, expiresAt),
    }))
  })
}

function mapInstances(attributes: Attributes, change: (instance: Instance) => Instance): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, instances]) => [name, instances.map(change)]),
  )
}

function combineAttributes(copies: readonly Attributes[]): Attributes {
  const names = new Set<Iri>(copies.flatMap((attributes) => Object.keys(attributes)))
  return Object.fromEntries(
    [...names].map((name) => [name, combineInstances(copies.flatMap((copy) => copy[name] ?? []))]),
  )
}

function combineInstances(instances: readonly Instance[]): readonly Instance[] {
  const kept = new Map<string, Instance>()
  for (const instance of instances) {
    const key = instance.datasetId ?? ''
    const other = kept.get(key)
    if (!other || isNewer(instance, other)) kept.set(key, instance)
  }
  return [...kept.values()]
}

/** Any time of observation says more than a time of writing; without one it decides. */
function isNewer(left: Instance, right: Instance): boolean {
  if (left.observedAt !== right.observedAt) {
    if (left.observedAt === undefined) return false
    return right.observedAt === undefined || left.observedAt > right.observedAt
  }
  return left.modifiedAt > right.modifiedAt
}
