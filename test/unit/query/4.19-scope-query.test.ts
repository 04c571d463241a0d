import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { matchScopes } from '../../../broker/core/query/match-scopes.ts'
import { parseScopeQuery } from '../../../broker/core/query/parse-scope-query.ts'
import { thrownBy } from './builders.ts'

const scope = (levels: string[], below = false) => ({ kind: 'scope', levels, below })

describe('4.19 NGSI-LD Scope Query Language', () => {
  it('reads scopes with and without a leading slash', () => {
    expect(parseScopeQuery('/Madrid')).to.deep.equal(scope(['Madrid']))
    expect(parseScopeQuery('Madrid/Gardens')).to.deep.equal(scope(['Madrid', 'Gardens']))
    expect(parseScopeQuery('/Phổ_Yên/+/A1')).to.deep.equal(scope(['Phổ_Yên', '+', 'A1']))
    expect(parseScopeQuery('/Madrid/#')).to.deep.equal(scope(['Madrid'], true))
    expect(parseScopeQuery('/#')).to.deep.equal(scope([], true))
  })

  it('reads "|" and "," as or, ";" in parentheses as and', () => {
    const tree = {
      kind: 'or',
      nodes: [{ kind: 'and', nodes: [scope(['A', 'B']), scope(['C'])] }, scope(['D'])],
    }
    expect(parseScopeQuery('(/A/B;/C)|D')).to.deep.equal(tree)
    expect(parseScopeQuery('(/A/B; /C), /D')).to.deep.equal(tree)
  })

  const matches: readonly (readonly [text: string, scopes: string[] | undefined, matches: boolean])[] = [
    ['/Madrid', ['/Madrid'], true],
    ['/Madrid', ['/Madrid/Gardens'], false],
    ['/Madrid', ['/Mad'], false],
    ['/Madrid', ['/A', '/Madrid'], true],
    ['/Madrid/#', ['/Madrid'], true],
    ['/Madrid/#', ['/Madrid/Gardens/North'], true],
    ['/Madrid/#', ['/Madridejos'], false],
    ['/Madrid/+/North', ['/Madrid/Gardens/North'], true],
    ['/Madrid/+/North', ['/Madrid/North'], false],
    ['/Madrid/+', ['/Madrid'], false],
    ['/+', ['/Madrid'], true],
    ['/+/#', ['/Madrid/Gardens'], true],
    ['/#', ['/Madrid'], true],
    ['/#', [], false],
    ['/#', undefined, false],
    ['(/A;/B)', ['/A', '/B'], true],
    ['(/A;/B)', ['/A'], false],
    ['/A;/B', ['/A', '/B'], true],
    ['/A;/B', ['/A'], false],
    ['/C,/A;/B', ['/C'], true],
    ['/C,/A;/B', ['/B'], false],
    ['/A,/B', ['/B'], true],
    ['/A|/B', ['/C'], false],
  ]
  for (const [text, scopes, expected] of matches) {
    it(`${text} ${expected ? 'matches' : 'does not match'} ${scopes?.join(' and ') ?? 'no scope'}`, () => {
      expect(matchScopes(parseScopeQuery(text), scopes)).to.equal(expected)
    })
  }

  const refusals: readonly (readonly [text: string, position: number])[] = [
    ['', 0],
    ['/', 1],
    ['//A', 1],
    ['/A/', 3],
    ['/A//B', 3],
    ['/#/A', 2],
    ['/A#', 2],
    ['/A+', 2],
    ['/__proto__', 1],
    ['(/A', 3],
    ['/A,', 3],
    ['/1', 1],
  ]
  for (const [text, position] of refusals) {
    it(`refuses ${text || 'nothing'} at ${position}`, () => {
      const problem = thrownBy(() => parseScopeQuery(text))
      expect(problem).to.be.instanceOf(Problem).with.property('code', 'BadRequestData')
      expect(problem).to.have.nested.property('members.position', position)
    })
  }
})
