import type { Json, JsonMap } from './json.ts'
import { isJsonMap } from './json.ts'
import { laterOf } from './local-time.ts'

/** An NGSI-LD entity in the normalized representation, as it is sent to a hub (CIM 009 v1.9.1, 5.2.4). */
export interface EntityDocument extends JsonMap {
  readonly id: string
  readonly type: string | readonly string[]
}

/** What an attribute may carry besides its value. */
export interface AttributeDetails {
  readonly observedAt?: string
  readonly unitCode?: string
  /** Sub-attributes by name. */
  readonly with?: JsonMap
}

/** Builds a Property (CIM 009 v1.9.1, 4.5.2). */
export function property(value: Json, details: AttributeDetails = {}): JsonMap {
  const { observedAt, unitCode } = details
  const made: Record<string, Json> = { type: 'Property', value }
  if (observedAt !== undefined) made.observedAt = observedAt
  if (unitCode !== undefined) made.unitCode = unitCode
  return details.with ? { type: 'Property', ...made, ...details.with } : made
}

/** Builds a GeoProperty that holds a point of WGS84 (CIM 009 v1.9.1, 4.7). */
export function point(longitude: number, latitude: number): JsonMap {
  return { type: 'GeoProperty', value: { type: 'Point', coordinates: [longitude, latitude] } }
}

/** Builds a Property that holds a time of UTC (CIM 009 v1.9.1, 4.6.3). */
export function timeProperty(utc: string, details: AttributeDetails = {}): JsonMap {
  return property({ '@type': 'DateTime', '@value': utc }, details)
}

/** Builds a Relationship to one entity or to several (CIM 009 v1.9.1, 4.5.3). */
export function relationship(object: string | readonly string[], details: AttributeDetails = {}): JsonMap {
  const { observedAt } = details
  return { type: 'Relationship', object, ...(observedAt !== undefined && { observedAt }), ...details.with }
}

const MEMBERS = new Set(['id', 'type', '@context', 'scope', 'expiresAt', 'createdAt', 'modifiedAt'])

/** One instance of an attribute of a document, with the key that tells it from the others of the entity. */
export interface DocumentInstance {
  readonly name: string
  /** Name and datasetId. */
  readonly key: string
  readonly instance: JsonMap
  readonly observedAt?: string
}

/** A document and its attribute instances, which are listed once for all who look at them. */
export interface ListedDocument {
  readonly document: EntityDocument
  readonly instances: readonly DocumentInstance[]
}

/** Lists the attribute instances of a document beside it. */
export function listed(document: EntityDocument): ListedDocument {
  return { document, instances: instancesOf(document) }
}

/** Lists the attribute instances of a document in the normalized representation. */
export function instancesOf(document: JsonMap): readonly DocumentInstance[] {
  const all: DocumentInstance[] = []
  for (const name of Object.keys(document)) {
    if (MEMBERS.has(name)) continue
    const value = document[name] ?? null
    if (Array.isArray(value)) for (const item of value as readonly Json[]) all.push(instanceOf(name, item))
    else all.push(instanceOf(name, value))
  }
  return all
}

function instanceOf(name: string, value: Json): DocumentInstance {
  const instance: JsonMap = isJsonMap(value) ? value : { type: 'Property', value }
  const { observedAt, datasetId } = instance
  const key = typeof datasetId === 'string' ? `${name} ${datasetId}` : name
  return typeof observedAt === 'string' ? { name, key, instance, observedAt } : { name, key, instance }
}

/** Answers the latest time that any attribute of a document was observed at. */
export function latestTime(document: JsonMap): string | undefined {
  let latest: string | undefined
  for (const name of Object.keys(document)) {
    if (MEMBERS.has(name)) continue
    const value = document[name]
    if (Array.isArray(value)) for (const item of value as readonly Json[]) latest = later(latest, item)
    else latest = later(latest, value)
  }
  return latest
}

function later(latest: string | undefined, instance: Json | undefined): string | undefined {
  const observedAt = isJsonMap(instance) ? instance.observedAt : undefined
  return typeof observedAt === 'string' ? laterOf(latest, observedAt) : latest
}

/** Answers the latest time of instances. */
export function latestOf(instances: readonly DocumentInstance[]): string | undefined {
  let latest: string | undefined
  for (const { observedAt } of instances) if (observedAt !== undefined) latest = laterOf(latest, observedAt)
  return latest
}

/** Answers a document with only these attribute instances, keeping id, type and @context. */
export function withInstances(document: EntityDocument, kept: readonly DocumentInstance[]): EntityDocument {
  const attributes = new Map<string, Json[]>()
  for (const { name, instance } of kept) {
    const all = attributes.get(name)
    if (all) all.push(instance)
    else attributes.set(name, [instance])
  }
  const members = Object.entries(document).filter(([name]) => MEMBERS.has(name))
  const lists = [...attributes].map(([name, all]): [string, Json] => [name, only(all)])
  const { id, type } = document
  return { id, type, ...Object.fromEntries(members), ...Object.fromEntries(lists) }
}

function only(instances: readonly Json[]): Json {
  const [first] = instances
  return instances.length === 1 && first !== undefined ? first : instances
}
