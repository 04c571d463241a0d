import type {
  Attributes,
  Entity,
  EntityFragment,
  Instance,
  InstanceFragment,
} from '../../../broker/core/model/entity.ts'
import { DEFAULT_CONTEXT, type Iri } from '../../../broker/core/model/iri.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'

/** Instants of the tests: something was written THEN and is written again NOW. */
export const THEN = 1_767_225_600_000_000
export const NOW = THEN + 3_600_000_000
export const LATER = NOW + 3_600_000_000

export const ID = 'urn:ngsi-ld:Station:1'
export const DATASET = 'urn:ngsi-ld:Dataset:reference'

/** Answers the expanded name of a term that no @context maps. */
export function iri(term: string): Iri {
  return `${DEFAULT_CONTEXT}${term}`
}

/** Builds a stored Property, written THEN. */
export function stored(value: JsonValue, more: Partial<Instance> = {}): Instance {
  return { kind: 'Property', value, createdAt: THEN, modifiedAt: THEN, ...more }
}

/** Builds a stored entity, written THEN, with attributes by their terms. */
export function entity(
  attributes: Readonly<Record<string, readonly Instance[]>>,
  more: Partial<Entity> = {},
): Entity {
  return {
    id: ID,
    types: [iri('Station')],
    createdAt: THEN,
    modifiedAt: THEN,
    attributes: named(attributes),
    ...more,
  }
}

/** Builds the fragment of a Property. */
export function given(value: JsonValue, more: Partial<InstanceFragment> = {}): InstanceFragment {
  return { kind: 'Property', value, ...more }
}

/** Builds the fragment of an entity, with attributes by their terms. */
export function fragment(
  attributes: Readonly<Record<string, readonly InstanceFragment[]>>,
  more: Partial<EntityFragment> = {},
): EntityFragment {
  return { attributes: named(attributes), ...more }
}

/** Puts expanded names in place of terms. */
export function named<T>(byTerm: Readonly<Record<string, T>>): Readonly<Record<Iri, T>> {
  return Object.fromEntries(Object.entries(byTerm).map(([term, item]) => [iri(term), item]))
}

/** Answers one instance of an attribute. */
export function instance(
  attributes: Attributes | undefined,
  term: string,
  datasetId?: string,
): Instance | undefined {
  return attributes?.[iri(term)]?.find((one) => one.datasetId === datasetId)
}
