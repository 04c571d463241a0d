// Turns longitudes and latitudes into places on a drawing, and GeoJSON into paths of SVG.

/** Where a map looks that has nothing to show: the province. */
const PROVINCE = [105.2, 21.3, 106.3, 22.75]
const MARGIN = 0.08
/** Degrees: half a kilometre or so. */
const LEAST = 0.005

/** Answers [west, south, east, north] around features, with some room; the province around none. */
export function extentOf(features) {
  const extent = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { geometry } of features) eachPosition(geometry, (position) => widen(extent, position))
  const [west, south, east, north] = extent
  if (west > east) return PROVINCE
  const room = Math.max((east - west) * MARGIN, (north - south) * MARGIN, LEAST)
  return [west - room, south - room, east + room, north + room]
}

function widen(extent, [longitude, latitude]) {
  extent[0] = Math.min(extent[0], longitude)
  extent[1] = Math.min(extent[1], latitude)
  extent[2] = Math.max(extent[2], longitude)
  extent[3] = Math.max(extent[3], latitude)
}

/** Calls `visit` with each position of a geometry. */
export function eachPosition(geometry, visit) {
  if (!geometry) return
  for (const part of geometry.geometries ?? []) eachPosition(part, visit)
  walk(geometry.coordinates ?? [], visit)
}

function walk(coordinates, visit) {
  if (typeof coordinates[0] === 'number') visit(coordinates)
  else for (const inner of coordinates) walk(inner, visit)
}

/** A plane around a latitude: good for a province, where a degree is everywhere about as long. */
export function planeAround([, south, , north]) {
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180)
  return {
    x: (longitude) => longitude * narrow,
    y: (latitude) => -latitude,
    position: (x, y) => [x / narrow, -y],
    /** Metres along a length on the plane. */
    metres: (length) => length * 111_195,
  }
}

/** Writes a geometry as the data of a path; points are dots as wide as the line. */
export function pathOf(geometry, plane) {
  if (!geometry) return ''
  if (geometry.type === 'GeometryCollection')
    return geometry.geometries.map((part) => pathOf(part, plane)).join('')
  const { type, coordinates } = geometry
  const line = (positions, end = '') =>
    `M${positions.map(([longitude, latitude]) => `${number(plane.x(longitude))} ${number(plane.y(latitude))}`).join('L')}${end}`
  const dot = (position) => `${line([position])}h0`
  switch (type) {
    case 'Point':
      return dot(coordinates)
    case 'MultiPoint':
      return coordinates.map(dot).join('')
    case 'LineString':
      return line(coordinates)
    case 'MultiLineString':
      return coordinates.map((each) => line(each)).join('')
    case 'Polygon':
      return coordinates.map((ring) => line(ring, 'Z')).join('')
    case 'MultiPolygon':
      return coordinates.flatMap((rings) => rings.map((ring) => line(ring, 'Z'))).join('')
    default:
      return ''
  }
}

/** A tenth of a metre is enough. */
function number(value) {
  return String(Math.round(value * 1e6) / 1e6)
}
