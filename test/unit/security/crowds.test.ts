import { expect } from 'chai'
import fc from 'fast-check'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EntityQuery, QNode, TypeNode } from '../../../broker/core/query/ast.ts'
import { asksCrowd, refuseTelling } from '../../../broker/core/view/crowd.ts'
import { crowdCount } from '../../../security/masking/crowd-count.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { createMaskKit } from '../../../security/masking/mask-kit.ts'
import { compileRights } from '../../../security/policy/compile-rights.ts'
import { compileView } from '../../../security/policy/compile-view.ts'
import { loadPolicies } from '../../../security/policy/load-policies.ts'
import { narrowRows } from '../../../security/policy/narrow-rows.ts'
import { entity, property } from './support/entities.ts'
import { iri, vocabulary } from './support/vocabulary.ts'

const key = Buffer.alloc(32, 3)
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `urn:x:${from + at}`)
const told = (of: readonly string[], least = 5, under = key) => {
  const count = crowdCount(under, least)
  for (const id of of) count.add(id)
  return count.told()
}

describe('security/masking: counts of many', () => {
  it('tells nothing of fewer than the least, never more than there are, and in steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 5, max: 20 }),
        fc.nat(),
        (size, least, from) => {
          const number = told(ids(from, from + size), least)
          expect(number % least).to.equal(0)
          expect(number).to.be.at.most(size)
          expect(number).to.be.greaterThan(size - 2 * least)
          if (size < least) expect(number).to.equal(0)
        },
      ),
      { seed: 7, numRuns: 200 },
    )
  })

  it('tells the same of the same entities in whatever order, so that asking again averages nothing out', () => {
    const some = ids(0, 123)
    expect(told([...some].reverse())).to.equal(told(some))
  })

  it('shifts by another amount under another key, and for other entities', () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8].map((fill) => told(ids(0, 12), 5, Buffer.alloc(32, fill)))
    expect(new Set(numbers).size).to.be.greaterThan(1)
    const others = [0, 50, 100, 150, 200, 250, 300].map((from) => told(ids(from, from + 12)))
    expect(new Set(others).size).to.be.greaterThan(1)
  })

  it('tells mostly the same of two sets that differ by one: the difference does not tell whether it is there', () => {
    const starts = Array.from({ length: 400 }, (_, at) => at * 100)
    const apart = starts.filter((from) => told(ids(from, from + 60)) !== told(ids(from, from + 61)))
    // one of five by the step, one of sixty by another shift
    expect(apart.length / starts.length).to.be.within(0.1, 0.3)
  })
})

const kit = createMaskKit(createMaskKeys({ secret: Buffer.alloc(32, 1), city: 'song-cong' }))
const claims = { subject: 's', issuer: 'i', roles: [], anonymous: false }
const policies = (rules: string) =>
  loadPolicies([{ name: 'test.yaml', text: `rules:\n${rules}` }], vocabulary)
const COUNTS = `
  - id: counts
    effect: permit
    subject: { any: true }
    action: read
    resource: { type: ServiceRequest }
    obligations: { aggregateOnly: { by: [status, scope] } }
`
const report = entity({ attributes: { status: property('received') } })
const type = (name: string): TypeNode => ({ kind: 'type', type: iri(name) })
const equals = (name: string, value = 'x'): QNode => ({
  kind: 'compare',
  path: { attributes: [iri(name)] },
  operator: '==',
  value: { kind: 'string', value },
})

describe('security/policy: aggregateOnly', () => {
  const view = compileView(policies(COUNTS), claims, DEFAULT_TENANT, kit)
  const [crowd] = view.crowds ?? []

  it('shows none of the entities that it lets count, and refuses none of them before they are counted', () => {
    expect(view.admits(report)).to.equal(false)
    expect(crowd?.view.admits(report)).to.equal(true)
    expect(crowd?.view.admits(entity({ types: ['Device'] }))).to.equal(false)
    const rights = compileRights(policies(COUNTS), claims, DEFAULT_TENANT)
    expect(() => rights('read', { resource: 'entity' })).not.to.throw()
    expect(() => rights('update', { resource: 'entity', id: report.id })).to.throw(Problem)
  })

  it('leaves what is denied or seen anyway out of the count', () => {
    const more = `${COUNTS}
  - id: sees
    effect: permit
    subject: { any: true }
    action: read
    resource: { idPattern: '.*:seen' }
  - id: hides
    effect: deny
    subject: { any: true }
    action: read
    resource: { idPattern: '.*:hidden' }
`
    const both = compileView(policies(more), claims, DEFAULT_TENANT, kit)
    const among = (id: string) => both.crowds?.[0]?.view.admits(entity({ id }))
    expect([among('urn:x:seen'), among('urn:x:hidden'), among('urn:x:other')]).to.deep.equal([
      false,
      false,
      true,
    ])
  })

  it('counts nothing again for whom nothing is hidden', () => {
    const all = `${COUNTS}
  - { id: rows, effect: permit, subject: { any: true }, action: read }
  - { id: columns, effect: permit, subject: { any: true }, action: read, resource: { class: [none, basic, sensitive, unclassified] } }
`
    const open = compileView(policies(all), claims, DEFAULT_TENANT, kit)
    expect(open.unrestricted).to.equal(true)
    expect(open.crowds).to.equal(undefined)
  })

  it('is narrowed for whom another hub asks', () => {
    const none = compileView(policies('  []'), claims, DEFAULT_TENANT, kit)
    expect(narrowRows(view, none).crowds?.[0]?.view.admits(report)).to.equal(false)
  })

  it('is asked by queries for its types, and by those that say none', () => {
    if (!crowd) throw new Error('There is no crowd')
    expect(asksCrowd({ types: { kind: 'type', type: iri('Device') } }, crowd)).to.equal(false)
    expect(asksCrowd({ types: { kind: 'any' } }, crowd)).to.equal(true)
  })

  const TOLD: readonly (readonly [string, EntityQuery])[] = [
    ['one type', {}],
    ['a value of a named attribute', { q: equals('status') }],
    ['a scope', { scope: { kind: 'scope', levels: ['a'], below: true }, q: equals('status') }],
  ]
  const REFUSED: readonly (readonly [string, EntityQuery])[] = [
    ['no type', { types: { kind: 'any' } }],
    ['ids', { ids: ['urn:x:1'] }],
    ['a pattern of ids', { idPattern: '.*' }],
    ['an attribute that is not named', { q: equals('category') }],
    [
      'an attribute named twice',
      { q: { kind: 'and', nodes: [equals('status', 'a'), equals('status', 'b')] } },
    ],
    ['alternatives', { q: { kind: 'or', nodes: [equals('status', 'a'), equals('status', 'b')] } }],
    ['a negation', { q: { ...equals('status'), operator: '!=' } as QNode }],
    ['a pattern', { q: { ...equals('status'), operator: '~=', pattern: 'a' } as QNode }],
    ['absence', { q: { kind: 'absent', path: { attributes: [iri('status')] } } }],
    ['presence', { attributes: [iri('status')] }],
    ['a list', { q: { ...equals('status'), value: { kind: 'list', values: [] } } as QNode }],
    [
      'a member',
      { q: { ...equals('status'), path: { attributes: [iri('status')], member: 'modifiedAt' } } as QNode },
    ],
    ['scopes together', { scope: { kind: 'or', nodes: [] } }],
    [
      'an area',
      {
        geo: {
          relation: 'within',
          geometry: { type: 'Point', coordinates: [1, 2] },
          property: iri('location'),
        },
      },
    ],
  ]
  for (const [what, query] of TOLD) {
    it(`lets count by ${what}`, () => {
      if (!crowd) throw new Error('There is no crowd')
      expect(() => refuseTelling({ types: type('ServiceRequest'), ...query }, crowd)).not.to.throw()
    })
  }
  for (const [what, query] of REFUSED) {
    it(`refuses to count by ${what}`, () => {
      if (!crowd) throw new Error('There is no crowd')
      expect(() => refuseTelling({ types: type('ServiceRequest'), ...query }, crowd))
        .to.throw(Problem)
        .with.property('code', 'Forbidden')
    })
  }

  it('is refused for less than five, for attributes, and for other rights than to read entities', () => {
    const faulty = (text: string) => () => policies(text)
    expect(faulty(COUNTS.replace('by:', 'least: 4, by:'))).to.throw('must be >= 5')
    expect(faulty(COUNTS.replace('action: read', 'action: [read, update]'))).to.throw('tells of many')
    expect(faulty(COUNTS.replace('type: ServiceRequest', 'attribute: status'))).to.throw('tells of many')
    expect(faulty(COUNTS.replace('effect: permit', 'effect: deny'))).to.throw('tells of many')
  })
})
