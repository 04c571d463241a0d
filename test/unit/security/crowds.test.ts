import { expect } from 'chai'
import fc from 'fast-check'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EntityQuery, QNode, TypeNode } from '../../../broker/core/query/ast.ts'
import { asksCrowd, questionOf, refuseTelling } from '../../../broker/core/view/crowd.ts'
import { crowdTelling } from '../../../security/masking/crowd-telling.ts'
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
const told = (of: readonly string[], least = 5, under = key) => tellingOf(of, { least }, under)('')
const tellingOf = (of: readonly string[], telling: { least: number; noise?: number }, under = key) => {
  const crowd = crowdTelling(under, telling)
  const [first] = of.map((id) => crowd.place(id)).sort()
  return (question: string) => crowd.told({ count: of.length, first }, question)
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

describe('security/masking: counts of many with noise', () => {
  const asked = (size: number, noise: number) => tellingOf(ids(0, size), { least: 5, noise })
  const questions = Array.from({ length: 3000 }, (_, at) => `question ${at}`)

  it('tells the same when it is asked the same, and otherwise in another question', () => {
    const ask = asked(60, 0.5)
    const answers = questions.slice(0, 50).map(ask)
    expect(questions.slice(0, 50).map(ask)).to.deep.equal(answers)
    expect(new Set(answers).size).to.be.greaterThan(4)
  })

  it('is never negative, and in steps', () => {
    for (const size of [0, 3, 7, 60])
      for (const answer of questions.slice(0, 200).map(asked(size, 0.2)))
        expect(answer % 5 === 0 && answer >= 0).to.equal(true)
  })

  it('is as far off as epsilon says: each step more is less likely by e^-epsilon, as often up as down', () => {
    const epsilon = 1
    const without = tellingOf(ids(0, 500), { least: 5 })('')
    const ask = asked(500, epsilon)
    const steps = questions.map((question) => (ask(question) - without) / 5)
    const share = (of: (step: number) => boolean) => steps.filter(of).length / steps.length
    const alpha = Math.exp(-epsilon)
    for (const far of [0, 1, 2]) {
      const expected = ((1 - alpha) / (1 + alpha)) * alpha ** far
      expect(share((step) => step === far)).to.be.closeTo(expected, 0.03)
      expect(share((step) => step === -far)).to.be.closeTo(expected, 0.03)
    }
  })

  it('moves by one step at most what noise is added to, when one entity comes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), fc.integer({ min: 5, max: 12 }), fc.nat(), (size, least, from) => {
        const apart = told(ids(from, from + size + 1), least) - told(ids(from, from + size), least)
        expect([-least, 0, least]).to.include(apart)
      }),
      { seed: 7, numRuns: 60 },
    )
  })

  it('knows a question again in other words', () => {
    const by = (...nodes: QNode[]) => ({ types: type('ServiceRequest'), q: { kind: 'and', nodes } }) as const
    const [a, b] = [equals('status', '5'), equals('category')]
    const number: QNode = { ...a, value: { kind: 'number', value: 5 } } as QNode
    const name = questionOf(DEFAULT_TENANT, by(a, b))
    expect(questionOf(DEFAULT_TENANT, by(b, a))).to.equal(name)
    expect(questionOf(DEFAULT_TENANT, by(number, { kind: 'and', nodes: [b] }))).to.equal(name)
    expect(questionOf(DEFAULT_TENANT, by(a))).not.to.equal(name)
    expect(questionOf(DEFAULT_TENANT, { ...by(a, b), types: type('Device') })).not.to.equal(name)
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

describe('security/policy: releases of one type', () => {
  const release = (id: string, role: string, by: string, more = '') => `
  - id: ${id}
    effect: permit
    subject: { role: ${role} }
    action: read
    resource: { type: ServiceRequest${more} }
    obligations: { release: { by: [${by}] } }
`
  const mask = (role: string, to: string) => `
  - { id: ${role}.${to}, effect: mask, method: generalise, to: ${to}, subject: { role: ${role} }, action: read, resource: { attribute: status } }
`
  const both =
    (...rules: string[]) =>
    () =>
      policies(rules.join(''))

  it('are taken in where all get the same', () => {
    expect(
      both(release('a', 'public', 'status, category'), release('b', 'press', 'category, status')),
    ).not.to.throw()
    expect(
      both(release('a', '[public, press]', 'status'), mask('public', 'year'), mask('press', 'year')),
    ).not.to.throw()
    expect(
      both(
        release('a', 'public', 'status'),
        release('b', 'press', 'status').replace('ServiceRequest', 'Device'),
      ),
    ).not.to.throw()
  })

  const APART: readonly (readonly [string, readonly string[]])[] = [
    ['other members', [release('a', 'public', 'status'), release('b', 'press', 'status, category')]],
    ['scopes', [release('a', 'public', 'status'), release('b', 'press', 'status, scope')]],
    [
      'a part of the entities',
      [release('a', 'public', 'status'), release('b', 'press', 'status', ', scope: /a')],
    ],
    [
      'finer masks',
      [release('a', '[public, press]', 'status'), mask('public', 'year'), mask('press', 'month')],
    ],
    [
      'finer masks of whoever has another role too',
      [
        release('a', 'public', 'status'),
        mask('public', 'year'),
        mask('press', 'month'),
        release('b', 'press', 'status').replace('ServiceRequest', 'Device'),
      ],
    ],
    ['no mask', [release('a', '[public, press]', 'status'), mask('public', 'year')]],
    [
      'entities that are denied to some',
      [
        release('a', '[public, press]', 'status'),
        '  - { id: no, effect: deny, subject: { role: press }, action: read, resource: { idPattern: ".*:1" } }\n',
      ],
    ],
  ]
  const averages = (id: string, role: string, by: string, every = 'day') => `
  - id: ${id}
    effect: permit
    subject: { role: ${role} }
    action: read
    resource: { type: ServiceRequest }
    obligations: { aggregateOnly: { by: [${by}], history: { of: [${id}], every: ${every} } } }
`

  it('may be of others than averages are of, and averages of as many attributes as there are', () => {
    expect(both(averages('a', 'public', 'status'), averages('b', 'press', 'status'))).not.to.throw()
    expect(both(averages('a', 'public', 'status'), release('b', 'press', 'category'))).not.to.throw()
    expect(both(averages('a', 'public', 'status'), averages('b', 'press', 'category'))).to.throw('averages')
    expect(both(averages('a', 'public', 'status'), averages('b', 'press', 'status', 'hour'))).to.throw(
      'averages',
    )
  })

  it('may be got by somebody who sees all of them one by one as somebody else', () => {
    const sees = '  - { id: sees, effect: permit, subject: { role: dpo }, action: read }\n'
    expect(
      both(release('a', 'public', 'status'), mask('public', 'year'), sees, mask('dpo', 'month')),
    ).not.to.throw()
  })

  for (const [what, rules] of APART)
    it(`are refused by ${what}: joined they could single somebody out`, () => {
      expect(both(...rules)).to.throw('could single somebody out')
    })
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

  it('asks for as many as the class of what tells of them does', () => {
    const least = (by: string, more = '') =>
      loadPolicies(
        [{ name: 'test.yaml', text: `rules:\n${COUNTS.replace('by: [status, scope]', `by: ${by}${more}`)}` }],
        vocabulary,
        { least: { basic: 7, sensitive: 12 } },
      ).rules[0]?.obligations?.aggregateOnly?.least
    expect(least('[status, scope]')).to.equal(5)
    expect(least('[status, reporterName]')).to.equal(7)
    expect(least('[reporterName, location]')).to.equal(12)
    expect(least('[reporterName]', ', least: 20')).to.equal(20)
    expect(least('[status]', ', history: { of: [accessToken], every: day }')).to.equal(12)
  })

  it('sums up what a rule tells averages of, unless that is denied', () => {
    const history = COUNTS.replace('scope]', 'scope], history: { of: [reporterId], every: day }')
    const denied = `${history}
  - { id: never, effect: deny, subject: { any: true }, action: read, resource: { attribute: reporterId } }
`
    const treated = (text: string) => {
      const { crowds = [], treatment } = compileView(policies(text), claims, DEFAULT_TENANT, kit)
      const of = [iri('ServiceRequest')]
      return [treatment(of, iri('reporterId')), crowds[0]?.view.treatment(of, iri('reporterId'))]
    }
    expect(treated(COUNTS)).to.deep.equal(['absent', 'absent'])
    expect(treated(history)).to.deep.equal(['absent', 'clear'])
    expect(treated(denied)).to.deep.equal(['absent', 'absent'])
  })

  it('is refused with averages of what narrows it, and with noise beside averages, which have none', () => {
    const faulty = (more: string) => () => policies(COUNTS.replace('scope]', `scope]${more}`))
    expect(faulty(', history: { of: [status], every: day }')).to.throw('narrows by')
    expect(faulty(', history: { of: [reporterId], every: day }, noise: { epsilon: 1 }')).to.throw(
      'aggregateOnly',
    )
    expect(faulty(', history: { of: [reporterId], every: minute }')).to.throw('every')
  })

  it('is refused for less than five, for attributes, and for other rights than to read entities', () => {
    const faulty = (text: string) => () => policies(text)
    expect(faulty(COUNTS.replace('by:', 'least: 4, by:'))).to.throw('must be >= 5')
    expect(faulty(COUNTS.replace('action: read', 'action: [read, update]'))).to.throw('tells of many')
    expect(faulty(COUNTS.replace('type: ServiceRequest', 'attribute: status'))).to.throw('tells of many')
    expect(faulty(COUNTS.replace('effect: permit', 'effect: deny'))).to.throw('tells of many')
  })
})
