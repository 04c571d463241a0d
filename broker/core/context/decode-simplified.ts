import { type InstanceFragment, VALUE_MEMBER } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { checkValue } from './check-value.ts'
import type { Decoding, Place } from './decode-rules.ts'
import { decodeDatasetId, decodeValue, takeNull } from './decode-value.ts'

/** Kinds whose simplified value keeps its member (4.5.4), so that the body itself says what they are. */
const SIMPLIFIED_KINDS = ['LanguageProperty', 'VocabProperty', 'JsonProperty'] as const

/** Decodes the bare value of an attribute (4.5.4); the kind of the stored one decides how it is read. @throws Problem */
export function decodeSimplified(
  body: JsonValue,
  place: Place,
  decoding: Decoding,
): readonly InstanceFragment[] {
  const dataset = soleMember(body, 'dataset')
  if (!isJsonObject(dataset)) return [decodeSimplifiedInstance(body, place, decoding)]
  return Object.entries(dataset).map(([id, value]) => ({
    ...decodeSimplifiedInstance(value, place, decoding),
    ...(id !== '@none' && { datasetId: decodeDatasetId(id, place) }),
  }))
}

function decodeSimplifiedInstance(body: JsonValue, place: Place, decoding: Decoding): InstanceFragment {
  if (body === NGSI_LD_NULL) return { value: takeNull(place, decoding) }
  for (const kind of SIMPLIFIED_KINDS) {
    const value = soleMember(body, VALUE_MEMBER[kind])
    if (value === undefined) continue
    return { kind, value: decodeValue(kind, value, place, decoding), simplified: true }
  }
  checkValue(body, place, decoding.rules.nulls === 'deep' ? 'merge' : 'plain')
  return { value: body, simplified: true }
}

function soleMember(body: JsonValue, member: string): JsonValue | undefined {
  return isJsonObject(body) && Object.keys(body).length === 1 ? ownValue(body, member) : undefined
}
