import { isJsonMap, type Json, type JsonMap } from '../../kit/values/json.ts'

/** Answers the geometry of a value of NGSIv2: GeoJSON, or the simple ones, which have the latitude first. Undefined: it is none. */
export function geometryOf(type: string, value: Json): JsonMap | undefined {
  if (type === 'geo:json' || !type.startsWith('geo:'))
    return isJsonMap(value) && Array.isArray(value.coordinates) ? value : undefined
  const texts: readonly Json[] = Array.isArray(value) ? value : [value]
  const positions = texts.map(positionOf)
  const known = positions.filter((position) => position !== undefined)
  const [first, second] = known
  if (!first || known.length < positions.length) return undefined
  if (type === 'geo:point') return { type: 'Point', coordinates: first }
  if (type === 'geo:line' && second) return { type: 'LineString', coordinates: known }
  if (type === 'geo:polygon' && known.length > 3) return { type: 'Polygon', coordinates: [known] }
  return type === 'geo:box' && second ? boxOf(first, second) : undefined
}

function positionOf(text: Json): readonly [number, number] | undefined {
  const found = typeof text === 'string' ? /^\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*$/.exec(text) : null
  const [latitude, longitude] = [Number(found?.[1]), Number(found?.[2])]
  return Number.isNaN(latitude + longitude) ? undefined : [longitude, latitude]
}

function boxOf([west, south]: readonly [number, number], [east, north]: readonly [number, number]): JsonMap {
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  return { type: 'Polygon', coordinates: [ring] }
}
