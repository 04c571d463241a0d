import { expect } from 'chai'
import { boundingBox, boxesWithin } from '../../../broker/core/geo/bounding-box.ts'
import { parseGeometry } from '../../../broker/core/geo/parse-geometry.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { thrownBy } from '../query/builders.ts'

const ring = [
  [0, 0],
  [2, 0],
  [2, 1],
  [0, 0],
]
const bow = [
  [0, 0],
  [2, 2],
  [2, 0],
  [0, 2],
  [0, 0],
]

describe('4.7 Geospatial Properties: GeoJSON geometries', () => {
  const valid: readonly (readonly [type: string, coordinates: JsonValue, box: number[]])[] = [
    ['Point', [105.8, 21.6], [105.8, 21.6, 105.8, 21.6]],
    ['Point', [-180, 90, 12.5], [-180, 90, -180, 90]],
    [
      'MultiPoint',
      [
        [1, 2],
        [-3, 4],
      ],
      [-3, 2, 1, 4],
    ],
    [
      'LineString',
      [
        [0, 5],
        [1, 1],
      ],
      [0, 1, 1, 5],
    ],
    [
      'MultiLineString',
      [
        [
          [0, 0],
          [1, 1],
        ],
        [
          [5, 5],
          [6, -6],
        ],
      ],
      [0, -6, 6, 5],
    ],
    ['Polygon', [ring], [0, 0, 2, 1]],
    ['Polygon', [bow], [0, 0, 2, 2]],
    ['MultiPolygon', [[ring], [bow]], [0, 0, 2, 2]],
  ]
  for (const [type, coordinates, box] of valid) {
    it(`accepts ${type} ${JSON.stringify(coordinates).slice(0, 24)} as it is`, () => {
      const given = { type, coordinates, bbox: [1, 2] }
      const geometry = parseGeometry(given)
      expect(geometry).to.equal(given)
      expect(boundingBox(geometry)).to.deep.equal(box)
      expect(parseGeometry(JSON.stringify(given))).to.deep.equal(given)
    })
  }

  const invalid: readonly (readonly [value: JsonValue, pointer: string])[] = [
    [null, ''],
    [5, ''],
    [[], ''],
    ['{', ''],
    ['"Point"', ''],
    [{}, '/type'],
    [{ type: 5, coordinates: [] }, '/type'],
    [{ type: 'constructor', coordinates: [] }, '/type'],
    [{ type: 'GeometryCollection', geometries: [] }, '/type'],
    [{ type: 'Feature', geometry: null }, '/type'],
    [{ type: 'Point' }, '/coordinates'],
    [{ type: 'Point', coordinates: [] }, '/coordinates'],
    [{ type: 'Point', coordinates: [1] }, '/coordinates'],
    [{ type: 'Point', coordinates: ['1', 2] }, '/coordinates'],
    [{ type: 'Point', coordinates: [1, 2, null] }, '/coordinates'],
    [{ type: 'Point', coordinates: [1, Number.NaN] }, '/coordinates'],
    [{ type: 'Point', coordinates: [181, 2] }, '/coordinates/0'],
    [{ type: 'Point', coordinates: [1, -90.5] }, '/coordinates/1'],
    [{ type: 'Point', coordinates: [432314.364, 2388879.346] }, '/coordinates/0'],
    [{ type: 'MultiPoint', coordinates: [] }, '/coordinates'],
    [{ type: 'MultiPoint', coordinates: [[1, 2], 5] }, '/coordinates/1'],
    [{ type: 'LineString', coordinates: [[1, 2]] }, '/coordinates'],
    [{ type: 'MultiLineString', coordinates: [[[1, 2]]] }, '/coordinates/0'],
    [{ type: 'Polygon', coordinates: [] }, '/coordinates'],
    [{ type: 'Polygon', coordinates: [ring.slice(0, 3)] }, '/coordinates/0'],
    [{ type: 'Polygon', coordinates: [ring, [...ring.slice(0, 3), [9, 9]]] }, '/coordinates/1'],
    [{ type: 'Polygon', coordinates: [[...ring.slice(0, 3), [200, 0]]] }, '/coordinates/0/3/0'],
    [{ type: 'MultiPolygon', coordinates: [ring] }, '/coordinates/0/0'],
  ]
  for (const [value, pointer] of invalid) {
    it(`refuses ${JSON.stringify(value).slice(0, 60)} at ${pointer || 'the whole'}`, () => {
      const problem = thrownBy(() => parseGeometry(value))
      expect(problem).to.be.instanceOf(Problem).with.property('code', 'BadRequestData')
      expect(problem).to.have.nested.property('members.pointer', pointer)
      expect(problem).to.have.property('message').that.contains(pointer)
    })
  }
})

describe('boxesWithin', () => {
  it('holds what is so near, and not the whole world', () => {
    const [box, more] = boxesWithin([105.8, 21.6, 105.8, 21.6], 2000)
    const [west, south, east, north] = box!
    expect(more).to.equal(undefined)
    expect(south).to.be.within(21.5815, 21.6 - 2000 / 110_720)
    expect(north).to.be.within(21.6 + 2000 / 110_720, 21.6185)
    expect(west).to.be.within(105.78, 105.8 - 2000 / 103_500)
    expect(east).to.be.within(105.8 + 2000 / 103_500, 105.82)
  })

  it('goes on beyond 180 degrees and round the poles', () => {
    const [left, right] = boxesWithin([179.99, 0, 179.99, 0], 5000)
    expect(left?.[0]).to.be.closeTo(179.9445, 0.0002)
    expect(left?.[2]).to.equal(180)
    expect(right?.[0]).to.equal(-180)
    expect(right?.[2]).to.be.closeTo(-179.9645, 0.0002)
    expect(boxesWithin([-179.99, 0, -179.99, 0], 5000)).to.have.length(2)
    const [polar] = boxesWithin([5, 89.99, 5, 89.99], 5000)
    expect(polar).to.deep.include.members([-180, 180, 90])
  })
})
