import { expect } from 'chai'
import fc from 'fast-check'
import { cellOf, cellRanges } from '../../../broker/store/port/cells.ts'

const LONGITUDE = fc.double({ min: -180, max: 180, noNaN: true })
const LATITUDE = fc.double({ min: -90, max: 90, noNaN: true })
const WORLD = 2 ** 52

describe('cells', () => {
  it('hold every point of a box in few ranges that are apart and in order', () => {
    const corners = fc.tuple(LONGITUDE, LONGITUDE, LATITUDE, LATITUDE)
    const shares = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(corners, shares, ([one, other, low, high], [across, up]) => {
        const [west, east] = [Math.min(one, other), Math.max(one, other)]
        const [south, north] = [Math.min(low, high), Math.max(low, high)]
        const ranges = cellRanges([west, south, east, north])
        const point = cellOf(
          Math.min(west + across * (east - west), east),
          Math.min(south + up * (north - south), north),
        )
        expect(ranges.length).to.be.within(1, 32)
        expect(ranges.some(([from, to]) => point >= from && point <= to)).to.equal(true)
        ranges.forEach(([from, to], at) => {
          expect(from).to.be.at.most(to)
          if (at > 0) expect(from).to.be.greaterThan((ranges[at - 1]?.[1] ?? 0) + 1)
        })
      }),
    )
  })

  it('leave out what is far away', () => {
    const [size, box] = [0.01, [105.84, 21.59, 105.85, 21.6] as const]
    const ranges = cellRanges(box)
    const covered = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0) / WORLD
    expect(covered).to.be.lessThan((3 * size * size) / (360 * 180))
    for (const [longitude, latitude] of [
      [105.9, 21.59],
      [105.84, 21.7],
      [-105.84, -21.59],
    ]) {
      const cell = cellOf(longitude ?? 0, latitude ?? 0)
      expect(ranges.some(([from, to]) => cell >= from && cell <= to)).to.equal(false)
    }
  })

  it('give neighbours of a quarter neighbouring numbers, and the corners of the world the first and the last', () => {
    expect(cellOf(-180, -90)).to.equal(0)
    expect(cellOf(180, 90)).to.equal(WORLD - 1)
    expect(cellRanges([-180, -90, 180, 90])).to.deep.equal([[0, WORLD - 1]])
    expect(cellRanges([105.8, 21.5, 105.8, 21.5])).to.deep.equal([[cellOf(105.8, 21.5), cellOf(105.8, 21.5)]])
  })
})
