import { isAttribute } from '../context/infer-kind.ts'
import { type Instance, VALUE_MEMBER } from '../model/entity.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'

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

const GEOMETRIES: ReadonlySet<JsonValue | undefined> = new Set([
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
])

function namesGeometry(value: JsonValue): boolean {
  return isJsonObject(value) && GEOMETRIES.has(ownValue(value, 'type'))
}

/** Members that make a reader take an object for an attribute. */
const TELLING: readonly string[] = [
  ...['type', '@type', '@value', ...Object.values(VALUE_MEMBER)],
  ...['datasetId', 'observedAt', 'unitCode', 'valueType', 'objectType', 'expiresAt'],
]

/** So does an attribute among the members, as a sub-attribute; an array with one reads as several instances. */
function readsAsAttribute(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some(isAttribute)
  if (!isJsonObject(value)) return false
  return TELLING.some((member) => Object.hasOwn(value, member)) || Object.values(value).some(isAttribute)
}
