/** An absolute IRI. */
export type Iri = string

/** Any JSON value, read-only. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** How the law classes what an attribute says of a person (Law 91/2025/QH15, Decree 356/2025/NĐ-CP). */
export type PersonalData = 'none' | 'basic' | 'sensitive'

/** A text in both languages of the ontology. */
export interface Text {
  readonly vi: string
  readonly en: string
}

/** The kinds of attribute that the ontology uses (CIM 009 v1.9.1, 4.5). */
export type Kind = 'Property' | 'GeoProperty' | 'LanguageProperty' | 'Relationship'

/** What the value of a Property or GeoProperty is; `dateTime` and `date` are texts of ISO 8601, times in UTC. */
export type ValueType =
  | 'number'
  | 'integer'
  | 'string'
  | 'boolean'
  | 'uri'
  | 'dateTime'
  | 'date'
  | 'object'
  | 'geometry'

/** How many values an entity has: of those with `n`, values may be an array or several instances. */
export type Cardinality = '0..1' | '1' | '0..n' | '1..n'

/** What may differ from type to type. */
export interface Facets {
  readonly kinds: readonly Kind[]
  readonly minimum?: number
  readonly maximum?: number
  /** Name of the list that the value must be of. */
  readonly values?: string
  /** Types that a Relationship points to. */
  readonly target?: readonly string[]
  /** Geometries that a GeoProperty may hold; any when absent. */
  readonly geometry?: readonly string[]
  readonly personalData: PersonalData
  readonly label: Text
  readonly definition: Text
  readonly alignment: readonly Iri[]
}

/** One attribute: one name for one meaning. */
export interface AttributeDefinition extends Facets {
  readonly name: string
  readonly iri: Iri
  /** A term of the NGSI-LD core: the @context does not repeat it. */
  readonly core: boolean
  readonly value?: ValueType
  /** Name of the shape of an object value. */
  readonly shape?: string
  /** UN/CEFACT Recommendation 20 code. */
  readonly unit?: string
  /** Names of sub-attributes, and whether they are needed. */
  readonly subAttributes: Readonly<Record<string, Cardinality>>
}

/** An attribute as one type uses it. */
export interface AttributeUse extends Facets {
  readonly name: string
  readonly iri: Iri
  readonly cardinality: Cardinality
}

/** One entity type with the attributes that it declares. */
export interface TypeDefinition {
  readonly name: string
  readonly iri: Iri
  readonly label: Text
  readonly definition: Text
  readonly alignment: readonly Iri[]
  readonly idPattern?: string
  readonly attributes: readonly AttributeUse[]
}

/** All that the ontology states, as `vocabulary.json` holds it. */
export interface Vocabulary {
  readonly title: Text
  readonly namespace: Iri
  readonly version: string
  readonly contextUrl: Iri
  readonly units: Readonly<Record<string, string>>
  readonly valueLists: Readonly<Record<string, Readonly<Record<string, Text>>>>
  readonly shapes: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly types: readonly TypeDefinition[]
  readonly attributes: readonly AttributeDefinition[]
}
