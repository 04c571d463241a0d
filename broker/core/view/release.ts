import type { Attributes, Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { canonicalJson } from '../model/json.ts'
import type { Crowd } from './crowd.ts'

/**
 * Entities that a caller gets in an export and nowhere else, each among so many that look alike (k-anonymity): what the
 * obligation `release` of a rule leaves. `by` are the quasi-identifiers: what is known of persons from elsewhere.
 */
export interface Release extends Pick<Crowd, 'types' | 'by' | 'byScope' | 'view'> {
  readonly least: number
  /** Tells whether an attribute says nothing of persons on entities of these types. */
  open(attribute: Iri, types: readonly Iri[]): boolean
}

/** Names what entities that look alike have in common; the entity is as the view of the release, or of the crowd, shows it. */
export function likenessOf(entity: Entity, { by, byScope }: Pick<Release, 'by' | 'byScope'>): string {
  const names = [...by].sort()
  const values = names.map(
    (name) => entity.attributes[name]?.map(({ datasetId, value }) => [datasetId ?? null, value]) ?? null,
  )
  return canonicalJson([entity.types, byScope ? (entity.scopes ?? []) : [], values])
}

/** Answers an entity of a release under a number in place of its id. */
export function numbered(entity: Entity, number: number): Entity {
  return { ...entity, id: `urn:ngsi-ld:Released:${number}` }
}

/**
 * Answers what is released of an entity: its quasi-identifiers and what says nothing of persons, without id and times: so no
 * two releases can be put together again by id, order or instant.
 */
export function released(entity: Entity, release: Release): Entity {
  const { types, scopes, createdAt, modifiedAt, attributes } = entity
  const isShown = (name: Iri): boolean => release.by.has(name) || release.open(name, entity.types)
  return {
    id: '',
    types,
    createdAt,
    modifiedAt,
    ...(release.byScope && scopes && { scopes }),
    attributes: timeless(attributes, isShown),
  }
}

function timeless(attributes: Attributes, isShown: (name: Iri) => boolean): Attributes {
  const shown = Object.entries(attributes).filter(([name]) => isShown(name))
  return Object.fromEntries(
    shown.map(([name, instances]) => [name, instances.map((each) => withoutTime(each, isShown))]),
  )
}

function withoutTime(instance: Instance, isShown: (name: Iri) => boolean): Instance {
  const { observedAt: _, expiresAt: __, attributes, ...rest } = instance
  return attributes ? { ...rest, attributes: timeless(attributes, isShown) } : rest
}
