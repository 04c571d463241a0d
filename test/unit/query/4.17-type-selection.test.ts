import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { matchTypes } from '../../../broker/core/query/match-types.ts'
import { parseTypeSelection } from '../../../broker/core/query/parse-type-selection.ts'
import { EXAMPLE, name, table, thrownBy } from './builders.ts'

const type = (term: string) => ({ kind: 'type', type: name(term) })

describe('4.17 NGSI-LD Entity Type Selection Language', () => {
  it('reads names, prefixed names and URIs', () => {
    expect(parseTypeSelection('Home', table)).to.deep.equal(type('Home'))
    expect(parseTypeSelection('ex:Home', table)).to.deep.equal({ kind: 'type', type: `${EXAMPLE}Home` })
    expect(parseTypeSelection('https://example.org/a.b#Home', table)).to.deep.equal({
      kind: 'type',
      type: 'https://example.org/a.b#Home',
    })
    expect(parseTypeSelection('*', table)).to.deep.equal({ kind: 'any' })
  })

  it('reads "|" and "," as or, ";" in parentheses as and', () => {
    const tree = {
      kind: 'or',
      nodes: [{ kind: 'and', nodes: [type('Home'), type('Vehicle')] }, type('Motorhome')],
    }
    expect(parseTypeSelection('(Home;Vehicle)|Motorhome', table)).to.deep.equal(tree)
    expect(parseTypeSelection('( Home ; Vehicle ), Motorhome', table)).to.deep.equal(tree)
    expect(parseTypeSelection('(Home)', table)).to.deep.equal(type('Home'))
  })

  const matches: readonly (readonly [text: string, types: string[], matches: boolean])[] = [
    ['Home', ['Home'], true],
    ['Home', ['Vehicle', 'Home'], true],
    ['Home', ['Vehicle'], false],
    ['Home|Vehicle', ['Vehicle'], true],
    ['Home,Vehicle', ['Boat'], false],
    ['(Home;Vehicle)', ['Home'], false],
    ['(Home;Vehicle)', ['Vehicle', 'Home'], true],
    ['(Home;Vehicle),Boat', ['Boat'], true],
    ['(Home|Vehicle)', ['Vehicle'], true],
    ['((Home|Vehicle);Boat)', ['Vehicle', 'Boat'], true],
    ['((Home|Vehicle);Boat)', ['Vehicle', 'Home'], false],
    ['((Home))', ['Home'], true],
    ['*', ['Anything'], true],
    ['constructor', ['Home'], false],
  ]
  for (const [text, types, expected] of matches) {
    it(`${text} ${expected ? 'matches' : 'does not match'} ${types.join(' and ')}`, () => {
      expect(matchTypes(parseTypeSelection(text, table), types.map(name))).to.equal(expected)
    })
  }

  const refusals: readonly (readonly [text: string, position: number])[] = [
    ['', 0],
    ['A,', 2],
    ['A,,B', 2],
    ['A;B', 1],
    ['(A', 2],
    ['(A;)', 3],
    ['(A|B;C)', 4],
    ['()', 1],
    ['((A)', 4],
    ['A)', 1],
    ['__proto__', 0],
    ['A B', 2],
    ['*,A', 0],
    ['1A', 0],
  ]
  for (const [text, position] of refusals) {
    it(`refuses ${text || 'nothing'} at ${position}`, () => {
      const problem = thrownBy(() => parseTypeSelection(text, table))
      expect(problem).to.be.instanceOf(Problem).with.property('code', 'BadRequestData')
      expect(problem).to.have.nested.property('members.position', position)
    })
  }

  it('limits the number of types', () => {
    const many = (count: number) => Array(count).fill('A').join(',')
    expect(() => parseTypeSelection(many(128), table)).to.not.throw()
    expect(thrownBy(() => parseTypeSelection(many(129), table))).to.have.property('code', 'TooComplexQuery')
  })
})
