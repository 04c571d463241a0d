import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { type OwnTerms, ownTerms } from '../../kit/mapping/foreign-entity.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import type { Json } from '../../kit/values/json.ts'
import { isJsonMap, textMember } from '../../kit/values/json.ts'

const CORE = /^https?:\/\/uri\.etsi\.org\/ngsi-ld\/v1\/ngsi-ld-core-context(-v[\d.]+)?\.jsonld$/
const ROOT = 'https://smartdatamodels.org/'

/** Terms of the core, which are the same everywhere. */
const OF_THE_CORE = new Set([
  'location',
  'observationSpace',
  'operationSpace',
  'description',
  'status',
  'title',
])

/** Attributes that all subjects of the Smart Data Models share. */
const OF_ALL_SUBJECTS = new Set([
  ...['dateCreated', 'dateModified', 'source', 'name', 'alternateName', 'dataProvider', 'owner', 'seeAlso'],
  ...['address', 'areaServed', 'dateObserved'],
])

let terms: OwnTerms | undefined

/**
 * Takes an NGSI-LD entity of another system. One of the Smart Data Models is put into the terms of the ontology; any other is taken as it
 * is, with an @context that this hub can have. The hub itself judges the rest.
 */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  if (!isJsonMap(record)) throw unmapped('Document is not an entity')
  const id = textMember(record, 'id')
  const type = record.type
  if (id === undefined) throw unmapped('Entity has no id')
  if (typeof type !== 'string' && !isTexts(type)) throw unmapped('Entity has no type')
  const { '@context': own, ...members } = record
  const document = { ...members, id, type }
  const addresses = addressesOf(own)
  const subject = subjectOf(addresses)
  const kept = addresses.filter((item) => subject === undefined || !isOfModels(item, context))
  const used = subject === undefined ? kept : [context.variables.context ?? '', ...kept]
  const inTerms =
    subject === undefined ? document : ownTermsOf()(document, foreignName(subject), context.doubt)
  return [
    { ...inTerms, ...(used.length > 0 && { '@context': used.length === 1 ? (used[0] ?? null) : used }) },
  ]
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
}

/** The core @context is always added by the hub: it is left out, so that one address is left alone where there is one. */
function addressesOf(own: Json | undefined): readonly Json[] {
  const list: readonly Json[] = own === undefined ? [] : Array.isArray(own) ? own : [own]
  return [...new Set(list.filter((item) => typeof item !== 'string' || !CORE.test(item)))]
}

/** `dataModel.Weather` of the address of its @context. */
function subjectOf(addresses: readonly Json[]): string | undefined {
  for (const address of addresses) {
    const found =
      typeof address === 'string' ? /smart-?data-?models.*\/(dataModel\.\w+)\//.exec(address) : null
    if (found?.[1] !== undefined) return found[1]
  }
  return undefined
}

function isOfModels(address: Json, { tables }: MapContext): boolean {
  const starts: readonly Json[] = Array.isArray(tables.contexts) ? tables.contexts : []
  return (
    typeof address === 'string' &&
    starts.some((start) => typeof start === 'string' && address.startsWith(start))
  )
}

function foreignName(subject: string): (name: string) => string {
  return (name) => {
    if (OF_THE_CORE.has(name) || name.includes('://')) return name
    return OF_ALL_SUBJECTS.has(name) ? `${ROOT}${name}` : `${ROOT}${subject}/${name}`
  }
}

/** The ontology is read when the first document comes. */
function ownTermsOf(): OwnTerms {
  terms ??= ownTerms(readOntology(packageRoot).vocabulary)
  return terms
}
