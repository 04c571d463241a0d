import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { type OwnTerms, ownTerms } from '../../kit/mapping/foreign-entity.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { defined, isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'
import { geometryOf } from './geometry.ts'

/** Metadata that say when a value was observed, and in which unit it is. */
const TIMES = ['TimeInstant', 'observedAt', 'dateObserved', 'timestamp']
const UNITS = ['unitCode', 'unit']

/** Attributes that brokers add themselves, and that entities do not have. */
const OF_THE_BROKER = new Set(['dateCreated', 'dateModified', 'dateExpires', 'servicePath'])

/** Marks names that the ontology does not have. */
const FOREIGN = 'foreign:'

let terms: OwnTerms | undefined

/** Takes an entity of NGSIv2, normalized or in key values, under the names of the ontology. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const [id, type] = [textMember(record, 'id'), textMember(record, 'type')]
  if (!isJsonMap(record) || id === undefined || type === undefined)
    throw unmapped('Entity has no id or no type')
  const entity = { ...attributesOf(record, context), id: idOf(id, type, context), type }
  const own = ownTermsOf()(entity, (name) => FOREIGN + name, context.doubt)
  const { type: ownType } = own
  if (typeof ownType !== 'string' || ownType.startsWith(FOREIGN))
    throw unmapped(`Type ${type.slice(0, 40)} is none of the ontology, and no synonym`)
  for (const name of Object.keys(own).filter(isForeign))
    context.notice(`Attribute ${name.slice(FOREIGN.length, 60)} is none of ${ownType}, and no synonym`)
  const known = Object.entries(own).filter(([name]) => !isForeign(name))
  return [{ ...Object.fromEntries(known), id: own.id, type: ownType }]
}

function isForeign(name: string): boolean {
  return name.startsWith(FOREIGN)
}

function idOf(id: string, type: string, { variables }: MapContext): string {
  return /^urn:[a-z0-9][a-z0-9-]*:\S+$/i.test(id) ? id : iriOf(type, variables.city ?? '', id)
}

/** The attributes as those of NGSI-LD; what has no value is left out. */
function attributesOf(record: JsonMap, context: MapContext): JsonMap {
  const attributes = Object.entries(record).filter(
    ([name]) => !['id', 'type'].includes(name) && !OF_THE_BROKER.has(name),
  )
  const isNormalized = attributes.every(
    ([, body]) =>
      isJsonMap(body) &&
      Object.hasOwn(body, 'value') &&
      (Object.hasOwn(body, 'type') || Object.hasOwn(body, 'metadata')),
  )
  const all = attributes.map(([name, body]) => {
    const value = isNormalized ? (member(body, 'value') ?? null) : body
    return [
      name,
      value === null || value === ''
        ? undefined
        : attributeOf(name, value, isNormalized ? body : null, context),
    ] as const
  })
  return defined(Object.fromEntries(all)) as JsonMap // of what JSON has
}

function attributeOf(name: string, value: Json, body: Json, { doubt }: MapContext): JsonMap | undefined {
  const [type = '', metadata] = [textMember(body, 'type'), member(body, 'metadata')]
  const [time, unitCode] = [metadataOf(metadata, TIMES), metadataOf(metadata, UNITS)]
  const about = defined({ observedAt: time === undefined ? undefined : toUtc(time), unitCode }) as JsonMap
  if (/^(?:Relationship|Reference)$/i.test(type)) return { type: 'Relationship', object: value, ...about }
  if (!type.startsWith('geo:') && !isGeometry(value)) return { type: 'Property', value, ...about }
  const geometry = geometryOf(type, value)
  if (!geometry) doubt(`Attribute ${name.slice(0, 40)} is no place`)
  return geometry && { type: 'GeoProperty', value: geometry, ...about }
}

function isGeometry(value: Json): boolean {
  return Array.isArray(member(value, 'coordinates')) && textMember(value, 'type') !== undefined
}

function metadataOf(metadata: Json | undefined, names: readonly string[]): string | undefined {
  return names.map((name) => textMember(member(metadata, name), 'value')).find((found) => found !== undefined)
}

/** The ontology is read when the first entity comes. */
function ownTermsOf(): OwnTerms {
  terms ??= ownTerms(readOntology(packageRoot).vocabulary)
  return terms
}
