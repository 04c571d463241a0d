import { expect } from 'chai'
import type { Entity, Instance } from '../../../broker/core/model/entity.ts'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { see } from '../../../broker/core/view/see.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { createMaskKit } from '../../../security/masking/mask-kit.ts'
import { applicableRules } from '../../../security/policy/applicable-rules.ts'
import { ANONYMOUS, type Claims } from '../../../security/policy/claims.ts'
import { compileRights } from '../../../security/policy/compile-rights.ts'
import { compileView } from '../../../security/policy/compile-view.ts'
import { loadPolicies } from '../../../security/policy/load-policies.ts'
import type { PolicySet } from '../../../security/policy/rule.ts'
import { compileTime, type TimeText } from '../../../security/policy/rule-time.ts'
import { rulesInTime } from '../../../security/policy/rules-in-time.ts'
import { entity, property } from './support/entities.ts'
import { iri, vocabulary } from './support/vocabulary.ts'

const kit = createMaskKit(createMaskKeys({ secret: Buffer.alloc(32, 1) }))
const engine = createGeometryEngine()
const SQUARE = '{ type: Polygon, coordinates: [[[105, 21], [106, 21], [106, 22], [105, 22], [105, 21]]] }'

const load = (text: string): PolicySet =>
  loadPolicies([{ name: 'test.yaml', text }], vocabulary, { city: 'song-cong', engine })
const anyone = (id: string, resource: string, more = 'effect: permit, action: [read, update]') =>
  `  - { id: ${id}, subject: { any: true }, ${more}, resource: ${resource} }\n`
const claims = (more: Partial<Claims> = {}): Claims => ({
  ...{ subject: 's', issuer: 'https://issuer.example.org', roles: [], anonymous: false },
  ...more,
})
const viewOf = (set: PolicySet, of = claims()): View => compileView(set, of, DEFAULT_TENANT, kit)
const at = (longitude: number) =>
  property({ type: 'Point', coordinates: [longitude, 21.5] }, { kind: 'GeoProperty' })
const report = (attributes: Readonly<Record<string, Instance>>): Entity => entity({ attributes })
const open = report({ status: property('open'), reporterName: property('An'), [LOCATION]: at(105.5) })
const closed = report({ status: property('closed'), reporterName: property('An'), [LOCATION]: at(107) })

function outcome(
  set: PolicySet,
  action: 'read' | 'update',
  of: Entity | undefined,
  attributes = [iri('status')],
) {
  const { id, types } = open
  try {
    compileRights(
      set,
      claims(),
      DEFAULT_TENANT,
    )(action, {
      ...{ resource: 'entity', id, types, attributes },
      ...(of && { entity: of }),
    })
    return 'permitted'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

describe('security/policy: rules about the content of entities', () => {
  before(() => engine.ready())

  const condition = load(`rules:\n${anyone('open', `{ condition: 'status=="open"' }`)}`)
  const area = load(`areas: { centre: ${SQUARE} }\nrules:\n${anyone('here', '{ area: centre }')}`)
  const polygon = load(`rules:\n${anyone('here', `{ area: ${SQUARE} }`)}`)

  for (const [what, set] of Object.entries({ condition, area, polygon })) {
    it(`admit by ${what} what it asks for`, () => {
      const view = viewOf(set)
      expect(view.unrestricted).to.equal(false)
      expect([view.admits(open), view.admits(closed)]).to.deep.equal([true, false])
      expect(view.admitsAll(iri('ServiceRequest'))).to.equal(false)
    })

    it(`judge writes by ${what}, where it is known`, () => {
      expect(outcome(set, 'update', open)).to.equal('permitted')
      expect(outcome(set, 'update', closed)).to.equal('Forbidden')
      expect(outcome(set, 'update', undefined)).to.equal('permitted')
    })
  }

  it('admit nothing in an area that is nowhere', () => {
    expect(viewOf(area).admits(report({ status: property('open') }))).to.equal(false)
  })

  for (const more of ['permit', 'deny', 'mask, method: redact', 'mask, method: partial']) {
    it(`leave what nobody classified scanned where one to ${more} does not hold`, () => {
      const set = load(`rules:
${anyone('reads', '{ type: ServiceRequest }')}${anyone('note', `{ attribute: note, condition: 'status=="open"' }`, `effect: ${more}, action: read`)}`)
      const view = viewOf(set)
      const note = (status: string) =>
        see(report({ status: property(status), note: property('gọi 0900000000') }), view)?.attributes[
          iri('note')
        ]?.[0]?.value
      expect(note('closed')).to.equal('gọi […]')
      expect(note('open') === 'gọi 0900000000').to.equal(more === 'permit')
      const shown = more === 'permit' ? { class: 'unclassified', clear: true } : undefined
      expect(view.personal?.([iri('ServiceRequest')], iri('note'))).to.deep.equal(shown)
    })
  }

  it('leave what nobody classified scanned where it is restricted of another entity', () => {
    const set = load(`rules:\n${anyone('reads', '{ type: ServiceRequest }')}`)
    const restricted = { entity: 'urn:x:hers', attributes: new Set([iri('note')]) }
    const view = viewOf({ ...set, moment: 'r', restrictions: { generation: 1, of: () => [restricted] } })
    const note = (id: string) =>
      see({ ...report({ note: property('gọi 0900000000') }), id }, view)?.attributes[iri('note')]?.[0]?.value
    expect(note('urn:x:hers')).to.equal(undefined)
    expect(note('urn:x:another')).to.equal('gọi […]')
  })

  it('show and hide attributes by what is stored', () => {
    const set = load(
      `rules:\n${anyone('all', '{}')}${anyone('names', `{ attribute: reporterName, condition: 'status=="open"' }`)}`,
    )
    const view = viewOf(set)
    const looks = (of: Entity) => view.treatment(of.types, iri('reporterName'), of)
    expect([looks(open), looks(closed)]).to.deep.equal(['clear', 'absent'])
    const treatment = view.treatment(open.types, iri('reporterName'))
    const [name] = open.attributes[iri('reporterName')] ?? []
    if (typeof treatment === 'string' || !name) throw new Error('It is settled too early')
    expect(treatment(name, iri('reporterName'), open)).to.equal(name)
    expect(treatment(name, iri('reporterName'), closed)).to.equal(undefined)
  })

  it('deny over all', () => {
    const set = load(
      `rules:\n${anyone('all', '{}')}${anyone('not', `{ condition: 'status=="closed"' }`, 'effect: deny, action: read')}`,
    )
    expect([viewOf(set).admits(open), viewOf(set).admits(closed)]).to.deep.equal([true, false])
  })

  it('are others when an area has another shape', () => {
    const other = load(
      `areas: { centre: ${SQUARE.replaceAll('106', '108')} }\nrules:\n${anyone('here', '{ area: centre }')}`,
    )
    expect(viewOf(other).id).not.to.equal(viewOf(area).id)
  })

  const FAULTS: readonly (readonly [string, string, RegExp])[] = [
    ['an unknown area', '{ area: moon }', /Area moon is none/],
    ['an area that is a point', '{ area: { type: Point, coordinates: [1, 2] } }', /neither Polygon/],
    ['a broken polygon', '{ area: { type: Polygon, coordinates: [[1]] } }', /./],
    ['a broken condition', `{ condition: 'status==' }`, /condition/i],
    ['a condition on linked entities', `{ condition: 'owner{Device:status}=="on"' }`, /linked/],
    ['a condition on other things', `{ kind: feed, condition: status }`, /only entities have/],
  ]
  for (const [what, resource, telling] of FAULTS) {
    it(`are refused with ${what}`, () => {
      expect(() => load(`rules:\n${anyone('a', resource)}`)).to.throw(Problem, telling)
    })
  }
})

describe('security/policy: rules about how sure it is who asks', () => {
  const set = load(`rules:\n  - { id: sure, effect: permit, subject: { assurance: 2 }, action: read }\n`)

  it('speak of whom it is sure enough', () => {
    const about = (assurance?: number) =>
      applicableRules(set, claims(assurance === undefined ? {} : { assurance }), DEFAULT_TENANT).length
    expect([about(), about(1), about(2), about(3)]).to.deep.equal([0, 0, 1, 1])
  })

  it('ask for a better sign-in where that would do, and for no other', () => {
    const ask = (of: Claims, action: 'read' | 'update') => () =>
      compileRights(set, of, DEFAULT_TENANT)(action, { resource: 'entity' })
    expect(ask(claims({ assurance: 1 }), 'read'))
      .to.throw(Problem)
      .that.deep.includes({ code: 'StepUpRequired', members: { assurance: 2 } })
    expect(ask(claims({ assurance: 2 }), 'read')).not.to.throw()
    expect(ask(claims({ assurance: 1 }), 'update'))
      .to.throw(Problem)
      .with.property('code', 'Forbidden')
    expect(ask(ANONYMOUS, 'read')).to.throw(Problem).with.property('code', 'Unauthorized')
  })
})

it('security/policy: rules about what a token is bound to speak of whom it is good for alone', () => {
  const set = load(`rules:
  - { id: machine, effect: permit, subject: { bound: certificate }, action: read }
  - { id: both, effect: permit, subject: { bound: [certificate, key] }, action: read }
`)
  const about = (confirmation?: Claims['confirmation']) =>
    applicableRules(set, claims(confirmation && { confirmation }), DEFAULT_TENANT).map(({ id }) => id)
  expect(about()).to.deep.equal([])
  expect(about({ key: 'k' })).to.deep.equal(['both'])
  expect(about({ certificate: 'c' })).to.deep.equal(['machine', 'both'])
  expect(about({ other: true })).to.deep.equal([])
})

describe('security/policy: rules that hold at times', () => {
  /** An instant by the clock of Việt Nam. */
  const when = (text: string) => Date.parse(`${text}:00+07:00`) * 1000
  const holds = (text: TimeText, instant: string) =>
    compileTime(text, (member, what) => expect.fail(`${member}: ${what}`)).holds(when(instant))

  const CASES: readonly (readonly [TimeText, string, boolean])[] = [
    [{ from: '2026-11-26' }, '2026-11-25T23:59', false],
    [{ from: '2026-11-26' }, '2026-11-26T00:00', true],
    [{ until: '2026-11-26' }, '2026-11-26T23:59', true],
    [{ until: '2026-11-26' }, '2026-11-27T00:00', false],
    [{ until: '2026-11-26T05:00:00Z' }, '2026-11-26T11:59', true],
    [{ until: '2026-11-26T05:00:00Z' }, '2026-11-26T12:00', false],
    [{ hours: '07:00-17:30' }, '2026-11-26T06:59', false],
    [{ hours: '07:00-17:30' }, '2026-11-26T07:00', true],
    [{ hours: '07:00-17:30' }, '2026-11-26T17:30', false],
    // a Thursday
    [{ days: ['monday', 'thursday'] }, '2026-11-26T00:00', true],
    [{ days: 'friday' }, '2026-11-26T23:59', false],
    [{ days: 'thursday', hours: '22:00-06:00' }, '2026-11-26T23:00', true],
    [{ days: 'thursday', hours: '22:00-06:00' }, '2026-11-27T05:59', true],
    [{ days: 'thursday', hours: '22:00-06:00' }, '2026-11-26T05:00', false],
    [{ days: 'thursday', hours: '22:00-06:00' }, '2026-11-27T06:00', false],
  ]
  for (const [text, instant, expected] of CASES) {
    it(`hold ${expected ? '' : 'not '}at ${instant} with ${JSON.stringify(text)}`, () => {
      expect(holds(text, instant)).to.equal(expected)
    })
  }

  it('change at no other instant than those that they name', () => {
    for (const [text] of CASES) {
      const time = compileTime(text, () => undefined)
      let instant = when('2026-11-24T00:00')
      while (instant < when('2026-11-30T00:00')) {
        const next = Math.min(time.next(instant), instant + 86_400_000_000)
        for (const part of [0.01, 0.5, 0.99])
          expect(time.holds(instant + Math.floor((next - instant) * part))).to.equal(time.holds(instant))
        instant = next
      }
    }
  })

  it('are in force from then on, and leave the views of others what they are', () => {
    const set = load(
      `rules:\n  - { id: day, effect: permit, subject: { role: clerk }, action: read, time: { hours: '07:00-17:00' } }\n` +
        `  - { id: always, effect: permit, subject: { role: guard }, action: read }\n`,
    )
    let now = when('2026-11-26T06:00')
    const inForce = rulesInTime(
      () => set,
      () => now,
    )
    const before = inForce()
    const guard = viewOf(before, claims({ roles: ['guard'] }))
    expect(viewOf(before, claims({ roles: ['clerk'] })).admits(open)).to.equal(false)
    expect(inForce()).to.equal(before)
    now = when('2026-11-26T07:00')
    expect(viewOf(inForce(), claims({ roles: ['clerk'] })).admits(open)).to.equal(true)
    expect(viewOf(inForce(), claims({ roles: ['guard'] })).id).to.equal(guard.id)
    now = when('2026-11-26T17:00')
    expect(viewOf(inForce(), claims({ roles: ['clerk'] })).admits(open)).to.equal(false)
  })

  for (const [what, time] of [
    ['no date', `{ from: tomorrow }`],
    ['a time without zone', `{ from: '2026-11-26T10:00' }`],
    ['an end before the beginning', `{ from: 2026-11-26, until: 2026-11-20 }`],
    ['no hours', `{ hours: '07:00-07:00' }`],
    ['hours that no day has', `{ hours: '07:00-25:00' }`],
  ] as const) {
    it(`are refused with ${what}`, () => {
      const text = `rules:\n  - { id: a, effect: permit, subject: { any: true }, action: read, time: ${time} }\n`
      expect(() => load(text)).to.throw(Problem, /[Tt]ime|[Hh]ours/)
    })
  }
})
