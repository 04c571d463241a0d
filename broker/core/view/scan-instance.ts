import type { Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import type { View } from './view.ts'

/** Kinds whose values are free: the others are URIs or geometries. */
export function isFreeText(kind: Instance['kind']): boolean {
  return FREE_TEXT.has(kind)
}

const FREE_TEXT: ReadonlySet<Instance['kind']> = new Set([
  'Property',
  'LanguageProperty',
  'JsonProperty',
  'ListProperty',
])

/** URIs that are addresses of persons rather than names of things. */
const PERSONAL_URI = /^(?:tel|sms|mailto|sips?|xmpp):/i
const HIDDEN = '[…]'

/** How the values of an instance are scanned; a label is the name of the attribute, or of the member in a value. */
export type Scan = Pick<View, 'hidesNumber'> & { readonly scan: NonNullable<View['scan']> }

/**
 * Applies a scan to every text, number and member name inside the value of an instance. URIs and vocabularies are no
 * free text, but an instance with the address of a person in its place is left out.
 */
export function scanInstance(instance: Instance, attribute: Iri, scan: Scan): Instance | undefined {
  if (!isFreeText(instance.kind)) return holdsPersonalUri(instance.value) ? undefined : instance
  const value = scanValue(instance.value, scan, localName(attribute))
  return value === instance.value ? instance : { ...instance, value }
}

function holdsPersonalUri(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some((item: JsonValue) => holdsPersonalUri(item))
  return typeof value === 'string' && PERSONAL_URI.test(value)
}

function localName(attribute: Iri): string {
  return attribute.slice(Math.max(attribute.lastIndexOf('/'), attribute.lastIndexOf('#')) + 1)
}

function scanValue(value: JsonValue, scan: Scan, label: string): JsonValue {
  if (typeof value === 'string') return scan.scan(value, label)
  if (typeof value === 'number') return scan.hidesNumber?.(value, label) ? HIDDEN : value
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value.map((item) => scanValue(item, scan, label))
    return items.every((item, at) => item === value[at]) ? value : items
  }
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(
    ([key, item]) => [scan.scan(key), scanValue(item, scan, labelOf(key, label))] as const,
  )
  const same = entries.every(([key, item]) => Object.hasOwn(value, key) && item === value[key])
  return same ? value : Object.fromEntries(entries)
}

/** Members of JSON-LD and languages say nothing of their own: the name around them stays. */
function labelOf(key: string, around: string): string {
  return key.startsWith('@') || key.length <= 3 ? around : key
}
