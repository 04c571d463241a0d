import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { parseAttributeList } from '../../../broker/core/query/parse-attribute-list.ts'
import { parseProjection } from '../../../broker/core/query/parse-projection.ts'
import { EXAMPLE, name, table, thrownBy } from './builders.ts'

const plain = (...names: string[]) => ({
  members: new Set(),
  attributes: new Map(names.map((term) => [name(term), undefined])),
})

describe('4.21 NGSI-LD Attribute Projection Language', () => {
  it('reads attributes apart by "," or "|"', () => {
    expect(parseProjection('a,b', table)).to.deep.equal(plain('a', 'b'))
    expect(parseProjection('a|b', table)).to.deep.equal(plain('a', 'b'))
    expect(parseProjection('constructor', table)).to.deep.equal(plain('constructor'))
    expect([...parseProjection('ex:a', table).attributes.keys()]).to.deep.equal([`${EXAMPLE}a`])
  })

  it('tells entity members from attributes', () => {
    const { members, attributes } = parseProjection('id,type,scope,createdAt,modifiedAt,expiresAt,a', table)
    expect([...members]).to.deep.equal(['id', 'type', 'scope', 'createdAt', 'modifiedAt', 'expiresAt'])
    expect([...attributes.keys()]).to.deep.equal([name('a')])
  })

  it('reads projections of linked entities, at any depth', () => {
    const { attributes } = parseProjection('a,r{id,b|s{c}}', table)
    expect(attributes.get(name('a'))).to.equal(undefined)
    expect(attributes.get(name('r'))).to.deep.equal({
      members: new Set(['id']),
      attributes: new Map([
        [name('b'), undefined],
        [name('s'), plain('c')],
      ]),
    })
  })

  it('joins what is said twice', () => {
    expect(parseProjection('r{a},r,r{b},a,a', table)).to.deep.equal({
      members: new Set(),
      attributes: new Map([
        [name('r'), plain('a', 'b')],
        [name('a'), undefined],
      ]),
    })
  })

  const refusals: readonly (readonly [text: string, position: number])[] = [
    ['', 0],
    ['id;name', 2],
    ['id,r{name', 9],
    ['id,r{{name}', 5],
    ['id,,name', 3],
    ['id,r{,name}', 5],
    ['id,r{}', 5],
    ['id,', 3],
    ['a}', 1],
    ['a.b', 1],
    ['id{a}', 0],
    ['__proto__', 0],
  ]
  for (const [text, position] of refusals) {
    it(`refuses ${text || 'nothing'} at ${position}`, () => {
      const problem = thrownBy(() => parseProjection(text, table, { parameter: 'omit' }))
      expect(problem).to.be.instanceOf(Problem).with.property('code', 'BadRequestData')
      expect(problem).to.have.nested.property('members.position', position)
      expect(problem).to.have.property('message').that.contains('omit')
    })
  }

  it('limits depth', () => {
    const deep = (levels: number) => `${'a{'.repeat(levels)}a${'}'.repeat(levels)}`
    expect(() => parseProjection(deep(32), table)).to.not.throw()
    expect(thrownBy(() => parseProjection(deep(33), table))).to.have.property('code', 'TooComplexQuery')
  })
})

describe('attribute lists of attrs, keep and drop', () => {
  it('reads each attribute once', () => {
    expect(parseAttributeList('a, b,a', table)).to.deep.equal([name('a'), name('b')])
  })

  for (const text of ['', 'a,', ',a', 'a|b', 'a b', '__proto__']) {
    it(`refuses ${text || 'nothing'}`, () => {
      const problem = thrownBy(() => parseAttributeList(text, table, { parameter: 'drop' }))
      expect(problem).to.be.instanceOf(Problem).with.property('code', 'BadRequestData')
      expect(problem).to.have.property('message').that.contains('drop')
    })
  }
})
