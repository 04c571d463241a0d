import { type InstanceFragment, type OrNull, VALUE_MEMBER } from '../model/entity.ts'
import { type Iri, NGSI_LD_NULL } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import { canHave, LANG_STRING } from '../model/kind-members.ts'
import { type Micros, parseDateTime } from '../model/time.ts'
import { checkText } from './check-value.ts'
import { attributeFault, type Decoding, type Place, placeOf } from './decode-rules.ts'
import { decodeDatasetId, decodeNames, decodeValue, takeNull } from './decode-value.ts'

/** An instance while its members are being decoded; its kind is known from the start. */
export type InstanceDraft = { -readonly [Member in keyof InstanceFragment]: InstanceFragment[Member] }

/** Decodes one member of an attribute into the draft. @throws Problem BadRequestData */
export type DecodeMember = (draft: InstanceDraft, value: JsonValue, place: Place, decoding: Decoding) => void

/** Members of an attribute that are no sub-attributes (CIM 009 v1.9.1, 5.2.5 to 5.2.7 and 5.2.32 to 5.2.38). */
const DECODERS: ReadonlyMap<string, DecodeMember> = new Map<string, DecodeMember>([
  ...Object.values(VALUE_MEMBER).map((member): [string, DecodeMember] => [member, valueMember(member)]),
  ...Object.values(VALUE_MEMBER).map(previousMember),
  ['type', () => {}],
  ['@type', () => {}],
  ['datasetId', decodeDataset],
  ['observedAt', decodeObservedAt],
  ['expiresAt', decodeExpiresAt],
  ['unitCode', decodeUnit],
  ['valueType', decodeValueType],
  ['objectType', decodeObjectType],
  ['@context', refuseContext],
])

/** Answers how a member is decoded; undefined for sub-attributes. */
export function memberDecoder(name: string): DecodeMember | undefined {
  return DECODERS.get(name)
}

/** Each kind has its own value member and shuts out those of the others. */
function valueMember(member: string): DecodeMember {
  return (draft, value, place, decoding) => {
    if (draft.kind === undefined || VALUE_MEMBER[draft.kind] !== member) throw refused(draft, member, place)
    draft.value = decodeValue(draft.kind, value, place, decoding)
  }
}

/** What brokers tell of a change is ignored (4.5.2.2), but a kind has only the one of its own value. */
function previousMember(member: string): [string, DecodeMember] {
  const name = `previous${member.slice(0, 1).toUpperCase()}${member.slice(1)}`
  return [
    name,
    (draft, _value, place) => {
      if (draft.kind && VALUE_MEMBER[draft.kind] !== member) throw refused(draft, name, place)
    },
  ]
}

function refused({ kind }: InstanceDraft, member: string, place: Place) {
  return attributeFault(place, `is a ${kind} and cannot have the member ${member}`)
}

function refuseContext(_draft: InstanceDraft, _value: JsonValue, place: Place): void {
  throw attributeFault(place, 'has an @context of its own')
}

function decodeDataset(draft: InstanceDraft, value: JsonValue, place: Place): void {
  if (value !== '@none') draft.datasetId = decodeDatasetId(value, place)
}

function decodeObservedAt(draft: InstanceDraft, value: JsonValue, place: Place, decoding: Decoding): void {
  draft.observedAt = decodeInstant(value, 'observedAt', place, decoding)
}

function decodeExpiresAt(draft: InstanceDraft, value: JsonValue, place: Place, decoding: Decoding): void {
  draft.expiresAt = decodeInstant(value, 'expiresAt', place, decoding)
}

function decodeInstant(value: JsonValue, member: string, place: Place, decoding: Decoding): OrNull<Micros> {
  if (value === NGSI_LD_NULL) return takeNull(placeOf(member, place), decoding)
  const instant = typeof value === 'string' ? parseDateTime(value) : undefined
  if (instant !== undefined) return instant
  throw attributeFault(place, `has an ${member} that is not a DateTime such as 2026-01-31T08:00:00Z`)
}

function decodeUnit(draft: InstanceDraft, value: JsonValue, place: Place, decoding: Decoding): void {
  if (draft.kind && !canHave(draft.kind, 'unitCode')) throw refused(draft, 'unitCode', place)
  if (typeof value !== 'string') throw attributeFault(place, 'has a unitCode that is not a text')
  checkText(value, place)
  draft.unitCode = value === NGSI_LD_NULL ? takeNull(placeOf('unitCode', place), decoding) : value
}

function decodeValueType(draft: InstanceDraft, value: JsonValue, place: Place, decoding: Decoding): void {
  if (draft.kind && !canHave(draft.kind, 'valueType')) throw refused(draft, 'valueType', place)
  draft.valueType = valueTypeOf(draft, value, place, decoding)
}

function valueTypeOf(draft: InstanceDraft, value: JsonValue, place: Place, decoding: Decoding): Iri {
  if (value === NGSI_LD_NULL) return takeNull(placeOf('valueType', place), decoding)
  const [valueType] = typeof value === 'string' ? decodeNames(value, place, decoding, 'valueType') : []
  if (valueType === undefined) throw attributeFault(place, 'has a valueType that is not a name')
  if (draft.kind === 'LanguageProperty' && valueType !== LANG_STRING) {
    throw attributeFault(place, 'is a LanguageProperty and cannot have a valueType other than langString')
  }
  return valueType
}

function decodeObjectType(draft: InstanceDraft, value: JsonValue, place: Place, decoding: Decoding): void {
  if (draft.kind && !canHave(draft.kind, 'objectType')) throw refused(draft, 'objectType', place)
  draft.objectType = objectTypeOf(value, place, decoding)
}

function objectTypeOf(value: JsonValue, place: Place, decoding: Decoding): Iri | readonly Iri[] {
  if (value === NGSI_LD_NULL) return takeNull(placeOf('objectType', place), decoding)
  const names = decodeNames(value, place, decoding, 'objectType')
  const [first] = names
  return Array.isArray(value) || first === undefined ? names : first
}
