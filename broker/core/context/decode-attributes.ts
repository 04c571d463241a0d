import {
  type AttributeFragments,
  type AttributeKind,
  type InstanceFragment,
  VALUE_MEMBER,
} from '../model/entity.ts'
import { GEO_PROPERTIES, type Iri, NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import { expandAttributeName, IGNORED_MEMBERS, PROOF, SEALED } from './attribute-names.ts'
import { type InstanceDraft, memberDecoder } from './decode-member.ts'
import { attributeFault, type Decoding, MAX_DEPTH, type Place, placeOf } from './decode-rules.ts'
import { decodeSimplified } from './decode-simplified.ts'
import { decodeValue, takeNull } from './decode-value.ts'
import { isAttribute, shapeOf } from './infer-kind.ts'
import { parseSystemTime } from './parse-system-time.ts'
import { writtenOut } from './temporal-values.ts'

/** Decodes the members of these names as attributes, or as those of the attribute at `parent`. @throws Problem */
export function decodeAttributes(
  members: JsonObject,
  names: readonly string[],
  decoding: Decoding,
  parent?: Place,
): AttributeFragments {
  const attributes: Record<Iri, readonly InstanceFragment[]> = {}
  for (const name of names) {
    const body = members[name] ?? null
    const place = placeOf(name, parent)
    const sealed = SEALED.get(name)
    if (sealed && isProof(parent)) {
      attributes[sealed] = [decodeSealed(name, body, place, decoding)]
      continue
    }
    const iri = expandAttributeName(name, place, decoding, parent)
    if (Object.hasOwn(attributes, iri))
      throw attributeFault(place, `is there twice: another name in the body means ${iri} too`)
    const instances = decodeInstances(body, place, decoding)
    if (!parent && GEO_PROPERTIES.has(iri)) checkGeometries(instances, place)
    if (iri === PROOF) checkProof(instances, place)
    attributes[iri] = instances
  }
  return attributes
}

function checkGeometries(instances: readonly InstanceFragment[], place: Place): void {
  const other = instances.find(({ kind }) => kind !== undefined && kind !== 'GeoProperty')
  if (other) throw attributeFault(place, `is a ${other.kind}, but can only be a GeoProperty`)
}

function isProof(parent: Place | undefined): boolean {
  return parent?.path.split('.').at(-1) === 'ngsildproof'
}

/** The id stays as it is, the type is a name of the @context (4.5.2.2). */
function decodeSealed(name: string, body: JsonValue, place: Place, decoding: Decoding): InstanceFragment {
  if (typeof body !== 'string') throw attributeFault(place, 'is not a text')
  const kind = name === 'entityTypeSealed' ? 'VocabProperty' : 'Property'
  return { kind, value: decodeValue(kind, body, place, decoding) }
}

function checkProof(instances: readonly InstanceFragment[], place: Place): void {
  const wrong = instances.some(
    ({ value }) => value !== undefined && value !== NGSI_LD_NULL && !isJsonObject(value),
  )
  if (wrong) throw attributeFault(place, 'has a value that is not the object of a proof')
}

/** Decodes the one or more instances of an attribute, each with another datasetId (4.5.5) save in history. @throws Problem */
export function decodeInstances(
  body: JsonValue,
  place: Place,
  decoding: Decoding,
): readonly InstanceFragment[] {
  if (place.depth > MAX_DEPTH) throw attributeFault(place, `is nested more than ${MAX_DEPTH} levels deep`)
  if (decoding.rules.simplified) return decodeSimplified(body, place, decoding)
  if (decoding.rules.history && place.depth === 1)
    return decodeHistory(writtenOut(body, place), place, decoding)
  const instances = decodeEach(body, place, decoding)
  checkDatasets(instances, place)
  return instances
}

/** Any number of instances, even none. */
function decodeHistory(body: JsonValue, place: Place, decoding: Decoding): readonly InstanceFragment[] {
  return Array.isArray(body) && body.length === 0 ? [] : decodeEach(body, place, decoding)
}

function decodeEach(body: JsonValue, place: Place, decoding: Decoding): readonly InstanceFragment[] {
  if (!Array.isArray(body) || !body.some(isAttribute)) return [decodeInstance(body, place, decoding)]
  if (!body.every(isAttribute))
    throw attributeFault(place, 'is an array of attribute instances and other values')
  return body.map((item) => decodeInstance(item, place, decoding))
}

function checkDatasets(instances: readonly InstanceFragment[], place: Place): void {
  if (instances.length < 2) return
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
  const draft: InstanceDraft = kind ? { kind } : {}
  const rest: string[] = []
  for (const name in members) {
    const decode = memberDecoder(name)
    if (decode) decode(draft, members[name] ?? null, place, decoding)
    else if (!IGNORED_MEMBERS.has(name)) rest.push(name)
    else if (decoding.rules.systemTimes) keepTime(draft, name, members[name] ?? null)
  }
  if (rest.length > 0) draft.attributes = decodeAttributes(members, rest, decoding, place)
  checkComplete(draft, place, decoding)
  return draft
}

/** What is no time says nothing. */
function keepTime(draft: InstanceDraft, name: string, value: JsonValue): void {
  if (name !== 'createdAt' && name !== 'modifiedAt') return
  const time = parseSystemTime(value)
  if (time !== undefined) draft[name] = time
}

/** Only partial updates and merges may leave out the value. */
function checkComplete({ kind, value }: InstanceFragment, place: Place, { rules }: Decoding): void {
  if (!kind || value !== undefined || rules.partial) return
  throw attributeFault(place, `is a ${kind} without the member ${VALUE_MEMBER[kind]}`)
}
