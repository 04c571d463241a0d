import { type BoundingBox, boundingBox } from '../../core/geo/bounding-box.ts'
import { isGeometry } from '../../core/geo/parse-geometry.ts'
import { parseDuration } from '../../core/model/duration.ts'
import { type Iri, LOCATION, OBSERVATION_SPACE, OPERATION_SPACE } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { DEFAULT_TENANT, parseTenant, type Tenant } from '../../core/model/tenant.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import { operationsOf } from './operation-names.ts'

/** How a source takes part (CIM 009 v1.9.1, 4.3.6.2 and 4.3.6.3). */
export type RegistrationMode = 'inclusive' | 'exclusive' | 'redirect' | 'auxiliary'

/** Which entities a source may know (5.2.8): all of the types, and the id or those of the pattern. */
export interface EntityInfo {
  readonly types: readonly Iri[]
  readonly id?: string
  readonly idPattern?: string
}

/** Entities and attributes that a source may know (5.2.10); an empty list does not narrow. */
export interface RegistrationInfo {
  readonly entities: readonly EntityInfo[]
  readonly attributes: readonly Iri[]
}

/** A header to send to a source (5.2.22). */
export interface KeyValuePair {
  readonly key: string
  readonly value: string
}

/** A time interval (5.2.11); without an end it is open. */
export interface TimeInterval {
  readonly startAt: Micros
  readonly endAt?: Micros
}

/** A Context Source Registration (5.2.9) as matching and forwarding need it. Names are expanded. */
export interface Registration {
  readonly id: string
  readonly name?: string
  /** Pseudonym of the source in `Via`, when the registrant told it. */
  readonly alias?: string
  /** Root of the source's API, without `/ngsi-ld/v1` and without a slash at the end. */
  readonly endpoint: string
  readonly mode: RegistrationMode
  readonly operations: ReadonlySet<string>
  readonly information: readonly RegistrationInfo[]
  /** Tenant at the source, never that of the client. */
  readonly tenant: Tenant
  readonly contextSourceInfo: readonly KeyValuePair[]
  readonly datasetIds: readonly string[]
  /** With a slash at the beginning; empty: any. */
  readonly scopes: readonly string[]
  /** Boxes around the registered areas, by their GeoProperty; where one is missing, its entities may be anywhere. */
  readonly areas: ReadonlyMap<Iri, BoundingBox>
  /** With an interval it is a source of history, not of the current state. */
  readonly observationInterval?: TimeInterval
  readonly managementInterval?: TimeInterval
  readonly expiresAt?: Micros
  readonly localOnly: boolean
  readonly timeoutMs?: number
  readonly cooldownMs?: number
  /** For so long an answer saves asking again (`cacheDuration`, 5.2.34). */
  readonly cacheMs?: number
  /** The registration as it is kept, names expanded: what it is written from. */
  readonly document: JsonObject
}

/** Reads a kept registration document: the operations checked it, so its shape is trusted. */
export function readRegistration(document: JsonObject): Registration {
  const management = isJsonObject(document.management) ? document.management : {}
  return {
    id: text(document.id) ?? '',
    endpoint: rootOf(text(document.endpoint) ?? ''),
    mode: (text(document.mode) ?? 'inclusive') as RegistrationMode, // checked when it was registered
    operations: operationsOf(document.operations === undefined ? undefined : texts(document.operations)),
    information: objects(document.information).map(readInformation),
    tenant: document.tenant === undefined ? DEFAULT_TENANT : parseTenant(text(document.tenant)),
    contextSourceInfo: objects(document.contextSourceInfo).map(({ key, value }) => ({
      key: text(key) ?? '',
      value: text(value) ?? '',
    })),
    datasetIds: texts(document.datasetId),
    scopes: texts(document.scope),
    areas: readAreas(document),
    localOnly: management.localOnly === true,
    document,
    ...optional('observationInterval', readInterval(document.observationInterval)),
    ...optional('managementInterval', readInterval(document.managementInterval)),
    ...optional('name', text(document.registrationName)),
    ...optional('alias', text(document.contextSourceAlias)),
    ...optional('expiresAt', parseDateTime(text(document.expiresAt) ?? '')),
    ...optional('timeoutMs', count(management.timeout)),
    ...optional('cooldownMs', count(management.cooldown)),
    ...optional('cacheMs', milliseconds(management.cacheDuration)),
  }
}

function readInformation(info: JsonObject): RegistrationInfo {
  return {
    entities: objects(info.entities).map((entity) => ({
      types: texts(entity.type),
      ...optional('id', text(entity.id)),
      ...optional('idPattern', text(entity.idPattern)),
    })),
    attributes: [...new Set([...texts(info.propertyNames), ...texts(info.relationshipNames)])],
  }
}

function readInterval(interval: JsonValue | undefined): TimeInterval | undefined {
  if (!isJsonObject(interval)) return undefined
  const startAt = parseDateTime(text(interval.startAt) ?? '')
  const endAt = parseDateTime(text(interval.endAt) ?? '')
  return startAt === undefined ? undefined : { startAt, ...optional('endAt', endAt) }
}

/** Members of a registration that hold the area of a GeoProperty (5.2.9). */
export const AREA_MEMBERS: ReadonlyMap<Iri, string> = new Map([
  [LOCATION, 'location'],
  [OBSERVATION_SPACE, 'observationSpace'],
  [OPERATION_SPACE, 'operationSpace'],
])

const NO_AREAS: ReadonlyMap<Iri, BoundingBox> = new Map()

function readAreas(document: JsonObject): ReadonlyMap<Iri, BoundingBox> {
  const areas = [...AREA_MEMBERS].flatMap(([property, member]) => {
    const area = document[member]
    return area !== undefined && isGeometry(area) ? [[property, boundingBox(area)] as const] : []
  })
  return areas.length > 0 ? new Map(areas) : NO_AREAS
}

/** Registrants write the endpoint with or without the path of the API. */
function rootOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/ngsi-ld\/v1$/, '')
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V } // a computed key loses its type
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function milliseconds(duration: JsonValue | undefined): number | undefined {
  const micros = parseDuration(text(duration) ?? '')
  return micros === undefined ? undefined : micros / 1000
}

function texts(value: JsonValue | undefined): readonly string[] {
  return itemsOf(value).filter((item) => typeof item === 'string')
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}
