import { expect } from 'chai'
import fc from 'fast-check'
import { type BoundingBox, meet } from '../../../broker/core/geo/bounding-box.ts'
import { squareNumbers, squareSearch } from '../../../broker/store/mongodb/query/square-numbers.ts'

const LONGITUDE = fc.double({ min: -180, max: 180, noNaN: true })
const LATITUDE = fc.double({ min: -90, max: 90, noNaN: true })
/** From points to much of the world, near each other more often than not. */
const SIZE = fc.integer({ min: 0, max: 30 }).map((power) => (power === 0 ? 0 : 200 / 2 ** power))
const CORNER = fc.oneof(
  fc.tuple(LONGITUDE, LATITUDE),
  fc.tuple(fc.constantFrom(-180, 0, 105.84, 179.99), fc.constantFrom(-90, 0, 21.59, 89.99)),
)
const BOX: fc.Arbitrary<BoundingBox> = fc
  .tuple(CORNER, SIZE, SIZE)
  .map(([[west, south], width, height]) => [
    west,
    south,
    Math.min(west + width, 180),
    Math.min(south + height, 90),
  ])

function finds(searched: BoundingBox, held: BoundingBox): boolean {
  const { ranges, around } = squareSearch(searched)
  return squareNumbers(held).some(
    (number) => around.includes(number) || ranges.some(([from, to]) => number >= from && number <= to),
  )
}

describe('squares of the MongoDB store', () => {
  it('find every box that meets the one that is searched, with few of them', () => {
    let met = 0
    fc.assert(
      fc.property(BOX, BOX, (searched, held) => {
        if (meet(searched, held)) {
          met++
          expect(finds(searched, held)).to.equal(true)
        }
        expect(squareNumbers(held).length).to.be.within(1, 4)
        const { ranges, around } = squareSearch(searched)
        expect(ranges.length).to.be.within(1, 12)
        expect(around.length).to.be.below(12 * 2 * 27)
        for (const number of [...squareNumbers(held), ...around]) expect(number).to.be.below(2 ** 53)
      }),
      { numRuns: 1000 },
    )
    expect(met).to.be.greaterThan(50)
  })

  it('leave out what is as far away as the box is large', () => {
    const city: BoundingBox = [105.8, 21.55, 105.9, 21.65]
    for (const aside of [0.21, 1, 90]) {
      const [west, south, east, north] = city
      expect(finds(city, [west + aside, south, east + aside, north])).to.equal(false)
      expect(finds(city, [west, south - aside, west, south - aside])).to.equal(false)
    }
    expect(finds(city, [105.85, 21.6, 105.85, 21.6])).to.equal(true)
    expect(finds([105.85, 21.6, 105.85, 21.6], city)).to.equal(true)
  })
})
