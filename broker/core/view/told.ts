import { type AttributeKind, type Entity, type Instance, VALUE_MEMBER } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import type { Micros } from '../model/time.ts'

/** An instance, and what a notification tells of it besides (CIM 009 v1.9.1, 5.2.5 to 5.2.7 and 5.2.32 to 5.2.38). */
export interface ToldInstance extends Instance {
  /** It is gone: its value is NGSI-LD Null. */
  readonly deletedAt?: Micros
  /** What it was before. */
  readonly previous?: Instance
}

/** An entity, and what a notification tells of it besides; its instances may be told ones. */
export interface ToldEntity extends Entity {
  readonly deletedAt?: Micros
}

/** Members that hold what an instance was before its change, by its kind then. */
export const PREVIOUS_MEMBER = {
  Property: 'previousValue',
  GeoProperty: 'previousValue',
  LanguageProperty: 'previousLanguageMap',
  VocabProperty: 'previousVocab',
  JsonProperty: 'previousJson',
  ListProperty: 'previousValueList',
  Relationship: 'previousObject',
  ListRelationship: 'previousObjectList',
} as const satisfies Record<AttributeKind, string>

/** NGSI-LD Null as the value of a kind of attribute (CIM 009 v1.9.1, 4.5.0). */
export function nullOf(kind: AttributeKind): JsonValue {
  const member = VALUE_MEMBER[kind]
  if (member === 'languageMap') return { '@none': NGSI_LD_NULL }
  return member === 'valueList' || member === 'objectList' ? [NGSI_LD_NULL] : NGSI_LD_NULL
}

/** Answers what a deletion tells of an instance that is gone: what it was is told by `previous` alone. */
export function deletedInstance(before: Instance, deletedAt: Micros): ToldInstance {
  const { kind, datasetId, createdAt, modifiedAt } = before
  return {
    kind,
    ...(datasetId !== undefined && { datasetId }),
    value: nullOf(kind),
    createdAt,
    modifiedAt,
    deletedAt,
  }
}
