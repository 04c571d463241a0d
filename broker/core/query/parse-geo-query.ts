import type { TermTable } from '../context/term-table.ts'
import { parseGeometry } from '../geo/parse-geometry.ts'
import { LOCATION } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import { badRequestData, Problem } from '../model/problem.ts'
import type { GeoQuery, GeoRelation } from './ast.ts'
import { checkPositions } from './check-positions.ts'
import { readName } from './names.ts'
import { Scanner } from './scanner.ts'

/** The parameters of a geoquery as they came; the body of a query may give coordinates as JSON. */
export interface GeoParameters {
  readonly georel?: string | undefined
  readonly geometry?: string | undefined
  readonly coordinates?: string | readonly JsonValue[] | undefined
  readonly geoproperty?: string | undefined
}

/**
 * Reads a geoquery (CIM 009 v1.9.1, 4.10 NGSI-LD Geoquery Language): georel, geometry and coordinates, or none of them.
 * @throws Problem BadRequestData, TooComplexQuery
 */
export function parseGeoQuery(
  { georel, geometry, coordinates, geoproperty }: GeoParameters,
  table: TermTable,
): GeoQuery | undefined {
  if (!georel && !geometry && !coordinates && !geoproperty) return undefined
  if (!georel || !geometry || !coordinates) throw incomplete({ georel, geometry, coordinates })
  return Object.freeze({
    ...parseRelation(georel),
    geometry: checkPositions(parseReference(geometry, coordinates), 'coordinates'),
    property: geoproperty ? parseGeoProperty(geoproperty, table) : LOCATION,
  })
}

function incomplete(given: GeoParameters): Error {
  const missing = Object.entries(given).flatMap(([name, value]) => (value ? [] : [name]))
  return badRequestData(
    `Geoquery lacks ${missing.join(' and ')}; georel, geometry and coordinates go together, geoproperty needs them`,
    { missing },
  )
}

const RELATION = /[A-Za-z]+/y
const NUMBER = /(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const RELATIONS: ReadonlySet<string> = new Set<GeoRelation>([
  'near',
  'within',
  'contains',
  'intersects',
  'equals',
  'disjoint',
  'overlaps',
])

type Relation = Pick<GeoQuery, 'relation' | 'maxDistance' | 'minDistance'>

/** Georel : "near" ";" Distance | "within" | "contains" | "intersects" | "equals" | "disjoint" | "overlaps" */
function parseRelation(text: string): Relation {
  const scanner = new Scanner('georel', text)
  const relation = scanner.match(RELATION)
  if (relation === undefined || !isRelation(relation)) {
    throw scanner.fault(`one of ${[...RELATIONS].join(', ')}`, 0)
  }
  if (relation !== 'near') {
    scanner.expectEnd(`the end after ${relation}`)
    return { relation }
  }
  return { relation, ...parseDistance(scanner) }
}

function isRelation(text: string): text is GeoRelation {
  return RELATIONS.has(text)
}

/** Distance : ( "maxDistance" | "minDistance" ) "==" PositiveNumber */
function parseDistance(scanner: Scanner): Pick<GeoQuery, 'maxDistance' | 'minDistance'> {
  const expected = '";maxDistance==" or ";minDistance=="'
  scanner.expect(';', expected)
  const modifier = scanner.take('maxDistance')
  if (!modifier) scanner.expect('minDistance', expected)
  scanner.expect('==')
  const distance = parsePositive(scanner)
  scanner.expectEnd('the end after exactly one distance')
  return modifier ? { maxDistance: distance } : { minDistance: distance }
}

function parsePositive(scanner: Scanner): number {
  const start = scanner.position
  const distance = Number(scanner.match(NUMBER))
  if (!(distance > 0 && Number.isFinite(distance))) throw scanner.fault('a number of metres above 0', start)
  return distance
}

function parseReference(type: string, coordinates: string | readonly JsonValue[]): GeoQuery['geometry'] {
  return parseGeometry({
    type,
    coordinates: typeof coordinates === 'string' ? readJson(coordinates) : coordinates,
  })
}

function readJson(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text)
    return value
  } catch (cause) {
    // the parser's own words repeat what was sent
    throw new Problem('BadRequestData', 'Parameter coordinates is not a JSON array', { cause })
  }
}

/** GeoProperty : Name */
function parseGeoProperty(text: string, table: TermTable): GeoQuery['property'] {
  const scanner = new Scanner('geoproperty', text)
  const name = readName(scanner, 'the name of a GeoProperty')
  scanner.expectEnd('the end')
  return table.expand(name)
}
