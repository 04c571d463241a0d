import { expect } from 'chai'
import fc from 'fast-check'
import { formatDateTime, parseDateTime } from '../../../broker/core/model/time.ts'

const CASES: readonly (readonly [string, string])[] = [
  ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00Z'],
  ['2026-12-31T23:59:59.5Z', '2026-12-31T23:59:59.500Z'],
  ['2026-02-28T09:08:07.000001Z', '2026-02-28T09:08:07.000001Z'],
  ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
  ['0100-03-01T00:00:00Z', '0100-03-01T00:00:00Z'],
]

/** Any instant that is exact, in whole days, seconds, milliseconds or microseconds. */
const instants = fc
  .tuple(
    fc.integer({ min: -50_000_000_000, max: 9_000_000_000 }),
    fc.integer({ min: 0, max: 999_999 }),
    fc.constantFrom(86_400_000_000, 1_000_000, 1000, 1),
  )
  .map(([seconds, micros, unit]) => {
    const at = seconds * 1_000_000 + micros
    return at - (at % unit)
  })
  .filter(Number.isSafeInteger)

describe('4.6.3 Supported data types: DateTime as it is written', () => {
  for (const [given, written] of CASES) {
    it(`${given}: ${written}`, () => {
      expect(formatDateTime(parseDateTime(given) ?? Number.NaN)).to.equal(written)
    })
  }

  it('writes every instant as Date does, with three more decimals where it needs them', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const micros = ((at % 1000) + 1000) % 1000
        const whole = new Date((at - micros) / 1000).toISOString().slice(0, -1)
        const text = `${whole}${String(micros).padStart(3, '0')}`
        expect(formatDateTime(at)).to.equal(`${text.replace(/000$/, '').replace(/\.000$/, '')}Z`)
      }),
    )
  })
})
