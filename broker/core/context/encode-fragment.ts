import {
  type AttributeFragments,
  type EntityFragment,
  type InstanceFragment,
  type OrNull,
  VALUE_MEMBER,
} from '../model/entity.ts'
import { type Iri, NGSI_LD_NULL } from '../model/iri.ts'
import type { JsonObject, JsonValue } from '../model/json.ts'
import { formatDateTime, type Micros } from '../model/time.ts'
import { nullOf } from '../view/told.ts'
import { SEALED } from './attribute-names.ts'
import { WRAPPED_KINDS } from './temporal-values.ts'
import type { TermTable } from './term-table.ts'

/**
 * Writes a decoded body in the terms of a table, which need not be the one that it came in: normalized, what came bare
 * (`simplified`) bare again. What decoding made of it, decoding makes of it again.
 */
export function encodeEntityFragment(
  { id, types, scopes, expiresAt, attributes }: EntityFragment,
  table: TermTable,
): JsonObject {
  return {
    ...(id !== undefined && { id }),
    ...(types && { type: singleOrAll(types.map(table.compact)) }),
    ...(scopes !== undefined && { scope: scopes === NGSI_LD_NULL ? scopes : singleOrAll(scopes) }),
    ...(expiresAt !== undefined && { expiresAt: instant(expiresAt) }),
    ...encodeAttributes(attributes, table),
  }
}

/** Writes the decoded instances of one attribute: one by itself, several as an array, or as a dataset map (4.5.5, 4.5.4). */
export function encodeInstances(instances: readonly InstanceFragment[], table: TermTable): JsonValue {
  const [only] = instances
  if (only && instances.length === 1 && !(isBare(only) && only.datasetId !== undefined))
    return isBare(only) ? bareValue(only, table) : encodeInstance(only, table)
  if (!instances.every(isBare)) return instances.map((instance) => encodeInstance(instance, table))
  const dataset = instances.map((one) => [one.datasetId ?? '@none', bareValue(one, table)] as const)
  return { dataset: Object.fromEntries(dataset) }
}

function encodeAttributes(attributes: AttributeFragments | undefined, table: TermTable): JsonObject {
  const sealed = new Map([...SEALED].map(([name, iri]) => [iri, name]))
  return Object.fromEntries(
    Object.entries(attributes ?? {}).map(([iri, instances]) => {
      const name = sealed.get(iri)
      const [only] = instances
      return name !== undefined && only
        ? [name, outsideValue(only, table)]
        : [table.compact(iri), encodeInstances(instances, table)]
    }),
  )
}

/** A deletion that says nothing but that, and a simplified value, stand without members. */
function isBare({ kind, value, simplified }: InstanceFragment): boolean {
  return simplified === true || (kind === undefined && value === NGSI_LD_NULL)
}

function bareValue(instance: InstanceFragment, table: TermTable): JsonValue {
  const { kind } = instance
  if (kind === undefined || !WRAPPED_KINDS.has(kind)) return instance.value ?? null
  return { [VALUE_MEMBER[kind]]: outsideValue(instance, table) }
}

function encodeInstance(instance: InstanceFragment, table: TermTable): JsonObject {
  const { kind, value, observedAt, unitCode, datasetId, valueType, objectType, expiresAt } = instance
  return {
    ...(kind && { type: kind }),
    ...(value !== undefined && { [VALUE_MEMBER[kind ?? 'Property']]: outsideValue(instance, table) }),
    ...(observedAt !== undefined && { observedAt: instant(observedAt) }),
    ...(unitCode !== undefined && { unitCode }),
    ...(datasetId !== undefined && { datasetId }),
    ...(valueType !== undefined && { valueType: compactEach(valueType, table) }),
    ...(objectType !== undefined && { objectType: compactEach(objectType, table) }),
    ...(expiresAt !== undefined && { expiresAt: instant(expiresAt) }),
    ...encodeAttributes(instance.attributes, table),
  }
}

function outsideValue({ kind = 'Property', value = null }: InstanceFragment, table: TermTable): JsonValue {
  if (value === NGSI_LD_NULL) return nullOf(kind)
  if (kind === 'VocabProperty') return compactEach(value, table)
  // normalized lists wrap each target, which every version reads
  if (kind === 'ListRelationship' && Array.isArray(value)) return value.map((object) => ({ object }))
  return value
}

function compactEach(value: JsonValue | readonly Iri[], table: TermTable): JsonValue {
  if (Array.isArray(value)) return value.map((item) => compactEach(item, table))
  return typeof value === 'string' && value !== NGSI_LD_NULL ? table.compact(value) : value
}

function instant(at: OrNull<Micros>): string {
  return at === NGSI_LD_NULL ? at : formatDateTime(at)
}

function singleOrAll(values: readonly string[]): JsonValue {
  const [only] = values
  return values.length === 1 && only !== undefined ? only : [...values]
}
