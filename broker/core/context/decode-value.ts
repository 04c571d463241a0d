import { parseGeometry } from '../geo/parse-geometry.ts'
import type { AttributeKind } from '../model/entity.ts'
import { isIri, NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { Problem } from '../model/problem.ts'
import { checkText, checkValue } from './check-value.ts'
import { attributeFault, type Decoding, type Place } from './decode-rules.ts'

type DecodeValue = (value: JsonValue, place: Place, decoding: Decoding) => JsonValue

const DECODERS: Readonly<Record<AttributeKind, DecodeValue>> = {
  Property: decodePlain,
  GeoProperty: decodeGeometry,
  LanguageProperty: decodeLanguageMap,
  VocabProperty: decodeVocab,
  JsonProperty: decodeJson,
  ListProperty: decodeList,
  Relationship: decodeObject,
  ListRelationship: decodeObjectList,
}

/** Decodes what the value member of an attribute holds; every form of NGSI-LD Null becomes one. @throws Problem */
export function decodeValue(
  kind: AttributeKind,
  value: JsonValue,
  place: Place,
  decoding: Decoding,
): JsonValue {
  if (!isNullForm(kind, value)) return DECODERS[kind](value, place, decoding)
  return decoding.rules.history && place.depth === 1 ? NGSI_LD_NULL : takeNull(place, decoding)
}

/** Answers the NGSI-LD Null where the operation allows it (CIM 009 v1.9.1, 5.5.4). @throws Problem BadRequestData */
export function takeNull(place: Place, { rules }: Decoding): typeof NGSI_LD_NULL {
  if (rules.nulls !== 'forbidden') return NGSI_LD_NULL
  throw attributeFault(place, `is "${NGSI_LD_NULL}", which only updates and merges may ask for`)
}

/** CIM 009 v1.9.1, 4.5.0: an array of one where an array is required, the key `@none` in a language map. */
function isNullForm(kind: AttributeKind, value: JsonValue): boolean {
  if (value === NGSI_LD_NULL) return true
  if (kind === 'LanguageProperty') {
    return isJsonObject(value) && Object.keys(value).length === 1 && ownValue(value, '@none') === NGSI_LD_NULL
  }
  if (kind !== 'ListProperty' && kind !== 'ListRelationship') return false
  if (!Array.isArray(value) || value.length !== 1) return false
  const [item] = value
  return item === NGSI_LD_NULL || (kind === 'ListRelationship' && targetOf(item) === NGSI_LD_NULL)
}

function decodePlain(value: JsonValue, place: Place, { rules }: Decoding): JsonValue {
  checkValue(value, place, rules.nulls === 'deep' ? 'merge' : 'plain')
  return value
}

function decodeGeometry(value: JsonValue, place: Place): JsonValue {
  try {
    const geometry = parseGeometry(value)
    checkValue(geometry, place, 'plain')
    return geometry
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.message.startsWith('Attribute ')) throw cause
    throw attributeFault(place, `holds no usable geometry: ${cause.message}`)
  }
}

// RFC 5646: subtags of up to eight letters and digits; which ones there are is not checked.
const LANGUAGE_TAG = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/

/** Tells whether a text can be a key of a language map (CIM 009 v1.9.1, 4.5.18). */
export function isLanguageKey(text: string): boolean {
  return text === '@none' || LANGUAGE_TAG.test(text)
}

function decodeLanguageMap(value: JsonValue, place: Place, { rules }: Decoding): JsonValue {
  if (!isJsonObject(value)) throw attributeFault(place, 'has a languageMap that is not an object')
  for (const [tag, text] of Object.entries(value)) {
    if (!isLanguageKey(tag)) {
      throw attributeFault(place, 'has a languageMap with a key that is no language tag')
    }
    if (text === NGSI_LD_NULL && rules.nulls === 'deep') continue
    if (!textsOf(text)) throw attributeFault(place, `has no text or array of texts in language ${tag}`)
    checkValue(text, place, 'plain')
  }
  return value
}

function decodeVocab(value: JsonValue, place: Place, { table }: Decoding): JsonValue {
  const texts = textsOf(value)
  if (!texts || texts.includes(''))
    throw attributeFault(place, 'has a vocab that is not a text or an array of texts')
  checkValue(value, place, 'plain')
  const expanded = texts.map((text) => table.expand(text))
  return Array.isArray(value) ? expanded : (expanded[0] ?? '')
}

function decodeJson(value: JsonValue, place: Place): JsonValue {
  if (typeof value !== 'object' || value === null) {
    throw attributeFault(place, 'has a json member that is neither an object nor an array')
  }
  checkValue(value, place, 'raw')
  return value
}

function decodeList(value: JsonValue, place: Place): JsonValue {
  if (!Array.isArray(value)) throw attributeFault(place, 'has a valueList that is not an array')
  checkValue(value, place, 'plain')
  return value
}

function decodeObject(value: JsonValue, place: Place): JsonValue {
  if (!Array.isArray(value)) return decodeTarget(value, place)
  if (value.length === 0) throw attributeFault(place, 'has an empty array as object')
  return value.map((item) => decodeTarget(item, place))
}

function decodeObjectList(value: JsonValue, place: Place): JsonValue {
  if (!Array.isArray(value)) throw attributeFault(place, 'has an objectList that is not an array')
  return value.map((item) => decodeTarget(item, place))
}

function decodeTarget(item: JsonValue, place: Place): string {
  const target = targetOf(item)
  if (typeof target !== 'string' || !isIri(target) || target === NGSI_LD_NULL) {
    throw attributeFault(place, 'points to something that is not a URI')
  }
  return target
}

/** Reads `{"object": uri}`, as normalized lists have it, like the URI itself. */
function targetOf(item: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(item) && Object.keys(item).length === 1 ? ownValue(item, 'object') : item
}

/** Answers one or several texts as an array; undefined when there is anything else. */
export function textsOf(value: JsonValue): readonly string[] | undefined {
  const items = Array.isArray(value) ? value : [value]
  return items.length > 0 && items.every((item) => typeof item === 'string') ? items : undefined
}

/** Expands one name or several, such as `objectType` holds. @throws Problem BadRequestData */
export function decodeNames(
  value: JsonValue,
  place: Place,
  { table }: Decoding,
  member: string,
): readonly string[] {
  const names = textsOf(value)
  if (!names || names.includes('')) throw attributeFault(place, `has a ${member} that is not a name`)
  return names.map((name) => {
    checkText(name, place)
    return table.expand(name)
  })
}

/** Checks a datasetId other than that of the default instance (4.5.5). @throws Problem BadRequestData */
export function decodeDatasetId(datasetId: JsonValue, place: Place): string {
  if (typeof datasetId === 'string' && isIri(datasetId) && datasetId !== NGSI_LD_NULL) return datasetId
  throw attributeFault(place, 'has a datasetId that is not a URI')
}
