import type { Element } from '@xmldom/xmldom'
import { systemId } from '../../ontology/coordinates/reference-systems.ts'
import { RecordFault } from '../kit/values/fault.ts'
import type { JsonMap } from '../kit/values/json.ts'
import { childrenOf } from './xml.ts'

type Position = readonly number[]

/** Systems of degrees: by their URN and URI latitude comes first, by their short names longitude does. */
const DEGREES = new Set(['EPSG:4326', 'EPSG:4756'])
const LINES = ['LineString', 'LineStringSegment', 'LinearRing']

/** Answers the reference system that an element, or what is inside, names first. */
export function systemIn(element: Element): string | undefined {
  const own = element.getAttribute('srsName')
  if (own) return own
  for (const child of childrenOf(element)) {
    const found = systemIn(child)
    if (found !== undefined) return found
  }
  return undefined
}

/** Reads a geometry of GML 3 as GeoJSON, east before north. @throws RecordFault */
export function geometryIn(element: Element, crs: string | null): JsonMap {
  const read = (position: Position): Position => {
    const [first = 0, second = 0] = position
    return isNorthFirst(crs) ? [second, first] : [first, second]
  }
  switch (element.localName) {
    case 'Point':
      return { type: 'Point', coordinates: read(positionsOf(element)[0] ?? lacking()) }
    case 'MultiPoint':
      return {
        type: 'MultiPoint',
        coordinates: within(element, ['Point']).map((point) => read(positionsOf(point)[0] ?? lacking())),
      }
    case 'LineString':
    case 'Curve':
    case 'MultiCurve':
    case 'MultiLineString':
      return simplest(
        'LineString',
        lineParts(element).map((line) => positionsOf(line).map(read)),
      )
    default:
      return simplest(
        'Polygon',
        polygonsOf(element).map((polygon) => ringsOf(polygon).map((ring) => ring.map(read))),
      )
  }
}

function polygonsOf(element: Element): readonly Element[] {
  const polygons = within(element, ['Polygon', 'PolygonPatch', 'Rectangle', 'Triangle'])
  if (polygons.length === 0) throw unreadable(`Geometry ${element.localName ?? ''} is not read`)
  return polygons
}

function ringsOf(polygon: Element): readonly (readonly Position[])[] {
  const [exterior, ...more] = ['exterior', 'outerBoundaryIs'].flatMap((name) => childrenOf(polygon, name))
  if (!exterior || more.length > 0) throw unreadable('Polygon has not one outline')
  const interiors = ['interior', 'innerBoundaryIs'].flatMap((name) => childrenOf(polygon, name))
  return [exterior, ...interiors].map((boundary) => {
    const positions = lineParts(boundary).flatMap(positionsOf)
    if (positions.length < 4) throw unreadable('Ring has less than four positions')
    return positions
  })
}

function lineParts(element: Element): readonly Element[] {
  const lines = within(element, LINES)
  if (lines.length === 0) throw unreadable('Geometry has arcs, or no line')
  return lines
}

/** The outermost elements of some names, in an element or being it. */
function within(element: Element, names: readonly string[]): readonly Element[] {
  if (names.includes(element.localName ?? '')) return [element]
  return childrenOf(element).flatMap((child) => within(child, names))
}

/** A posList, several pos, or the coordinates of GML 2. */
function positionsOf(element: Element): readonly Position[] {
  const dimension = Number(element.getAttribute('srsDimension') || 2)
  const lists = childrenOf(element, 'posList')
  const all = lists.length > 0 ? lists : childrenOf(element, 'pos')
  if (all.length > 0) {
    return all.flatMap((list) => {
      const numbers = numbersOf(list.textContent ?? '', /\s+/)
      const step =
        list.localName === 'pos' ? numbers.length : Number(list.getAttribute('srsDimension') || dimension)
      return grouped(numbers, step)
    })
  }
  const [coordinates] = childrenOf(element, 'coordinates')
  if (!coordinates) throw lacking()
  return (coordinates.textContent ?? '')
    .trim()
    .split(/\s+/)
    .map((pair) => numbersOf(pair, /,/))
}

function numbersOf(text: string, between: RegExp): readonly number[] {
  const numbers = text.trim().split(between).map(Number)
  if (numbers.some((number) => !Number.isFinite(number))) throw unreadable('Position is no number')
  return numbers
}

function grouped(numbers: readonly number[], step: number): readonly Position[] {
  if (step < 2 || numbers.length % step !== 0) throw unreadable('Positions are not whole')
  return Array.from({ length: numbers.length / step }, (_, at) => numbers.slice(at * step, at * step + 2))
}

function simplest(type: 'LineString' | 'Polygon', parts: readonly (readonly unknown[])[]): JsonMap {
  const [only] = parts
  const made = parts.length === 1 ? { type, coordinates: only } : { type: `Multi${type}`, coordinates: parts }
  return made as unknown as JsonMap // positions are numbers
}

function isNorthFirst(crs: string | null): boolean {
  return crs !== null && /^(?:urn:|https?:)/i.test(crs) && DEGREES.has(systemId(crs) ?? '')
}

function lacking(): never {
  throw unreadable('Geometry has no position')
}

function unreadable(text: string): RecordFault {
  return new RecordFault('unreadable', text)
}
