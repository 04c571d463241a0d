import type { AttributeFragments, InstanceFragment, OrNull } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { badRequestData } from '../model/problem.ts'
import { SCOPE } from '../model/temporal.ts'
import { decodeInstances } from './decode-attributes.ts'
import { attributeFault, type DecodeRules, type Decoding, entityNull, placeOf } from './decode-rules.ts'
import { textsOf } from './decode-value.ts'

const SCOPE_FORM = /^\/?\p{L}[\p{L}\p{N}_]*(?:\/\p{L}[\p{L}\p{N}_]*)*$/u

/** Decodes the scopes of an entity (CIM 009 v1.9.1, 4.18); undefined: it says nothing of them as they are. @throws Problem */
export function decodeScopes(body: JsonObject, rules: DecodeRules): OrNull<readonly string[]> | undefined {
  const value = ownValue(body, 'scope')
  if (value === undefined || (rules.history && isHistory(value))) return undefined
  return value === NGSI_LD_NULL ? entityNull('scope', rules) : scopesOf(value)
}

/** Each with the leading slash that may be left out. */
function scopesOf(value: JsonValue): readonly string[] {
  const scopes = textsOf(value)
  if (!scopes?.every((scope) => SCOPE_FORM.test(scope))) {
    throw badRequestData(
      'Entity has a scope that is not of the form /Level/Level: letter, then letters, digits and "_"',
    )
  }
  return [...new Set(scopes.map((scope) => (scope.startsWith('/') ? scope : `/${scope}`)))]
}

/** Decodes the scopes of an entity over time, as the attribute `SCOPE` (4.5.6); nothing where they are told otherwise. @throws Problem */
export function decodeScopeHistory(body: JsonObject, decoding: Decoding): AttributeFragments {
  const value = ownValue(body, 'scope')
  if (!decoding.rules.history || value === undefined || !isHistory(value)) return {}
  return { [SCOPE]: decodeScopeInstances(value, decoding) }
}

/** Decodes scopes over time: Properties that have nothing but a value and a time (4.5.6). @throws Problem BadRequestData */
export function decodeScopeInstances(body: JsonValue, decoding: Decoding): readonly InstanceFragment[] {
  return decodeInstances(body, placeOf('scope'), decoding).map(scopeInstance)
}

function scopeInstance({ kind, value, observedAt, ...others }: InstanceFragment): InstanceFragment {
  const [other] = Object.keys(others)
  if (kind !== 'Property' || value === undefined)
    throw attributeFault(placeOf('scope'), 'has an instance that is no Property with a value')
  if (other !== undefined)
    throw attributeFault(placeOf('scope'), `has an instance with ${other}, but can have times only`)
  return {
    kind,
    value: value === NGSI_LD_NULL || isEmpty(value) ? value : scopesOf(value),
    ...(observedAt !== undefined && { observedAt }),
  }
}

/** No scopes at all are what is left of those that were deleted. */
function isEmpty(value: JsonValue): boolean {
  return Array.isArray(value) && value.length === 0
}

function isHistory(value: JsonValue): boolean {
  const items = itemsOf(value)
  return items.length > 0 && items.every(isJsonObject)
}
