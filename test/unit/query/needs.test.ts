import { expect } from 'chai'
import fc from 'fast-check'
import type { EntityQuery, QNode } from '../../../broker/core/query/ast.ts'
import { linkedPaths, linkedTargets } from '../../../broker/core/query/linked-targets.ts'
import { matchQ } from '../../../broker/core/query/match-q.ts'
import { attributesOf, linkedDepth, narrow, projectionDepth } from '../../../broker/core/query/needs.ts'
import { parseProjection } from '../../../broker/core/query/parse-projection.ts'
import { attributes, entity, instance, name, of, q, table } from './builders.ts'

const geo: NonNullable<EntityQuery['geo']> = {
  relation: 'within',
  geometry: { type: 'Point', coordinates: [1, 2] },
  property: name('place'),
}
const not =
  (...hidden: string[]) =>
  (attribute: string) =>
    !hidden.map(name).includes(attribute)

describe('attributesOf', () => {
  it('names what q, geo and attrs look at, at any depth', () => {
    const query = { q: q('a.b==1;(!c|d{T:e[x]}>2)'), geo, attributes: [name('f')] }
    expect([...attributesOf(query)].sort()).to.deep.equal(
      ['a', 'b', 'c', 'd', 'e', 'f', 'place'].map(name).sort(),
    )
  })

  it('names nothing for types, scopes, ids and members of the entity', () => {
    const query: EntityQuery = {
      ids: ['urn:x:1'],
      types: { kind: 'type', type: name('T') },
      scope: { kind: 'scope', levels: [], below: true },
      q: q('modifiedAt>2026-01-01T00:00:00Z'),
    }
    expect(attributesOf(query).size).to.equal(0)
  })
})

describe('linkedDepth', () => {
  it('counts the relationships of the deepest path', () => {
    expect(linkedDepth(q('a;b[x]==1'))).to.equal(0)
    expect(linkedDepth(q('a|b{c}'))).to.equal(1)
    expect(linkedDepth(q('a{b}|b{c{T:d}}==1'))).to.equal(2)
  })
})

describe('narrow', () => {
  const cases: readonly (readonly [text: string, left: string | undefined])[] = [
    ['a', 'a'],
    ['x', undefined],
    ['!x', undefined],
    ['x!=1', undefined],
    ['a.x==1', undefined],
    ['a{x}==1', undefined],
    ['a;x', 'a'],
    ['a;b;x', 'a;b'],
    ['a|x', undefined],
    ['(a|x);b', 'b'],
    ['(a;x)|b', 'a|b'],
    ['(a;x)|(x;b)', 'a|b'],
    ['(a;x)|x', undefined],
    ['(a|b);c', '(a|b);c'],
  ]
  for (const [text, left] of cases) {
    it(`leaves ${left ?? 'nothing'} of ${text}`, () => {
      const { query, exact } = narrow({ q: q(text) }, not('x'))
      expect(query).to.deep.equal(left === undefined ? {} : { q: q(left) })
      expect(exact).to.equal(text === left)
    })
  }

  it('takes away geo and attrs as a whole', () => {
    const query: EntityQuery = { ids: ['urn:x:1'], geo, attributes: [name('a'), name('b')], q: q('c') }
    expect(narrow(query, not('place'))).to.deep.equal({
      query: { ids: ['urn:x:1'], attributes: query.attributes, q: query.q },
      exact: false,
    })
    expect(narrow(query, not('b')).query).to.deep.equal({ ids: ['urn:x:1'], geo, q: query.q })
  })

  it('answers the query itself when nothing is hidden', () => {
    const query: EntityQuery = { q: q('a|b;c'), geo }
    expect(narrow(query, not('x'))).to.deep.equal({ query, exact: true })
    expect(narrow(query, not('x')).query).to.equal(query)
  })

  it('never loses an entity that the whole query matches', () => {
    const leaf = fc
      .constantFrom('a', '!a', 'b==1', 'b!=1', 'c>0', 'x', '!x', 'x==1', 'x!=1')
      .map((text) => q(text))
    const tree = fc.letrec<{ node: QNode }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          nodes: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        }),
      ),
    })).node
    const value = fc.constantFrom(0, 1, 2)
    const subject = fc.record({ a: value, b: value, c: value, x: value }, { requiredKeys: [] })
    fc.assert(
      fc.property(tree, subject, (node, given) => {
        const one = entity(given)
        const { query, exact } = narrow({ q: node }, not('x'))
        const narrowed = !query.q || matchQ(query.q, one)
        if (matchQ(node, one)) expect(narrowed).to.equal(true)
        if (exact) expect(narrowed).to.equal(matchQ(node, one))
        expect([...attributesOf(query)]).to.not.include(name('x'))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('linked entities', () => {
  const subject = entity({
    a: of('Relationship', ['urn:x:1', 'urn:x:2']),
    b: [instance(1, { attributes: attributes({ c: of('ListRelationship', ['urn:x:3']) }) })],
    d: 'urn:x:4',
  })

  it('projectionDepth: how many relationships deep a projection looks', () => {
    for (const [text, depth] of [
      ['a,b', 0],
      ['a{b}', 1],
      ['a{b},c{d{e},f}', 2],
    ] as const)
      expect(projectionDepth(parseProjection(text, table)), text).to.equal(depth)
  })

  it('linkedPaths: only paths that go on in linked entities', () => {
    expect(linkedPaths(q('a;b[x]==1|d'))).to.deep.equal([])
    expect(linkedPaths(q('a{b}==1;c|d{e{f}}'))).to.have.length(2)
  })

  it('linkedTargets: what the relationships at the end of the path point to', () => {
    const targets = (text: string) =>
      linkedPaths(q(text)).flatMap((path) => linkedTargets(path, subject).map(({ uri }) => uri))
    expect(targets('a{x}')).to.deep.equal(['urn:x:1', 'urn:x:2'])
    expect(targets('b.c{x}')).to.deep.equal(['urn:x:3'])
    expect(targets('d{x}')).to.deep.equal([])
    expect(targets('constructor{x}')).to.deep.equal([])
    expect(linkedTargets(linkedPaths(q('a{x{y}}'))[0] ?? { attributes: [] }, subject)[0]?.path).to.deep.equal(
      linkedPaths(q('x{y}'))[0],
    )
  })
})
