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

/** How many values an entity has: of those with `n`, the value of an instance may be an array. */
export type Cardinality = '0..1' | '1' | '0..n' | '1..n'

/** Terms of other vocabularies: that mean the same, that mean more, that are near. */
export interface Alignment {
  readonly same: readonly Iri[]
  readonly sub: readonly Iri[]
  readonly close: readonly Iri[]
}

/** In which release something came, is not to be used any more, and what takes its place. */
export interface Life {
  readonly since?: string
  readonly deprecated?: string
  readonly replacedBy?: string
}

/** A value of a list. */
export interface ListedValue extends Text {
  /** What other vocabularies write. */
  readonly synonyms?: readonly string[]
  readonly deprecated?: string
}

/** What may differ from type to type. */
export interface Facets extends Life {
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
  readonly alignment: Alignment
  /** What other vocabularies call the same: names and IRIs; absent: nothing else. */
  readonly synonyms?: readonly string[]
  /** It may be of a child. */
  readonly children?: true
  readonly example?: JsonValue
  /** Name of the class that says how long it is kept; absent on a definition: that of the type. */
  readonly retention?: string
  /** Name of the role of the agency that answers for it; absent on a definition: that of the type. */
  readonly owner?: string
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
  readonly retention: string
  readonly owner: string
}

/** One entity type with the attributes that it declares. */
export interface TypeDefinition extends Life {
  readonly name: string
  readonly iri: Iri
  readonly label: Text
  readonly definition: Text
  /** Name of what it is about. */
  readonly domain: string
  readonly alignment: Alignment
  readonly synonyms?: readonly string[]
  readonly retention: string
  readonly owner: string
  readonly idPattern?: string
  readonly idExample?: string
  readonly attributes: readonly AttributeUse[]
}

/** All that the ontology states; `vocabulary.json` leaves out of a type's attributes what the attribute or the type says. */
export interface Vocabulary {
  readonly title: Text
  readonly namespace: Iri
  readonly version: string
  /** MAJOR.MINOR */
  readonly release: string
  readonly contextUrl: Iri
  /** What other vocabularies call the time of an observation, the most exact first. */
  readonly observedAt: readonly string[]
  /** What types are about. */
  readonly domains: Readonly<Record<string, Text>>
  /** Agencies by what they are there for. */
  readonly owners: Readonly<Record<string, Text>>
  readonly retentionClasses: Readonly<Record<string, Text>>
  readonly units: Readonly<Record<string, string>>
  readonly valueLists: Readonly<Record<string, Readonly<Record<string, ListedValue>>>>
  readonly shapes: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly types: readonly TypeDefinition[]
  readonly attributes: readonly AttributeDefinition[]
}
