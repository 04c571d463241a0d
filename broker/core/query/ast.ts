import type { Iri } from '../model/iri.ts'
import type { JsonObject } from '../model/json.ts'
import type { Micros } from '../model/time.ts'

/** Type selection (CIM 009 v1.9.1, 4.17), expanded. `any` is `type=*`. */
export type TypeNode =
  | { readonly kind: 'any' }
  | { readonly kind: 'type'; readonly type: Iri }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly TypeNode[] }

/** Scope query (4.19). `levels` may hold `+`; `below` is a trailing `#`. */
export type ScopeNode =
  | { readonly kind: 'scope'; readonly levels: readonly string[]; readonly below: boolean }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly ScopeNode[] }

/** A scalar that a query compares with; times keep their text beside the instant. */
export type QScalar =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'dateTime' | 'date' | 'time'; readonly value: Micros; readonly text: string }
  | { readonly kind: 'uri'; readonly value: string }

export type QValue =
  | QScalar
  | { readonly kind: 'list'; readonly values: readonly QScalar[] }
  | { readonly kind: 'range'; readonly from: QScalar; readonly to: QScalar }

export type QOperator = '==' | '!=' | '>' | '>=' | '<' | '<=' | '~=' | '!~='

/** Members of an attribute that are not attributes themselves and may end a path. */
export type SystemMember = 'observedAt' | 'createdAt' | 'modifiedAt' | 'expiresAt' | 'unitCode' | 'datasetId'

/** Where a term looks (4.9 Attribute Path). */
export interface QPath {
  /** Attribute, then sub-attributes; expanded. */
  readonly attributes: readonly Iri[]
  /** A member at the end, such as `temperature.observedAt`. */
  readonly member?: SystemMember
  /** Keys inside the value, `address[city.name]`; a single language tag or `*` on a LanguageProperty. Literal. */
  readonly value?: readonly string[]
  /** `rel{Type1,Type2:path}`: look at the entities that this relationship points to (4.5.23); needs `join`. */
  readonly linked?: { readonly types: readonly Iri[]; readonly path: QPath }
}

/** q (4.9). `exists` without operator; `absent` is `!path`. */
export type QNode =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly QNode[] }
  | { readonly kind: 'exists' | 'absent'; readonly path: QPath }
  | {
      readonly kind: 'compare'
      readonly path: QPath
      readonly operator: QOperator
      readonly value: QValue
      /** For `~=` and `!~=`: the pattern as text. */
      readonly pattern?: string
      /** For VocabProperty targets when `expandValues` names the attribute: the value expanded (list: each). */
      readonly expanded?: readonly Iri[]
      /** The attribute is named in `jsonKeys`: the value path runs inside `json`. */
      readonly jsonKeys?: true
    }

export type GeoRelation = 'near' | 'within' | 'contains' | 'intersects' | 'equals' | 'disjoint' | 'overlaps'

/** A GeoJSON geometry (RFC 7946), any but GeometryCollection. */
export interface Geometry extends JsonObject {
  readonly type: 'Point' | 'MultiPoint' | 'LineString' | 'MultiLineString' | 'Polygon' | 'MultiPolygon'
}

/** Geoquery (4.10). */
export interface GeoQuery {
  readonly relation: GeoRelation
  readonly geometry: Geometry
  /** For `near`: metres; exactly one of both. */
  readonly maxDistance?: number
  readonly minDistance?: number
  /** Expanded name of the GeoProperty, `location` by default. */
  readonly property: Iri
}

/** Areas of which only a part is asked for: an entity that names one of them is judged by its place (ours). */
export interface PartlyWithin {
  /** Relationship that names the areas. */
  readonly property: Iri
  readonly ids: readonly string[]
  readonly geo: GeoQuery
}

/** One entity selector of a Query body (5.2.33): type, and ids or a pattern. */
export interface EntitySelector {
  readonly types: TypeNode
  readonly ids?: readonly string[]
  readonly idPattern?: string
}

/** What entities a query selects. Absent members do not narrow. */
export interface EntityQuery {
  /** At least one of these selects the entity (`entities` of a Query body, 5.2.23). */
  readonly selectors?: readonly EntitySelector[]
  readonly ids?: readonly string[]
  /** POSIX extended regular expression (linear-time engine), when there are no ids. */
  readonly idPattern?: string
  readonly types?: TypeNode
  /** At least one of these attributes exists (deprecated `attrs`). */
  readonly attributes?: readonly Iri[]
  readonly q?: QNode
  readonly geo?: GeoQuery
  /** Judged on what is found, never by a store. */
  readonly parts?: PartlyWithin
  readonly scope?: ScopeNode
  /** Context source filter (4.9): which other sources take part. It says nothing of entities, so stores and the judge pass it over. */
  readonly csf?: QNode
}

/** What entities are ordered by (4.23.3): a member of the entity, or a path as in q that stays in the entity. */
export interface OrderTerm {
  readonly member?: 'id' | 'type' | 'scope'
  readonly path?: QPath
  readonly descending: boolean
  /** By the distance of a GeoProperty from `Ordering.from`. */
  readonly byDistance: boolean
}

/** Entity ordering (4.23). */
export interface Ordering {
  /** Where one leaves two entities equal, the next one decides. */
  readonly terms: readonly OrderTerm[]
  readonly from?: Geometry
  /** BCP 47 tag (RFC 6067) that `collatorOf` takes; absent: the root collation. */
  readonly collation?: string
}

/** What `pick` or `omit` name (4.21): entity members and expanded attributes; a nested one projects linked entities. */
export interface Projection {
  readonly members: ReadonlySet<'id' | 'type' | 'scope' | 'createdAt' | 'modifiedAt' | 'expiresAt'>
  readonly attributes: ReadonlyMap<Iri, Projection | undefined>
}
