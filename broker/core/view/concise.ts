import { isAttribute, TELLING_MEMBERS } from '../context/infer-kind.ts'
import { namesGeometry } from '../geo/parse-geometry.ts'
import { type Instance, VALUE_MEMBER } from '../model/entity.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'

/** Tells whether a concise value needs no member around it: nobody reads it as anything else (4.5.2.3 Concise Property). */
export function standsBare({ kind, value }: Instance): boolean {
  if (kind === 'GeoProperty') return namesGeometry(value)
  return kind === 'Property' && !readsAsAttribute(value)
}

/** Tells whether the value member alone says the kind: a geometry in `value` says GeoProperty, all else Property. */
export function kindShows({ kind, value }: Instance): boolean {
  if (kind === 'Property') return !namesGeometry(value)
  return kind !== 'GeoProperty' || namesGeometry(value)
}

/** Members that make a reader take an object for an attribute. */
const TELLING: readonly string[] = [
  ...['type', '@type', '@value', ...Object.values(VALUE_MEMBER)],
  ...TELLING_MEMBERS,
]

/** So does an attribute among the members, as a sub-attribute; an array with one reads as several instances. */
function readsAsAttribute(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(isAttribute)
  if (!isJsonObject(value)) return false
  return TELLING.some((member) => Object.hasOwn(value, member)) || Object.values(value).some(isAttribute)
}
