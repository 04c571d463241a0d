import { expect } from 'chai'
import { streamPlaces } from '../../../broker/operations/changes/stream-places.ts'

const NOBODY = { key: 'anonymous', anonymous: true }
const somebody = (key: string) => ({ key, anonymous: false })

describe('streamPlaces', () => {
  it('gives a caller so many, wherever it asks from, and takes them back', () => {
    const places = streamPlaces({ most: 10, mostOfCaller: 2 })
    const leave = places.take(somebody('a'), '192.0.2.1')
    places.take(somebody('a'), '192.0.2.2')
    expect(() => places.take(somebody('a'), '192.0.2.3')).to.throw(/Caller has 2 streams/)
    places.take(somebody('b'), '192.0.2.3')
    leave()
    places.take(somebody('a'), '192.0.2.3')
  })

  for (const [first, second, isSame] of [
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '::ffff:192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::1', true],
    ['2001:db8::1', '2001:db8:0:0:7::', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::1', '::2', true],
    [undefined, undefined, true],
  ] as const)
    it(`takes nobody from ${first} and from ${second} for ${isSame ? 'one' : 'two'}`, () => {
      const places = streamPlaces({ most: 10, mostOfCaller: 1 })
      places.take(NOBODY, first)
      const again = () => places.take(NOBODY, second)
      if (isSame) expect(again).to.throw(/Caller has 1 streams/)
      else expect(again).not.to.throw()
    })

  it('leaves half of all to those with a name', () => {
    const places = streamPlaces({ most: 4, mostOfCaller: 3 })
    const leave = places.take(NOBODY, '192.0.2.1')
    places.take(NOBODY, '192.0.2.2')
    expect(() => places.take(NOBODY, '192.0.2.3')).to.throw(/Hub has as many/)
    places.take(somebody('a'), '192.0.2.3')
    places.take(somebody('b'), '192.0.2.3')
    expect(() => places.take(somebody('c'), '192.0.2.3')).to.throw(/Hub has as many/)
    leave()
    places.take(somebody('c'), '192.0.2.3')
  })
})
