import { expect } from 'chai'
import fc from 'fast-check'
import {
  type PlainColumns,
  packColumns,
  unpackColumns,
} from '../../../broker/store/sqlite/history/chunk-codec.ts'

const START = 1_767_225_600_000_000
const MINUTE = 60_000_000

describe('Chunks of history: their format', () => {
  const hostile = [
    ...[
      0,
      -0,
      1,
      -1,
      0.1,
      -0.1,
      0.1 + 0.2,
      1 / 3,
      21.5,
      1e-9,
      1e-10,
      123.456789012,
      1e21,
      1e22,
      1e308,
      -1e308,
    ],
    ...[2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53) - 2, 2 ** 50 + 0.25, 2 ** 31, 2 ** 32, -(2 ** 31) - 1],
    ...[Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** -1022, 2 ** -1030, Number.MAX_VALUE, Number.EPSILON],
  ]
  const decimals = [0, 1, 2, 3, 9, 10].map((digits) =>
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((number) => number / 10 ** digits),
  )
  const numbers = fc.oneof(
    ...decimals.map((one) => fc.array(one, { minLength: 1, maxLength: 50 })),
    fc.array(fc.constantFrom(...hostile), { minLength: 1, maxLength: 50 }),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 }),
    fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 50 }),
  )

  it('each hostile number comes back bit for bit, alone and among decimals', () => {
    for (const number of hostile) {
      for (const list of [[number], [1.5, number, 2.25], [number, -number, number]]) expectExact(list)
    }
  })

  it('numbers of any kind come back bit for bit', () => {
    fc.assert(fc.property(numbers, expectExact), { numRuns: 500 })
  })

  it('times, sources and units come back, whatever their steps', () => {
    const instant = fc.oneof(
      fc.integer({ min: -8_000_000_000_000, max: 8_000_000_000_000 }),
      fc.integer({ min: -2e15, max: 2e15 }),
      fc.integer({ min: 0, max: 86_400 }).map((second) => START + second * 1_000_000),
    )
    const one = fc.record({
      time: instant,
      created: instant,
      modified: instant,
      source: fc.nat({ max: 2 ** 31 - 1 }),
      unit: fc.constantFrom(null, 'GQ', '°C', '"\\'),
    })
    const rows = fc.uniqueArray(one, { selector: ({ time }) => time, minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(rows, (list) => {
        const sorted = list.toSorted((left, right) => left.time - right.time)
        const units = [...new Set(sorted.map(({ unit }) => unit))]
        const columns = {
          times: Float64Array.from(sorted, ({ time }) => time),
          values: Float64Array.from(sorted, ({ source }) => source / 10),
          created: Float64Array.from(sorted, ({ created }) => created),
          modified: Float64Array.from(sorted, ({ modified }) => modified),
          sources: Float64Array.from(sorted, ({ source }) => source),
          unitPlaces: Float64Array.from(sorted, ({ unit }) => units.indexOf(unit)),
          units,
        }
        const data = packColumns(columns)
        expect(data && unpackColumns(data)).to.deep.equal(columns)
      }),
      { numRuns: 300 },
    )
  })

  it('nothing is packed that would not come back', () => {
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53, 1e300]
    for (const time of bad) {
      const columns = columnsOf([1, 2, 3])
      columns.created[1] = time
      expect(packColumns(columns), String(time)).to.equal(undefined)
    }
    const far = columnsOf([1, 2, 3])
    far.times.set([Number.MIN_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER])
    const data = packColumns(far)
    if (data) expect(unpackColumns(data)).to.deep.equal(far)
  })

  it('a value a minute takes a few bytes', () => {
    const values = Array.from({ length: 1440 }, (_, at) => 40 + ((at * 37) % 400) / 10)
    const data = packColumns(columnsOf(values))
    expect(data?.length).to.be.below(1440 * 3)
  })

  it('a cut or a foreign chunk is refused', () => {
    expect(() => unpackColumns(Uint8Array.of(1, 2, 3))).to.throw()
  })
})

function columnsOf(values: readonly number[]): PlainColumns {
  const times = Float64Array.from(values, (_, at) => START + at * MINUTE)
  return {
    times,
    values: Float64Array.from(values),
    created: times.map(() => START),
    modified: times.map((time, at) => time + (at % 7) * 1000),
    sources: times.map((_, at) => at * 3),
    unitPlaces: times.map(() => 0),
    units: [null],
  }
}

function expectExact(values: readonly number[]): void {
  const data = packColumns(columnsOf(values))
  if (!data) throw new Error(`Not packed: ${values.join(' ')}`)
  const back = unpackColumns(data).values
  expect(back.length).to.equal(values.length)
  for (const [at, value] of values.entries()) expect(Object.is(back[at], value), `${value}`).to.equal(true)
}
