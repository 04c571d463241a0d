import { readSynonyms, type Synonyms } from '../../../ontology/synonyms.ts'
import type { TypeDefinition, Vocabulary } from '../../../ontology/vocabulary.ts'
import { type EntityDocument, property } from '../values/entity-document.ts'
import { unmapped } from '../values/fault.ts'
import { isJsonMap, type Json, type JsonMap, member } from '../values/json.ts'
import { type ObservedTime, observedTime } from './foreign-time.ts'
import { ForeignValueFault, ownInstance } from './foreign-value.ts'
import { isObserved, wantedIn } from './wanted.ts'

/**
 * Answers an entity of another vocabulary, normalized or key-values, in the terms of ours. What they do not have is written under
 * the name that `foreign` answers; a value that cannot be what ours asks for is left out and told to `doubt`. @throws RecordFault
 */
export type OwnTerms = (
  document: EntityDocument,
  foreign: (name: string) => string,
  doubt: (text: string) => void,
) => EntityDocument

const MEMBERS = new Set([
  'id',
  'type',
  '@context',
  'scope',
  'expiresAt',
  'createdAt',
  'modifiedAt',
  'deletedAt',
])
const KINDS = ['Property', 'GeoProperty', 'Relationship', 'LanguageProperty', 'JsonProperty', 'VocabProperty']
const VALUES = ['value', 'object', 'languageMap', 'json', 'vocab'] as const

/** Makes what puts entities of other vocabularies into the terms of this one, by its synonyms. */
export function ownTerms(vocabulary: Vocabulary): OwnTerms {
  const synonyms = readSynonyms(vocabulary)
  return (document, foreign, doubt) => {
    const names: readonly string[] = [document.type].flat()
    const type = names.map((name) => synonyms.type(name)).find((found) => found !== undefined)
    const time = observedTime(document, vocabulary.observedAt)
    const writing = { vocabulary, synonyms, foreign, doubt, ...(type && { type }), ...(time && { time }) }
    const attributes = new Map<string, Json>()
    for (const [name, body] of Object.entries(document)) {
      if (MEMBERS.has(name) || (time && vocabulary.observedAt.includes(name))) continue
      const [own, written] = ownAttribute(name, body, writing)
      if (written !== undefined && !attributes.has(own)) attributes.set(own, written)
      else if (written !== undefined) attributes.set(foreign(name), plain(body, name))
    }
    const start = time?.from !== undefined && type?.attributes.some(({ name }) => name === 'periodStart')
    return {
      id: document.id,
      type: ownTypes(names, writing),
      ...(document.scope !== undefined && { scope: document.scope }),
      ...(start && { periodStart: property(time.from ?? '') }),
      ...Object.fromEntries(attributes),
    }
  }
}

interface Writing {
  readonly vocabulary: Vocabulary
  readonly synonyms: Synonyms
  readonly foreign: (name: string) => string
  readonly doubt: (text: string) => void
  readonly type?: TypeDefinition
  readonly time?: ObservedTime
}

function ownTypes(names: readonly string[], { synonyms, foreign }: Writing): string | readonly string[] {
  const types = [...new Set(names.map((name) => synonyms.type(name)?.name ?? foreign(name)))]
  const [only] = types
  return types.length === 1 && only !== undefined ? only : types
}

/** The name of ours and what to write under it; nothing where it cannot be written. */
function ownAttribute(name: string, body: Json, writing: Writing): readonly [string, Json | undefined] {
  const { type, synonyms, foreign, vocabulary, time, doubt } = writing
  const known = type && synonyms.attribute(type, name)
  if (!known) return [foreign(name), plain(body, name)]
  const { use, definition } = known
  const observed = time && isObserved(definition) ? { observedAt: time.to } : {}
  try {
    const instances = instancesOf(body, name).map(({ value, about, unitCode }) => ({
      ...ownInstance(value, wantedIn(vocabulary, known, unitCode)),
      ...observed,
      ...about,
    }))
    const [only] = instances
    return [use.name, instances.length === 1 && only ? only : instances]
  } catch (error) {
    if (!(error instanceof ForeignValueFault)) throw error
    doubt(`Attribute ${name} ${error.message}`)
    return [use.name, undefined]
  }
}

/** A value, and what an instance says of it. */
interface ForeignInstance {
  readonly value: Json
  readonly about: JsonMap
  readonly unitCode?: string
}

function instancesOf(body: Json, name: string): readonly ForeignInstance[] {
  return Array.isArray(body) && body.every((item: Json) => isInstance(item, name))
    ? body.map((item: Json) => instanceOf(item, name))
    : [instanceOf(body, name)]
}

function instanceOf(body: Json, name: string): ForeignInstance {
  if (!isInstance(body, name)) return { value: body, about: {} }
  const [observedAt, datasetId, unitCode] = ['observedAt', 'datasetId', 'unitCode'].map((key) =>
    member(body, key),
  )
  const value = VALUES.map((key) => member(body, key)).find((found) => found !== undefined)
  if (value === undefined) throw new ForeignValueFault('has no value')
  return {
    value,
    about: { ...(observedAt !== undefined && { observedAt }), ...(datasetId !== undefined && { datasetId }) },
    ...(typeof unitCode === 'string' && { unitCode }),
  }
}

/** An object that says what kind of attribute it is, with its value beside it. @throws RecordFault for a kind that there is not */
function isInstance(body: Json, name: string): body is JsonMap {
  if (!isJsonMap(body) || typeof body.type !== 'string') return false
  if (!VALUES.some((key) => Object.hasOwn(body, key))) return false
  if (KINDS.includes(body.type)) return true
  throw unmapped(`Attribute ${name} has a type that NGSI-LD does not have`)
}

/** Attributes without a name of ours are written as they are; a bare value becomes a Property, or the geometry that it is. */
function plain(body: Json, name: string): Json {
  const several = Array.isArray(body) && body.length > 0 && body.every((item: Json) => isInstance(item, name))
  if (several || isInstance(body, name)) return body
  return isGeometry(body) ? { type: 'GeoProperty', value: body } : property(body)
}

function isGeometry(body: Json): boolean {
  return isJsonMap(body) && typeof body.type === 'string' && Array.isArray(body.coordinates)
}
