import type { Decision } from '../model/change.ts'
import type { Entity, EntityFragment, Instance, InstanceFragment } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import { badRequestData } from '../model/problem.ts'
import { SCOPE } from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import { type Apply, applyFragments } from './attributes.ts'
import { buildInstance, instanceName } from './build-instance.ts'
import { checkMembers } from './check-members.ts'
import { checkSameId } from './check-same-id.ts'
import { existingEntity } from './existing-entity.ts'
import { isNull, overlay, present, union } from './members.ts'
import { mergeJson } from './merge-json.ts'
import { settle } from './settle.ts'
import { readFragment } from './simplified-value.ts'

/** What the parameters of a merge say about all attributes of the fragment. */
export interface MergeOptions {
  /** Overwrites `observedAt` where there was one and the fragment gives none. */
  readonly observedAt?: Micros
  /** The language of plain texts given for a LanguageProperty. */
  readonly lang?: string
}

/** Merge Entity (CIM 009 v1.9.1, 5.6.17 and 5.5.12): overlays the fragment on the entity at any depth. */
export function mergeEntity(
  current: Entity | undefined,
  fragment: EntityFragment,
  options: MergeOptions,
  now: Micros,
): Decision {
  const live = existingEntity(current, now, fragment.id)
  checkSameId(live, fragment)
  const merge = mergeInstance(now)
  const attributes = applyFragments(live.attributes, fragment.attributes, (stored, given, attribute) =>
    merge(stored, withOptions(stored, given, options), attribute),
  )
  const wanted = {
    types: union(live.types, fragment.types),
    ...present({
      scopes: overlay(live.scopes, fragment.scopes),
      expiresAt: overlay(live.expiresAt, fragment.expiresAt),
    }),
    attributes,
  }
  const names = Object.keys(fragment.attributes)
  const updated = fragment.scopes === undefined ? names : [...names, SCOPE]
  return { updated, notUpdated: [], ...settle(current ?? live, live, wanted, now) }
}

function withOptions(
  stored: Instance | undefined,
  fragment: InstanceFragment,
  { observedAt, lang }: MergeOptions,
): InstanceFragment {
  const dated =
    observedAt !== undefined && stored?.observedAt !== undefined && fragment.observedAt === undefined
      ? { ...fragment, observedAt }
      : fragment
  return lang !== undefined && stored?.kind === 'LanguageProperty' ? inLanguage(dated, lang) : dated
}

/** A plain text for a LanguageProperty updates the one language that the parameter names. */
function inLanguage(fragment: InstanceFragment, lang: string): InstanceFragment {
  const { kind = 'Property', value } = fragment
  const plain = kind === 'Property' || kind === 'LanguageProperty'
  if (!plain || typeof value !== 'string' || isNull(value)) return fragment
  return { ...fragment, kind: 'LanguageProperty', value: { [lang]: value } }
}

function mergeInstance(now: Micros): Apply {
  const apply: Apply = (stored, given, attribute) => {
    const fragment = readFragment(given, attribute, stored?.kind)
    if (isNull(fragment.value)) return undefined
    const kind = fragment.kind ?? stored?.kind
    const value = mergeValue(stored?.kind === kind ? stored : undefined, kind, fragment.value)
    if (kind === undefined || value === undefined) throw noValue(attribute)
    checkMembers(fragment, kind, instanceName(attribute, fragment.datasetId))
    if (kind === 'LanguageProperty' && isEmpty(value)) return undefined
    const attributes = applyFragments(stored?.attributes ?? {}, fragment.attributes, apply)
    return buildInstance(fragment, { kind, value, attributes, base: stored }, now)
  }
  return apply
}

function noValue(attribute: Iri) {
  return badRequestData(`Attribute ${attribute} has no value`)
}

/** Structured values merge key by key; geometries, lists and what a (List)Relationship points to are one value. */
function mergeValue(
  stored: Instance | undefined,
  kind: Instance['kind'] | undefined,
  given: JsonValue | undefined,
): JsonValue | undefined {
  if (given === undefined) return stored?.value
  if (kind === 'JsonProperty') return mergeJson(stored?.value, given, 'raw')
  return kind === 'Property' || kind === 'LanguageProperty'
    ? mergeJson(stored?.value, given, 'literals')
    : given
}

function isEmpty(value: JsonValue): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0
}
