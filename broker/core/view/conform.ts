import type { TermTable } from '../context/term-table.ts'
import type { AttributeKind, Attributes, Entity, Instance } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonArray, type JsonValue } from '../model/json.ts'
import type { RenderOptions } from './render-options.ts'
import { nullOf, type ToldInstance } from './told.ts'

/** Minor version of the standard that the hub speaks: 1.9. */
export const NEWEST_VERSION = 9

/** Minor version from which on there are kinds of attribute, members of them and of entities (4.3.6.8, tables 1 to 3). */
export const KIND_SINCE: Readonly<Partial<Record<AttributeKind, number>>> = {
  LanguageProperty: 4,
  JsonProperty: 8,
  VocabProperty: 8,
  ListProperty: 8,
  ListRelationship: 8,
}
export const INSTANCE_MEMBER_SINCE = {
  datasetId: 3,
  observedAt: 3,
  unitCode: 3,
  objectType: 8,
  valueType: 9,
  expiresAt: 9,
}
export const ENTITY_MEMBER_SINCE = { scopes: 4, expiresAt: 9 }
/** Before it an entity has one type and an attribute one instance (notes 1 to 3). */
export const SEVERAL_SINCE = 3

/** Tells whether the version that is asked for knows scopes. */
export function knowsScopes({ version = NEWEST_VERSION }: Pick<RenderOptions, 'version'>): boolean {
  return version >= ENTITY_MEMBER_SINCE.scopes
}

type Conforming = Pick<RenderOptions, 'lang'> & { readonly version: number }

/** Answers the entity as the version that is asked for knows it (CIM 009 v1.9.1, 4.3.6.8); the entity itself without one. */
export function conform(entity: Entity, { version, lang }: RenderOptions, table: TermTable): Entity {
  if (version === undefined) return entity
  const options = { version, ...(lang !== undefined && { lang }) }
  const [type = '', ...types] = entity.types
  return {
    ...without(entity, ENTITY_MEMBER_SINCE, version),
    types: version < SEVERAL_SINCE ? [type] : [type, ...types],
    attributes: conformAttributes(entity.attributes, options, table),
  }
}

function conformAttributes(attributes: Attributes, options: Conforming, table: TermTable): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, instances]) => [
      name,
      (options.version < SEVERAL_SINCE ? preferDefault(instances) : instances).map((instance) =>
        conformInstance(instance, options, table),
      ),
    ]),
  )
}

/** Of one datasetId there are several in history only. */
function preferDefault(instances: readonly Instance[]): readonly Instance[] {
  const chosen = instances.find(({ datasetId }) => datasetId === undefined) ?? instances[0]
  return instances.filter(({ datasetId }) => datasetId === chosen?.datasetId)
}

function conformInstance(instance: ToldInstance, options: Conforming, table: TermTable): ToldInstance {
  const { version } = options
  const { attributes, previous } = instance
  return {
    ...without(instance, INSTANCE_MEMBER_SINCE, version),
    ...((KIND_SINCE[instance.kind] ?? 0) > version &&
      !isSpoken(instance, options) &&
      reformat(instance, table)),
    ...(attributes && { attributes: conformAttributes(attributes, options, table) }),
    ...(previous && { previous: conformInstance(previous, options, table) }),
  }
}

/** The language filter makes a Property of it anyway (4.15). */
function isSpoken({ kind }: Instance, { lang }: Conforming): boolean {
  return kind === 'LanguageProperty' && lang !== undefined
}

function reformat(
  { kind, value, deletedAt }: ToldInstance,
  table: TermTable,
): Pick<Instance, 'kind' | 'value'> {
  const older = kind === 'ListRelationship' ? 'Relationship' : 'Property'
  if (deletedAt !== undefined) return { kind: older, value: nullOf(older) }
  if (older === 'Relationship') return { kind: older, value }
  return { kind: 'Property', value: kind === 'VocabProperty' ? asTerms(value, table) : value }
}

function asTerms(value: JsonValue, table: TermTable): JsonValue {
  if (isJsonArray(value)) return value.map((item) => asTerms(item, table))
  return typeof value === 'string' && value !== NGSI_LD_NULL ? table.compact(value) : value
}

/** Copies an object without the optional members that the version does not know. */
function without<T extends object>(
  whole: T,
  since: Readonly<Partial<Record<keyof T, number>>>,
  version: number,
): T {
  const kept = Object.entries(whole).filter(([name]) => (since[name as keyof T] ?? 0) <= version) // a key of it
  return Object.fromEntries(kept) as T // all of these members are optional
}
