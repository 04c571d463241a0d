import { expect } from 'chai'
import { matchQ } from '../../../broker/core/query/match-q.ts'
import { entity, q } from './builders.ts'

describe('patterns that would take for ever elsewhere', () => {
  const long = `${'a'.repeat(100_000)}!`
  for (const pattern of ['(a+)+$', '^(a|a)*$', '(a|aa)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*a){12}$']) {
    it(`${pattern} answers on a long text`, () => {
      expect(matchQ(q(`a~="${pattern}"`), entity({ a: long }))).to.equal(false)
      expect(matchQ(q(`a!~="${pattern}"`), entity({ a: long }))).to.equal(true)
    })
  }
})
