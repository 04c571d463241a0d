import {
  type AttributeFragments,
  type AttributeKind,
  type InstanceFragment,
  type OrNull,
  VALUE_MEMBER,
} from '../model/entity.ts'
import { type Iri, NGSI_LD_NULL } from '../model/iri.ts'
import { type JsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { type Micros, parseDateTime } from '../model/time.ts'
import { expandAttributeName, IGNORED_MEMBERS } from './attribute-names.ts'
import { checkText } from './check-value.ts'
import { attributeFault, type Decoding, MAX_DEPTH, type Place, placeOf } from './decode-rules.ts'
import { decodeSimplified } from './decode-simplified.ts'
import { decodeDatasetId, decodeNames, decodeValue, takeNull } from './decode-value.ts'
import { isAttribute, shapeOf } from './infer-kind.ts'

const VALUE_MEMBERS: ReadonlySet<string> = new Set(Object.values(VALUE_MEMBER))
const RELATIONSHIPS: ReadonlySet<AttributeKind> = new Set(['Relationship', 'ListRelationship'])
const WITH_UNIT: ReadonlySet<AttributeKind> = new Set(['Property', 'ListProperty'])
const LANG_STRING = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString'

/** What an attribute object may hold besides sub-attributes. */
const MEMBERS: ReadonlySet<string> = new Set([
  ...VALUE_MEMBERS,
  ...['type', '@type', 'datasetId', 'observedAt', 'unitCode', 'valueType', 'objectType', 'expiresAt'],
])

/** Decodes attributes, or the sub-attributes of the attribute at `parent`. @throws Problem BadRequestData */
export function decodeAttributes(
  members: Iterable<readonly [string, JsonValue]>,
  decoding: Decoding,
  parent?: Place,
): AttributeFragments {
  const attributes = new Map<Iri, readonly InstanceFragment[]>()
  for (const [name, body] of members) {
    const place = placeOf(name, parent)
    const iri = expandAttributeName(name, place, decoding, parent)
    if (attributes.has(iri))
      throw attributeFault(place, `is there twice: another name in the body means ${iri} too`)
    attributes.set(iri, decodeInstances(body, place, decoding))
  }
  return Object.fromEntries(attributes)
}

/** Decodes the one or more instances of an attribute, each with another datasetId (4.5.5). @throws Problem */
export function decodeInstances(
  body: JsonValue,
  place: Place,
  decoding: Decoding,
): readonly InstanceFragment[] {
  if (place.depth > MAX_DEPTH) throw attributeFault(place, `is nested more than ${MAX_DEPTH} levels deep`)
  if (decoding.rules.simplified) return decodeSimplified(body, place, decoding)
  if (!Array.isArray(body) || !body.some(isAttribute)) return [decodeInstance(body, place, decoding)]
  if (!body.every(isAttribute))
    throw attributeFault(place, 'is an array of attribute instances and other values')
  const instances = body.map((item) => decodeInstance(item, place, decoding))
  checkDatasets(instances, place)
  return instances
}

function checkDatasets(instances: readonly InstanceFragment[], place: Place): void {
  const seen = new Set<string | undefined>()
  for (const { datasetId } of instances) {
    if (seen.has(datasetId)) {
      throw attributeFault(
        place,
        `has several instances with ${datasetId ? `datasetId ${datasetId}` : 'no datasetId'}`,
      )
    }
    seen.add(datasetId)
  }
}

function decodeInstance(body: JsonValue, place: Place, decoding: Decoding): InstanceFragment {
  if (body === NGSI_LD_NULL) return { value: takeNull(place, decoding) }
  const shape = shapeOf(body, place, decoding)
  if (shape.form === 'members') return decodeMembers(shape.members, shape.kind, place, decoding)
  return { kind: shape.kind, value: decodeValue(shape.kind, shape.value, place, decoding) }
}

function decodeMembers(
  members: JsonObject,
  kind: AttributeKind | undefined,
  place: Place,
  decoding: Decoding,
): InstanceFragment {
  checkMembers(members, kind, place)
  return {
    ...(kind && { kind }),
    ...decodeDataset(members, place),
    ...decodeValueMember(members, kind, place, decoding),
    ...decodeInstants(members, place, decoding),
    ...decodeMetadata(members, kind, place, decoding),
    ...decodeSubAttributes(members, place, decoding),
  }
}

/** Each kind shuts out the value members of the others, and units and types that make no sense for it. */
function checkMembers(members: JsonObject, kind: AttributeKind | undefined, place: Place): void {
  if (Object.hasOwn(members, '@context')) throw attributeFault(place, 'has an @context of its own')
  if (!kind) return
  const refused = Object.keys(members).find((member) => !mayHave(kind, member))
  if (refused !== undefined) throw attributeFault(place, `is a ${kind} and cannot have the member ${refused}`)
}

function mayHave(kind: AttributeKind, member: string): boolean {
  if (VALUE_MEMBERS.has(member)) return VALUE_MEMBER[kind] === member
  if (member === 'unitCode') return WITH_UNIT.has(kind)
  if (member === 'objectType') return RELATIONSHIPS.has(kind)
  return member !== 'valueType' || !RELATIONSHIPS.has(kind)
}

function decodeDataset(members: JsonObject, place: Place): Pick<InstanceFragment, 'datasetId'> {
  const datasetId = ownValue(members, 'datasetId')
  if (datasetId === undefined || datasetId === '@none') return {}
  return { datasetId: decodeDatasetId(datasetId, place) }
}

function decodeValueMember(
  members: JsonObject,
  kind: AttributeKind | undefined,
  place: Place,
  decoding: Decoding,
): Pick<InstanceFragment, 'value'> {
  if (!kind) return {}
  const value = ownValue(members, VALUE_MEMBER[kind])
  if (value !== undefined) return { value: decodeValue(kind, value, place, decoding) }
  if (decoding.rules.partial) return {}
  throw attributeFault(place, `is a ${kind} without the member ${VALUE_MEMBER[kind]}`)
}

function decodeInstants(
  members: JsonObject,
  place: Place,
  decoding: Decoding,
): Pick<InstanceFragment, 'observedAt' | 'expiresAt'> {
  const observedAt = decodeInstant(members, 'observedAt', place, decoding)
  const expiresAt = decodeInstant(members, 'expiresAt', place, decoding)
  return {
    ...(observedAt !== undefined && { observedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

function decodeInstant(
  members: JsonObject,
  member: 'observedAt' | 'expiresAt',
  place: Place,
  decoding: Decoding,
): OrNull<Micros> | undefined {
  const value = ownValue(members, member)
  if (value === undefined) return undefined
  if (value === NGSI_LD_NULL) return takeNull(placeOf(member, place), decoding)
  const instant = typeof value === 'string' ? parseDateTime(value) : undefined
  if (instant === undefined) {
    throw attributeFault(place, `has an ${member} that is not a DateTime such as 2026-01-31T08:00:00Z`)
  }
  return instant
}

type Metadata = Pick<InstanceFragment, 'unitCode' | 'valueType' | 'objectType'>

function decodeMetadata(
  members: JsonObject,
  kind: AttributeKind | undefined,
  place: Place,
  decoding: Decoding,
): Metadata {
  const { unitCode, valueType, objectType } = ownMembers(members, ['unitCode', 'valueType', 'objectType'])
  return {
    ...(unitCode !== undefined && { unitCode: decodeUnit(unitCode, place, decoding) }),
    ...(valueType !== undefined && { valueType: decodeValueType(valueType, kind, place, decoding) }),
    ...(objectType !== undefined && { objectType: decodeObjectType(objectType, place, decoding) }),
  }
}

function ownMembers<Name extends string>(
  members: JsonObject,
  names: readonly Name[],
): { readonly [Key in Name]?: JsonValue } {
  const own: { [Key in Name]?: JsonValue } = {}
  for (const name of names) {
    const value = ownValue(members, name)
    if (value !== undefined) own[name] = value
  }
  return own
}

function decodeUnit(unitCode: JsonValue, place: Place, decoding: Decoding): string {
  if (unitCode === NGSI_LD_NULL) return takeNull(placeOf('unitCode', place), decoding)
  if (typeof unitCode !== 'string') throw attributeFault(place, 'has a unitCode that is not a text')
  checkText(unitCode, place)
  return unitCode
}

function decodeValueType(
  value: JsonValue,
  kind: AttributeKind | undefined,
  place: Place,
  decoding: Decoding,
): Iri {
  if (value === NGSI_LD_NULL) return takeNull(placeOf('valueType', place), decoding)
  const [valueType, second] = decodeNames(value, place, decoding, 'valueType')
  if (valueType === undefined || second !== undefined || Array.isArray(value)) {
    throw attributeFault(place, 'has a valueType that is not a name')
  }
  if (kind === 'LanguageProperty' && valueType !== LANG_STRING) {
    throw attributeFault(place, 'is a LanguageProperty and cannot have a valueType other than langString')
  }
  return valueType
}

function decodeObjectType(value: JsonValue, place: Place, decoding: Decoding): Iri | readonly Iri[] {
  if (value === NGSI_LD_NULL) return takeNull(placeOf('objectType', place), decoding)
  const names = decodeNames(value, place, decoding, 'objectType')
  const [first] = names
  return Array.isArray(value) || first === undefined ? names : first
}

function decodeSubAttributes(
  members: JsonObject,
  place: Place,
  decoding: Decoding,
): Pick<InstanceFragment, 'attributes'> {
  const rest = Object.entries(members).filter(([name]) => !MEMBERS.has(name) && !IGNORED_MEMBERS.has(name))
  return rest.length === 0 ? {} : { attributes: decodeAttributes(rest, decoding, place) }
}
