import type {
  AttributeFragments,
  AttributeKind,
  Attributes,
  Instance,
  InstanceFragment,
} from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import { badRequestData } from '../model/problem.ts'
import type { Micros } from '../model/time.ts'
import { type Apply, applyFragments } from './attributes.ts'
import { isNull, overlay } from './members.ts'
import { readFragment } from './simplified-value.ts'

/** What an operation has worked out before the members are put together. */
export interface Parts {
  readonly kind: AttributeKind
  readonly value: JsonValue
  readonly attributes: Attributes
  /** The instance whose unmentioned members stay; absent: a replacement keeps none. */
  readonly base?: Instance | undefined
}

/** Puts an instance together; its times are settled later. */
export function buildInstance(
  fragment: InstanceFragment,
  { kind, value, attributes, base }: Parts,
  now: Micros,
): Instance {
  const sameKind = base?.kind === kind ? base : undefined
  // member by member: every attribute of every write comes through here
  const built: Building = { kind, value, createdAt: now, modifiedAt: now }
  if (fragment.datasetId !== undefined) built.datasetId = fragment.datasetId
  const observedAt = overlay(base?.observedAt, fragment.observedAt)
  if (observedAt !== undefined) built.observedAt = observedAt
  const unitCode = overlay(sameKind?.unitCode, fragment.unitCode)
  if (unitCode !== undefined) built.unitCode = unitCode
  const valueType = overlay(sameKind?.valueType, fragment.valueType)
  if (valueType !== undefined) built.valueType = valueType
  const objectType = overlay(sameKind?.objectType, fragment.objectType)
  if (objectType !== undefined) built.objectType = objectType
  const expiresAt = overlay(base?.expiresAt, fragment.expiresAt)
  if (expiresAt !== undefined) built.expiresAt = expiresAt
  if (Object.keys(attributes).length > 0) built.attributes = attributes
  return built
}

const NO_ATTRIBUTES: Attributes = {}

type Building = { -readonly [K in keyof Instance]: Instance[K] }

/** Replaces an instance as a whole: append, update and replace (CIM 009 v1.9.1, 5.6.2, 5.6.3, 5.6.18, 5.6.19). */
export function replaceInstance(nulls: 'delete' | 'refuse', now: Micros): Apply {
  const apply: Apply = (stored, fragment, attribute) => {
    const { kind, value, attributes } = readFragment(fragment, attribute, stored?.kind)
    if (isNull(value)) {
      if (nulls === 'delete') return undefined
      throw badRequestData(`Attribute ${attribute} is an NGSI-LD Null, which this operation does not take`)
    }
    if (kind === undefined || value === undefined) throw badRequestData(`Attribute ${attribute} has no value`)
    return buildInstance(
      fragment,
      { kind, value, attributes: applyFragments(NO_ATTRIBUTES, attributes, apply) },
      now,
    )
  }
  return apply
}

/** Makes the attributes of a fragment out of nothing. @throws Problem BadRequestData on an NGSI-LD Null */
export function createAttributes(fragments: AttributeFragments, now: Micros): Attributes {
  return applyFragments(NO_ATTRIBUTES, fragments, replaceInstance('refuse', now))
}

/** Names an instance in a problem text. */
export function instanceName(attribute: Iri, datasetId: string | undefined): string {
  return datasetId === undefined
    ? `Attribute ${attribute}`
    : `Attribute ${attribute} with datasetId ${datasetId}`
}
