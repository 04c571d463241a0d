import { expect } from 'chai'
import type { GeometryEngine } from '../../../broker/core/geo/engine.ts'
import { matchGeo } from '../../../broker/core/geo/match-geo.ts'
import { DEFAULT_CONTEXT, LOCATION } from '../../../broker/core/model/iri.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import type { GeoQuery } from '../../../broker/core/query/ast.ts'
import { type GeoParameters, parseGeoQuery } from '../../../broker/core/query/parse-geo-query.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { entity, instance, of, table, thrownBy } from '../query/builders.ts'

const point = { geometry: 'Point', coordinates: '[105.8482,21.5942]' }

describe('4.10 NGSI-LD Geoquery Language: reading', () => {
  it('answers nothing when nothing is asked', () => {
    expect(parseGeoQuery({}, table)).to.equal(undefined)
  })

  it('reads near with exactly one distance', () => {
    const geometry = { type: 'Point', coordinates: [105.8482, 21.5942] }
    expect(parseGeoQuery({ georel: 'near;maxDistance==2000', ...point }, table)).to.deep.equal({
      relation: 'near',
      maxDistance: 2000,
      geometry,
      property: LOCATION,
    })
    expect(parseGeoQuery({ georel: 'near;minDistance==0.5', ...point }, table)).to.deep.equal({
      relation: 'near',
      minDistance: 0.5,
      geometry,
      property: LOCATION,
    })
  })

  it('reads the other relations and another GeoProperty', () => {
    for (const georel of ['within', 'contains', 'intersects', 'equals', 'disjoint', 'overlaps']) {
      expect(parseGeoQuery({ georel, ...point, geoproperty: 'area' }, table)).to.include({
        relation: georel,
        property: `${DEFAULT_CONTEXT}area`,
      })
    }
  })

  it('takes coordinates as JSON too', () => {
    const given = { georel: 'within', geometry: 'Point', coordinates: [1, 2] }
    expect(parseGeoQuery(given, table)?.geometry).to.deep.equal({ type: 'Point', coordinates: [1, 2] })
  })

  const refusals: readonly (readonly [title: string, given: GeoParameters])[] = [
    ['georel alone', { georel: 'within' }],
    ['geometry alone', { geometry: 'Point' }],
    ['coordinates alone', { coordinates: '[1,2]' }],
    ['geoproperty alone', { geoproperty: 'location' }],
    ['no georel', point],
    ['no coordinates', { georel: 'within', geometry: 'Point' }],
    ['an unknown relation', { georel: 'touches', ...point }],
    ['a name of the prototype', { georel: 'constructor', ...point }],
    ['near without distance', { georel: 'near', ...point }],
    ['near with two distances', { georel: 'near;maxDistance==5;minDistance==1', ...point }],
    ['near with one "="', { georel: 'near;maxDistance=5', ...point }],
    ['distance 0', { georel: 'near;maxDistance==0', ...point }],
    ['a negative distance', { georel: 'near;maxDistance==-1', ...point }],
    ['an endless distance', { georel: 'near;maxDistance==1e400', ...point }],
    ['a distance that is no number', { georel: 'near;maxDistance==inf', ...point }],
    ['a distance in hexadecimal', { georel: 'near;maxDistance==0x10', ...point }],
    ['a distance for another relation', { georel: 'within;maxDistance==5', ...point }],
    ['coordinates that are no JSON', { georel: 'within', geometry: 'Point', coordinates: '[1,2' }],
    ['coordinates of another type', { georel: 'within', geometry: 'Polygon', coordinates: '[1,2]' }],
    ['a GeometryCollection', { georel: 'within', geometry: 'GeometryCollection', coordinates: '[]' }],
    ['a GeoProperty that is no name', { georel: 'within', ...point, geoproperty: '__proto__' }],
  ]
  for (const [title, given] of refusals) {
    it(`refuses ${title}`, () => {
      const problem = thrownBy(() => parseGeoQuery(given, table))
      expect(problem).to.be.instanceOf(Problem).with.property('code', 'BadRequestData')
    })
  }
})

describe('4.10 NGSI-LD Geoquery Language: evaluation', () => {
  let engine: GeometryEngine
  before(async () => {
    engine = createGeometryEngine()
    await engine.ready()
  })

  const at = (longitude: number, latitude: number): JsonValue => ({
    type: 'Point',
    coordinates: [longitude, latitude],
  })
  const geo = (georel: string, coordinates: string, geometry = 'Point'): GeoQuery =>
    parseGeoQuery({ georel, geometry, coordinates }, table)!
  const square = '[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[4,4],[6,4],[6,6],[4,6],[4,4]]]'
  const match = (query: GeoQuery, ...places: JsonValue[]) =>
    matchGeo(
      query,
      entity({ location: places.map((place, n) => of('GeoProperty', place, { datasetId: `urn:x:${n}` })) }),
      engine,
    )

  it('keeps a hole out of within', () => {
    const within = geo('within', square, 'Polygon')
    expect(match(within, at(2, 2))).to.equal(true)
    expect(match(within, at(5, 5))).to.equal(false)
    expect(match(within, at(0, 5)), 'on the border').to.equal(false)
    expect(match(geo('intersects', square, 'Polygon'), at(0, 5)), 'on the border').to.equal(true)
  })

  it('lets any instance suffice', () => {
    expect(match(geo('within', square, 'Polygon'), at(50, 50), at(2, 2))).to.equal(true)
    expect(match(geo('within', square, 'Polygon'), at(50, 50), at(5, 5))).to.equal(false)
  })

  it('measures near in metres, with the border inside', () => {
    expect(match(geo('near;maxDistance==2000', '[105.8482,21.5942]'), at(105.8482, 21.61))).to.equal(true)
    expect(match(geo('near;maxDistance==1700', '[105.8482,21.5942]'), at(105.8482, 21.61))).to.equal(false)
    expect(match(geo('near;minDistance==1700', '[105.8482,21.5942]'), at(105.8482, 21.61))).to.equal(true)
    expect(match(geo('near;minDistance==2000', '[105.8482,21.5942]'), at(105.8482, 21.61))).to.equal(false)
  })

  it('measures to the geometry, not to its middle', () => {
    const near = geo('near;maxDistance==1000', '[5,9.999]')
    const polygon = { type: 'Polygon', coordinates: JSON.parse(square) }
    expect(match(near, polygon)).to.equal(true)
    expect(match(geo('near;minDistance==1', '[5,9.999]'), polygon)).to.equal(false)
  })

  it('never matches an entity without the GeoProperty, not even for disjoint', () => {
    for (const georel of ['disjoint', 'intersects', 'near;minDistance==1']) {
      expect(matchGeo(geo(georel, '[1,2]'), entity(), engine)).to.equal(false)
      expect(matchGeo(geo(georel, '[1,2]'), entity({ place: of('GeoProperty', at(1, 2)) }), engine)).to.equal(
        false,
      )
      expect(matchGeo(geo(georel, '[1,2]'), entity({ location: instance(at(1, 2)) }), engine)).to.equal(false)
    }
  })

  it('never matches a value that a mask has changed', () => {
    for (const masked of ['hidden', null, { type: 'Point', coordinates: 'hidden' }, { type: 'Point' }]) {
      expect(match(geo('disjoint', '[1,2]'), masked)).to.equal(false)
    }
  })
})
