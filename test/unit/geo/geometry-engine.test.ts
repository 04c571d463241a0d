import { expect } from 'chai'
import fc from 'fast-check'
import { boundingBox, boxesWithin } from '../../../broker/core/geo/bounding-box.ts'
import type { GeometryEngine } from '../../../broker/core/geo/engine.ts'
import { parseGeometry } from '../../../broker/core/geo/parse-geometry.ts'
import type { Geometry } from '../../../broker/core/query/ast.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'

const RELATIONS = ['within', 'contains', 'intersects', 'equals', 'disjoint', 'overlaps'] as const

type Place = readonly [number, number]

const point = (...coordinates: Place): Geometry => ({ type: 'Point', coordinates })
const line = (...coordinates: readonly Place[]): Geometry => ({ type: 'LineString', coordinates })
const polygon = (...coordinates: readonly (readonly Place[])[]): Geometry => ({
  type: 'Polygon',
  coordinates,
})
const box = (west: number, south: number, east: number, north: number): Geometry =>
  polygon([
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ])

describe('geometry engine', () => {
  let engine: GeometryEngine
  before(async () => {
    engine = createGeometryEngine()
    await engine.ready()
  })

  describe('relations (OGC 06-103r4, 6.1.15)', () => {
    const bow = polygon([
      [0, 0],
      [2, 2],
      [2, 0],
      [0, 2],
      [0, 0],
    ])
    const big = box(0, 0, 10, 10)
    const cases: readonly (readonly [title: string, left: Geometry, right: Geometry, relations: string])[] = [
      ['point in polygon', point(5, 5), big, 'within intersects'],
      ['polygon around point', big, point(5, 5), 'contains intersects'],
      ['point on border', point(0, 5), big, 'intersects'],
      ['point outside', point(50, 5), big, 'disjoint'],
      ['same point', point(1, 1), point(1, 1), 'within contains intersects equals'],
      [
        'same polygon, other start',
        box(0, 0, 10, 10),
        polygon([
          [10, 0],
          [10, 10],
          [0, 10],
          [0, 0],
          [10, 0],
        ]),
        'within contains intersects equals',
      ],
      ['polygons that share area', big, box(5, 5, 15, 15), 'intersects overlaps'],
      ['polygons that share a border', big, box(10, 0, 20, 10), 'intersects'],
      ['line through polygon', line([-5, 5], [15, 5]), big, 'intersects'],
      ['lines that share a part', line([0, 0], [2, 0]), line([1, 0], [3, 0]), 'intersects overlaps'],
      ['line on the border', line([0, 0], [10, 0]), big, 'intersects'],
      [
        'several points, one inside',
        {
          type: 'MultiPoint',
          coordinates: [
            [5, 5],
            [50, 5],
          ],
        },
        big,
        'intersects',
      ],
      [
        'several polygons, all inside',
        {
          type: 'MultiPolygon',
          coordinates: [box(1, 1, 2, 2), box(3, 3, 4, 4)].map((one) => one.coordinates!),
        },
        big,
        'within intersects',
      ],
      [
        'several lines outside',
        {
          type: 'MultiLineString',
          coordinates: [
            [
              [20, 20],
              [21, 21],
            ],
            [
              [30, 30],
              [31, 31],
            ],
          ],
        },
        big,
        'disjoint',
      ],
      ['point in a self-intersecting polygon', point(0.5, 1), bow, 'within intersects'],
      ['point beside its crossing', point(1, 0.5), bow, 'disjoint'],
      ['self-intersecting polygon in another', bow, big, 'within intersects'],
    ]
    for (const [title, left, right, relations] of cases) {
      it(`${title}: ${relations}`, () => {
        expect(RELATIONS.filter((relation) => engine.relates(relation, left, right)).join(' ')).to.equal(
          relations,
        )
      })
    }

    it('asks the same of both sides', () => {
      const side = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 4 }))
      const boxes = fc.tuple(side, side).map(([[x, width], [y, height]]) => box(x, y, x + width, y + height))
      fc.assert(
        fc.property(boxes, boxes, (left, right) => {
          expect(engine.relates('within', left, right)).to.equal(engine.relates('contains', right, left))
          expect(engine.relates('intersects', left, right)).to.equal(!engine.relates('disjoint', left, right))
          expect(engine.relates('overlaps', left, right)).to.equal(engine.relates('overlaps', right, left))
          expect(engine.distance(left, right) === 0).to.equal(engine.relates('intersects', left, right))
        }),
      )
    })
  })

  describe('distance on the WGS 84 ellipsoid', () => {
    /** Published or computed from the meridian and equator of the ellipsoid. */
    const vectors: readonly (readonly [title: string, from: Place, to: Place, metres: number])[] = [
      ['one degree of the equator', [0, 0], [1, 0], 111_319.491],
      ['one degree of the meridian at the equator', [0, 0], [0, 1], 110_574.389],
      ['one degree of the meridian at the pole', [0, 89], [0, 90], 111_693.865],
      ['a quarter of the meridian', [0, 0], [0, 90], 10_001_965.729],
      [
        'Flinders Peak to Buninyong',
        [144.424867889, -37.951033417],
        [143.926495528, -37.652821139],
        54_972.271,
      ],
      ['across 180 degrees', [179.5, 0], [-179.5, 0], 111_319.491],
      ['the same place', [105.8482, 21.5942], [105.8482, 21.5942], 0],
    ]
    for (const [title, from, to, metres] of vectors) {
      it(`${title}: ${metres} m`, () => {
        expect(engine.distance(point(...from), point(...to))).to.be.closeTo(metres, 0.005)
        expect(engine.distance(point(...to), point(...from))).to.be.closeTo(metres, 0.005)
      })
    }

    it('answers within 0.6 % for the other side of the earth', () => {
      expect(engine.distance(point(0, 0), point(180, 0))).to.be.closeTo(20_003_931, 120_000)
    })

    it('is 0 inside and on the border, but not in a hole', () => {
      const ring = box(0, 0, 10, 10)
      const holed: Geometry = {
        type: 'Polygon',
        coordinates: [ring.coordinates, box(4, 4, 6, 6).coordinates].flatMap((rings) => rings as never),
      }
      expect(engine.distance(point(5, 5), ring)).to.equal(0)
      expect(engine.distance(point(0, 5), ring)).to.equal(0)
      expect(engine.distance(line([5, 5], [20, 20]), ring)).to.equal(0)
      expect(engine.distance(point(5, 5), holed)).to.be.closeTo(110_900, 500)
    })

    it('measures to the nearest place of a line, not to its ends', () => {
      expect(engine.distance(point(10, 60.009), line([0, 60], [10, 60]))).to.be.closeTo(1002.7, 1)
      expect(engine.distance(point(5, 60.009), line([0, 60], [10, 60]))).to.be.closeTo(1002.7, 1)
      expect(engine.distance(point(5, 60.009), line([0, 61], [10, 61]))).to.be.closeTo(110_418, 50)
    })

    it('finds the nearest place in metres, not in degrees', () => {
      expect(engine.distance(line([0, 85.6], [1, 85]), point(0, 85))).to.be.closeTo(9621, 100)
    })

    it('looks across 180 degrees', () => {
      expect(engine.distance(point(179.9, 0), line([-179.9, -1], [-179.9, 1]))).to.be.closeTo(22_263.9, 0.1)
      expect(engine.distance(line([-179.9, -1], [-179.9, 1]), point(179.9, 0))).to.be.closeTo(22_263.9, 0.1)
    })

    /** What the doc comment of `distance` promises: by latitude and reach, how much too long an answer may be. */
    const promises: readonly (readonly [
      south: number,
      north: number,
      span: number,
      reach: number,
      excess: number,
    ])[] = [
      [21, 22, 1, 100_000, 0.0001],
      [58, 60, 1.5, 100_000, 0.0001],
      [80, 85, 3, 100_000, 0.0005],
      [0, 30, 9, 1_000_000, 0.005],
      [40, 60, 12, 1_000_000, 0.005],
      [70, 85, 25, 1_000_000, 0.025],
    ]
    /** The ends of an edge are computed through a cosine and back: that may cost so many metres. */
    const ROUNDING = 1e-6
    for (const [south, north, span, reach, excess] of promises) {
      it(`is as exact as it says at ${south} to ${north} degrees up to ${reach / 1000} km`, () => {
        const longitude = fc.double({ min: 105, max: 105 + span, noNaN: true })
        const latitude = fc.double({ min: south, max: north, noNaN: true })
        const place = fc.tuple(longitude, latitude)
        fc.assert(
          fc.property(place, place, place, (from, to, other) => {
            const along = Array.from({ length: 1001 }, (_, n) => n / 1000).map((part) =>
              point(from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part),
            )
            const best = Math.min(...along.map((one) => engine.distance(one, point(...other))))
            fc.pre(best <= reach)
            const answer = engine.distance(line(from, to), point(...other))
            const step = engine.distance(point(...from), point(...to)) / 500
            expect(answer).to.be.at.most(best * (1 + excess) + ROUNDING)
            expect(answer).to.be.at.least(best - step - ROUNDING)
          }),
          { numRuns: 60 },
        )
      })
    }

    it('stays inside the boxes that a store narrows with', () => {
      const place = fc.tuple(
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: -89, max: 89, noNaN: true }),
      )
      const shift = fc.tuple(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
      )
      fc.assert(
        fc.property(place, shift, (from, by) => {
          const longitude = ((from[0] + by[0] + 540) % 360) - 180
          const to = point(longitude, from[1] + by[1])
          const metres = engine.distance(point(...from), to)
          const boxes = boxesWithin(boundingBox(point(...from)), metres)
          const [x, y] = boundingBox(to)
          expect(
            boxes.some(([west, south, east, north]) => west <= x && x <= east && south <= y && y <= north),
          ).to.equal(true)
        }),
        { numRuns: 2000 },
      )
    })
  })

  describe('valid structures with hostile numbers', () => {
    /** Differences that underflow when squared: GEOS itself fails on them, or never ends. */
    const tiny = [0, -0, 5e-324, -5e-324, 1e-200, 1e-160, 1e-13, 1e-9, 1, 1 + 2 ** -52, 45]
    const degrees = (most: number) =>
      fc.oneof(fc.double({ min: -most, max: most, noNaN: true }), fc.constantFrom(...tiny, most, -most))
    const place = fc.tuple(degrees(180), degrees(90))
    const run = fc.array(place, { minLength: 2, maxLength: 5 })
    const ring = fc.array(place, { minLength: 3, maxLength: 5 }).map((places) => [...places, places[0]!])
    const collapsed = place.map((one) => [Array(4).fill(one) as Place[]])
    const rings = fc.oneof(fc.array(ring, { minLength: 1, maxLength: 2 }), collapsed)
    const several = { minLength: 1, maxLength: 3 }
    const geometry = fc
      .oneof(
        fc.record({ type: fc.constant('Point'), coordinates: place }),
        fc.record({ type: fc.constant('LineString'), coordinates: run }),
        fc.record({ type: fc.constant('Polygon'), coordinates: rings }),
        fc.record({ type: fc.constant('MultiPoint'), coordinates: fc.array(place, several) }),
        fc.record({ type: fc.constant('MultiLineString'), coordinates: fc.array(run, several) }),
        fc.record({ type: fc.constant('MultiPolygon'), coordinates: fc.array(rings, several) }),
      )
      .map(parseGeometry)

    /** Half a great circle of the sphere that stands in for nearly antipodal places: no way is longer. */
    const HALF_ROUND = Math.PI * 6_371_008.8 + 1e-6

    it('always have an answer', () => {
      fc.assert(
        fc.property(geometry, geometry, (left, right) => {
          for (const relation of RELATIONS) expect(engine.relates(relation, left, right)).to.be.a('boolean')
          expect(engine.distance(left, right)).to.be.within(0, HALF_ROUND)
        }),
        { numRuns: 600 },
      )
    })

    it('have a distance where the edge is shorter than its square can tell', () => {
      const edge = line([105.0000000000001, 0], [105.0000000000001, 5e-324])
      expect(engine.distance(edge, point(105, 0))).to.be.closeTo(0, 1e-6)
    })

    it('are told apart at once where repairing them used to go on for ever', () => {
      const shell: readonly Place[] = [
        [-8.710047102013377e-193, 1.0349045531120468e-193],
        [1.465257464083723e-199, 1],
        [3.211131705041552e-128, -5e-324],
        [0, 8.315319771570691e-91],
        [1e-13, 1.0000000000000002],
        [-8.710047102013377e-193, 1.0349045531120468e-193],
      ]
      const hole: readonly Place[] = [
        [180, -9.625503666748076e-294],
        [-1.9914490682404682e-300, 0.39480539564078354],
        [-0.000007446436957979041, -5e-324],
        [1e-160, 1e-200],
        [180, -9.625503666748076e-294],
      ]
      expect(engine.relates('disjoint', polygon(shell, hole), point(-120, -45))).to.equal(true)
      expect(engine.relates('within', polygon(shell, hole), point(0, 89))).to.equal(false)
    })

    it('keeps places apart that differ by a micrometre', () => {
      expect(engine.relates('equals', point(105.8482, 21.5942), point(105.8482, 21.59420000001))).to.equal(
        false,
      )
      expect(engine.relates('equals', point(105.8482, 21.5942), point(105.8482, 21.5942))).to.equal(true)
    })
  })

  it('keeps its memory within bounds', () => {
    const reference = box(0, 0, 10, 10)
    const before = process.memoryUsage().arrayBuffers
    for (let n = 0; n < 30_000; n++) {
      engine.relates('intersects', point(n / 1e4, 5), reference)
      if (n % 10 === 0) engine.distance(line([20, n / 1e4], [21, 1]), reference)
    }
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(64 * 1024 * 1024)
  })

  it('takes geometries that are too large to keep', () => {
    const ring = Array.from({ length: 210_000 }, (_, n): Place => {
      const angle = (n / 210_000) * 2 * Math.PI
      return [Math.cos(angle), Math.sin(angle)]
    })
    const circle = polygon([...ring, ring[0]!])
    expect(engine.relates('within', point(0, 0), circle)).to.equal(true)
    expect(engine.relates('within', circle, box(-2, -2, 2, 2))).to.equal(true)
  })
})
