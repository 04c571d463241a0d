import { expect } from 'chai'
import { isTired } from '../../../broker/federation/forward/exchange.ts'

describe('isTired', () => {
  for (const [what, status, headers, expected] of [
    ['one that failed', 503, {}, true],
    ['one that has too much to do', 429, {}, true],
    ['one that refuses this caller alone', 429, { ratelimit: '"caller";r=0;t=1' }, false],
    ['one that forbids', 403, {}, false],
  ] as const)
    it(`leaves ${what} ${expected ? 'alone' : 'not alone'}`, () => {
      expect(isTired({ status, headers })).to.equal(expected)
    })
})
