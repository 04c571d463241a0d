import { expect } from 'chai'
import fc from 'fast-check'
import { checkExactNumbers } from '../../../broker/core/model/exact-numbers.ts'
import { Problem } from '../../../broker/core/model/problem.ts'

describe('exact numbers', () => {
  for (const text of [
    '[1.0]',
    '[9007199254740992]',
    '[1e3]',
    '[0.1]',
    '[-0.0]',
    '["12345678901234567890"]',
    '[1e-7]',
    '[100000000000000000000]',
    '{"a\\"1":5}',
    '["\\\\",1,"1e400"]',
    '[1e+0000000000000000001]',
    '[100000000000000000000.000,-0e0]',
  ]) {
    it(`keeps ${text}`, () => {
      expect(() => checkExactNumbers(text)).not.to.throw()
    })
  }

  for (const [text, position] of [
    ['[12345678901234567890]', 1],
    ['[0.12345678901234567890]', 1],
    ['{"a":"x","b":9007199254740993}', 13],
    ['[1e400]', 1],
    ['["\\\\",1e400]', 6],
    ['[1,2.5,\n-1e-400]', 8],
  ] as const) {
    it(`refuses ${text} and says where`, () => {
      expect(() => checkExactNumbers(text))
        .to.throw(Problem)
        .with.deep.property('members', { position })
    })
  }

  it('keeps whatever JavaScript itself wrote', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        checkExactNumbers(JSON.stringify([value]))
      }),
    )
  })
})
