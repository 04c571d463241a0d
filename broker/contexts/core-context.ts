import { DEFAULT_CONTEXT, type Iri, NGSI_LD } from '../core/model/iri.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'

/** The newest core @context: what answers name when a request names none. */
export const CORE_CONTEXT_URL: Iri = `${NGSI_LD}v1/ngsi-ld-core-context-v1.9.jsonld`

const MINORS = ['', ...Array.from({ length: 10 }, (_, minor) => `-v1.${minor}`)]

/** Every published URL of the core @context; all of them are answered with the newest, from memory. */
export const CORE_CONTEXT_URLS: ReadonlySet<string> = new Set(
  MINORS.map((minor) => `${NGSI_LD}v1/ngsi-ld-core-context${minor}.jsonld`),
)

const PLAIN = `
  Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date
  DateTime EntityMap EntityType EntityTypeInfo EntityTypeList ExecutionResultDetails Feature
  FeatureCollection GeoProperty GeometryCollection JsonProperty LanguageProperty LineString ListProperty
  ListRelationship MultiLineString MultiPoint MultiPolygon Notification Point Polygon Property
  Relationship Snapshot SnapshotNotification Subscription TemporalProperty Time VocabProperty accept
  aggrMethods aggrParams aggrPeriodDuration attributeCount attributeDetails attrs cacheDuration collation
  containedBy contextSourceAlias contextSourceInfo contextSourceUptime cooldown csf data description
  detail endpoint entities entity entityCount entityMapLifetime error errors expandValues format geoQ
  geometry geoproperty georel idPattern information isActive join joinLevel jsonKeys jsonldContext key
  lang langString lastN linkedMaps localOnly location management managementInterval mode
  ngsildConformance ngsildproof notUpdated notification notificationTrigger notifierInfo
  observationInterval observationSpace omit operationSpace operations ordering pick previousValue
  properties q reason receiverInfo refreshRate registrationId registrationName resultStatus scope scopeQ
  showChanges snapshotId snapshotLifetime snapshotPriority snapshotStatus splitEntities status
  subscriptionName sysAttrs temporalQ throttling timeInterval timeout timeproperty timerel timesFailed
  timesSent title triggerReason unchanged unitCode updated uri value
`
const NAMES = `
  attributeList attributeName attributeNames attributeTypes attributes objectType previousVocab
  propertyNames relationshipNames typeList typeName typeNames valueType vocab watchedAttributes
`
const URIS = `
  datasetId entityId instanceId object previousObject subscriptionId success tenant
`
const INSTANTS = `
  contextSourceTimeAt createdAt deletedAt endAt endTimeAt expiresAt lastFailure lastNotification
  lastSuccess lastUsedAt modifiedAt notifiedAt observedAt startAt timeAt
`
const RAW = `
  contextSourceExtras json previousJson problemDetails
`
const LISTS = `
  avg bbox coordinates distinctCount entityList jsons languageMaps max min objectList objectLists objects
  orderBy previousObjectList previousValueList snapshotQueries snapshotQueriesDetails
  snapshotTemporalQueries snapshotTemporalQueriesDetails stddev sum sumsq totalCount valueList valueLists
  values vocabs
`
const SETS = `
  features
`
const LANGUAGES = `
  languageMap previousLanguageMap
`
const INDEXES = `
  dataset entityMap
`

/** Terms whose IRI is not the namespace and their own name. */
const RENAMED: Readonly<Record<string, string>> = {
  Feature: 'geojson:Feature',
  FeatureCollection: 'geojson:FeatureCollection',
  GeometryCollection: 'geojson:GeometryCollection',
  LineString: 'geojson:LineString',
  MultiLineString: 'geojson:MultiLineString',
  MultiPoint: 'geojson:MultiPoint',
  MultiPolygon: 'geojson:MultiPolygon',
  Point: 'geojson:Point',
  Polygon: 'geojson:Polygon',
  bbox: 'geojson:bbox',
  containedBy: 'ngsi-ld:isContainedBy',
  coordinates: 'geojson:coordinates',
  dataset: 'ngsi-ld:hasDataset',
  description: 'http://purl.org/dc/terms/description',
  entityMap: 'ngsi-ld:hasEntityMap',
  entityMapLifetime: 'ngsi-ld:hasEntityMapLifetime',
  features: 'geojson:features',
  geometry: 'geojson:geometry',
  joinLevel: 'ngsi-ld:hasJoinLevel',
  json: 'ngsi-ld:hasJSON',
  key: 'ngsi-ld:hasKey',
  languageMap: 'ngsi-ld:hasLanguageMap',
  languageMaps: 'ngsi-ld:hasLanguageMaps',
  langString: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString',
  object: 'ngsi-ld:hasObject',
  objectList: 'ngsi-ld:hasObjectList',
  objectLists: 'ngsi-ld:hasObjectLists',
  objects: 'ngsi-ld:hasObjects',
  objectType: 'ngsi-ld:hasObjectType',
  previousJson: 'ngsi-ld:hasPreviousJson',
  previousLanguageMap: 'ngsi-ld:hasPreviousLanguageMap',
  previousObject: 'ngsi-ld:hasPreviousObject',
  previousObjectList: 'ngsi-ld:hasPreviousObjectList',
  previousValue: 'ngsi-ld:hasPreviousValue',
  previousValueList: 'ngsi-ld:hasPreviousValueList',
  previousVocab: 'ngsi-ld:hasPreviousVocab',
  properties: 'geojson:properties',
  splitEntities: 'ngsi-ld:hasSplitEntities',
  title: 'http://purl.org/dc/terms/title',
  value: 'ngsi-ld:hasValue',
  valueList: 'ngsi-ld:hasValueList',
  valueLists: 'ngsi-ld:hasValueLists',
  values: 'ngsi-ld:hasValues',
  valueType: 'ngsi-ld:hasValueType',
  vocab: 'ngsi-ld:hasVocab',
  vocabs: 'ngsi-ld:hasVocabs',
}

/**
 * The terms of the core @context v1.9 (CIM 009 v1.9.1, annex B). The scoped context of `ngsildproof` is left out:
 * it has no bearing on names outside a proof, and it would make the hub fetch a vocabulary from elsewhere.
 */
export const CORE_CONTEXT: JsonObject = {
  '@version': 1.1,
  '@protected': true,
  'ngsi-ld': NGSI_LD,
  geojson: 'https://purl.org/geojson/vocab#',
  id: '@id',
  type: '@type',
  ...terms(PLAIN, {}),
  ...terms(NAMES, { '@type': '@vocab' }),
  ...terms(URIS, { '@type': '@id' }),
  ...terms(INSTANTS, { '@type': 'DateTime' }),
  ...terms(RAW, { '@type': '@json' }),
  ...terms(LISTS, { '@container': '@list' }),
  ...terms(SETS, { '@container': '@set' }),
  ...terms(LANGUAGES, { '@container': '@language' }),
  ...terms(INDEXES, { '@container': '@index' }),
  '@vocab': DEFAULT_CONTEXT,
}

function terms(names: string, members: JsonObject): JsonObject {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((term) => [term, definition(RENAMED[term] ?? `ngsi-ld:${term}`, members)]),
  )
}

function definition(iri: string, members: JsonObject): JsonValue {
  return Object.keys(members).length === 0 ? iri : { '@id': iri, ...members }
}
