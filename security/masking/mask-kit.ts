import type { Attributes, Instance } from '../../broker/core/model/entity.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import { type JsonValue, jsonEqual } from '../../broker/core/model/json.ts'
import type { Mask } from '../../broker/core/view/view.ts'
import { coarsen } from './coarsen.ts'
import { generalise } from './generalise.ts'
import { mapScalars } from './map-scalars.ts'
import type { MaskKeys } from './mask-keys.ts'
import { partialText } from './partial.ts'
import { pseudonym } from './pseudonym.ts'
import { isPersonalNumber, scanLabelled } from './scan-labelled.ts'
import { scanText } from './scan-text.ts'

/** How a value is made less telling: the words that policies use. */
export interface MaskMethod {
  readonly method: 'redact' | 'partial' | 'pseudonym' | 'generalise' | 'coarsen' | 'scan'
  readonly decimals?: number
  readonly band?: number
}

/** What a mask is used for: the purpose chooses the key, `keeps` the sub-attributes that stay. */
export interface MaskUse {
  readonly purpose: string
  readonly keeps: (attribute: Iri, types: readonly Iri[]) => boolean
}

/** Makes masks; each is pure and gives the same for the same value. */
export function createMaskKit(keys: MaskKeys): {
  mask(method: MaskMethod, use: MaskUse): Mask
  scan(text: string, label?: string): string
  hidesNumber(number: number, label: string): boolean
} {
  return {
    mask: (method, use) => {
      const transform = transformOf(method, keys.pseudonym(use.purpose))
      return (instance, _, entity) => {
        const value = transform(instance)
        return value === undefined ? undefined : masked(instance, value, use, entity.types)
      }
    },
    scan: scanLabelled,
    hidesNumber: isPersonalNumber,
  }
}

type Transform = (instance: Instance) => JsonValue | undefined

function transformOf({ method, decimals, band }: MaskMethod, key: Uint8Array): Transform {
  switch (method) {
    case 'redact':
      return () => undefined
    case 'coarsen':
      return ({ kind, value }) => (kind === 'GeoProperty' ? coarsen(value, decimals) : undefined)
    case 'partial':
      return plain((value) => mapScalars(value, partialScalar))
    case 'generalise':
      return plain((value) => mapItems(value, (item) => generalise(item, band)))
    case 'pseudonym':
      return (instance) => underPseudonym(instance, key)
    case 'scan':
      return scanned
  }
}

/** Kinds whose values are free: the others are URIs or geometries, and are left out. */
function plain(change: (value: JsonValue) => JsonValue | undefined): Transform {
  return ({ kind, value }) => (isFree(kind) ? change(value) : undefined)
}

function isFree(kind: Instance['kind']): boolean {
  return (
    kind === 'Property' || kind === 'LanguageProperty' || kind === 'JsonProperty' || kind === 'ListProperty'
  )
}

function partialScalar(scalar: string | number | boolean): JsonValue | undefined {
  return typeof scalar === 'boolean' ? undefined : partialText(String(scalar))
}

function underPseudonym({ kind, value }: Instance, key: Uint8Array): JsonValue | undefined {
  if (kind === 'GeoProperty') return undefined
  if (kind === 'LanguageProperty') return mapScalars(value, (text) => pseudonym(text, key))
  return mapItems(value, (item) => pseudonym(item, key))
}

/** A list keeps its length, so that a ListProperty stays one. */
function mapItems(
  value: JsonValue,
  change: (item: JsonValue) => JsonValue | undefined,
): JsonValue | undefined {
  if (!Array.isArray(value)) return change(value)
  const items = value.map(change)
  return items.every((item) => item !== undefined) ? items : undefined
}

/** A URI with an identifier in it is left out: what replaces it would be no URI. */
function scanned({ kind, value }: Instance): JsonValue | undefined {
  if (kind === 'GeoProperty') return value
  const clean = mapScalars(value, (scalar) => (typeof scalar === 'string' ? scanText(scalar) : scalar))
  return isFree(kind) || jsonEqual(clean, value) ? clean : undefined
}

/** The instance with another value, its times, and the sub-attributes that say nothing of persons. */
function masked(instance: Instance, value: JsonValue, { keeps }: MaskUse, types: readonly Iri[]): Instance {
  const { attributes = {}, ...rest } = instance
  const kept = keptAttributes(attributes, (attribute) => keeps(attribute, types))
  return { ...rest, value, ...(kept && { attributes: kept }) }
}

function keptAttributes(attributes: Attributes, keeps: (attribute: Iri) => boolean): Attributes | undefined {
  const kept = Object.entries(attributes)
    .filter(([attribute]) => keeps(attribute))
    .map(([attribute, instances]) => [attribute, instances.map((each) => withKept(each, keeps))] as const)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function withKept(instance: Instance, keeps: (attribute: Iri) => boolean): Instance {
  const { attributes, ...rest } = instance
  const kept = attributes && keptAttributes(attributes, keeps)
  return kept ? { ...rest, attributes: kept } : rest
}
