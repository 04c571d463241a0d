import type { Iri, NGSI_LD_NULL } from './iri.ts'
import type { JsonValue } from './json.ts'
import type { Micros } from './time.ts'

/** The eight kinds of attribute (CIM 009 v1.9.1, 4.5.2 to 4.5.3, 4.5.18, 4.5.20 to 4.5.22, 4.5.24). */
export type AttributeKind =
  | 'Property'
  | 'GeoProperty'
  | 'LanguageProperty'
  | 'VocabProperty'
  | 'JsonProperty'
  | 'ListProperty'
  | 'Relationship'
  | 'ListRelationship'

/** The member that holds the value of each kind, as it is written outside. */
export const VALUE_MEMBER = {
  Property: 'value',
  GeoProperty: 'value',
  LanguageProperty: 'languageMap',
  VocabProperty: 'vocab',
  JsonProperty: 'json',
  ListProperty: 'valueList',
  Relationship: 'object',
  ListRelationship: 'objectList',
} as const satisfies Record<AttributeKind, string>

/** One instance of an attribute or sub-attribute. Names are expanded. */
export interface Instance {
  readonly kind: AttributeKind
  /** Absent: the default instance (CIM 009 v1.9.1, 4.5.5). */
  readonly datasetId?: string
  /**
   * What the value member holds. Property, GeoProperty, JsonProperty, ListProperty: as given.
   * LanguageProperty: tag → string or strings. VocabProperty: expanded IRI(s).
   * Relationship: URI or URIs. ListRelationship: array of URIs.
   */
  readonly value: JsonValue
  readonly observedAt?: Micros
  readonly unitCode?: string
  /** Expanded type of the value, CIM 009 v1.9.1, 5.2.5. */
  readonly valueType?: Iri
  /** Expanded type(s) of what a (List)Relationship points to. */
  readonly objectType?: Iri | readonly Iri[]
  readonly expiresAt?: Micros
  readonly createdAt: Micros
  readonly modifiedAt: Micros
  /** Sub-attributes; absent when there are none. */
  readonly attributes?: Attributes
}

/** Expanded name → its instances, at least one, each with another datasetId. */
export type Attributes = Readonly<Record<Iri, readonly Instance[]>>

/** An entity as it is kept. Every name is an expanded IRI, which always has a colon: `__proto__` cannot be a key. */
export interface Entity {
  readonly id: string
  /** At least one, each once. */
  readonly types: readonly Iri[]
  /** With a leading slash each; absent when there are none. */
  readonly scopes?: readonly string[]
  readonly expiresAt?: Micros
  readonly createdAt: Micros
  readonly modifiedAt: Micros
  readonly attributes: Attributes
}

/** Either a value or the request to delete it. */
export type OrNull<T> = T | typeof NGSI_LD_NULL

/**
 * One attribute instance of a request body, decoded but not yet applied.
 * Every null form outside (`"urn:ngsi-ld:null"`, `{"@none": …}`, `[…]`) is `value: NGSI_LD_NULL` here.
 */
export interface InstanceFragment {
  /** Absent where the body leaves it open: a null, a simplified value, a partial update without value. */
  readonly kind?: AttributeKind
  readonly datasetId?: string
  readonly value?: JsonValue
  readonly observedAt?: OrNull<Micros>
  readonly unitCode?: string
  readonly valueType?: Iri
  readonly objectType?: Iri | readonly Iri[]
  readonly expiresAt?: OrNull<Micros>
  readonly attributes?: AttributeFragments
  /** What another broker says of its own data; nobody else's word counts. */
  readonly createdAt?: Micros
  readonly modifiedAt?: Micros
  /** The value came bare in a simplified body: the kind of the stored attribute decides how it is read. */
  readonly simplified?: true
}

/** Expanded name → the instances that a body gives for it. */
export type AttributeFragments = Readonly<Record<Iri, readonly InstanceFragment[]>>

/** An entity body, decoded but not yet applied: a whole entity for creations, a fragment for changes. */
export interface EntityFragment {
  readonly id?: string
  readonly types?: readonly Iri[]
  readonly scopes?: OrNull<readonly string[]>
  readonly expiresAt?: OrNull<Micros>
  readonly attributes: AttributeFragments
}
