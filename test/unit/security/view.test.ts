import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import type { Entity, Instance } from '../../../broker/core/model/entity.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { createMaskKit } from '../../../security/masking/mask-kit.ts'
import { ANONYMOUS, type Claims } from '../../../security/policy/claims.ts'
import { compileRights } from '../../../security/policy/compile-rights.ts'
import { compileView } from '../../../security/policy/compile-view.ts'
import { loadPolicies } from '../../../security/policy/load-policies.ts'
import { narrowRows } from '../../../security/policy/narrow-rows.ts'
import type { PolicySet } from '../../../security/policy/rule.ts'
import { entity, property } from './support/entities.ts'
import { iri, vocabulary } from './support/vocabulary.ts'

const kit = createMaskKit(createMaskKeys({ secret: Buffer.alloc(32, 1), city: 'song-cong' }))

const claims = (more: Partial<Claims> = {}): Claims => ({
  subject: 's',
  issuer: 'https://issuer.example.org',
  roles: [],
  anonymous: false,
  ...more,
})

const policies = (rules: string, city?: string): PolicySet =>
  loadPolicies(
    [{ name: 'test.yaml', text: `rules:\n${rules}` }],
    vocabulary,
    city === undefined ? {} : { city },
  )

let rules = 0
const rule = (effect: string, resource = '', more = 'subject: { any: true }\n    action: read') =>
  `  - id: r${++rules}\n    effect: ${effect}\n    ${more}\n${resource === '' ? '' : `    resource: ${resource}\n`}`

const viewOf = (set: PolicySet, of = claims(), tenant = DEFAULT_TENANT): View =>
  compileView(set, of, tenant, kit)

/** What a view makes of one attribute of an entity: absent, as it is, or masked. */
function seen(view: View, of: Entity, name: string): Instance | undefined {
  const [instance] = of.attributes[iri(name)] ?? []
  const treatment = view.treatment(of.types, iri(name))
  if (!instance || treatment === 'absent') return undefined
  return treatment === 'clear' ? instance : treatment(instance, iri(name), of)
}

const report = entity({
  scopes: ['/song-cong/ward-1'],
  attributes: {
    reporterName: property('Nguyễn Văn An'),
    reporterPhone: property('0900000000'),
    reporterEmail: property('an@example.com'),
    status: property('received'),
    description: property('Anh Nam, 0900000000, báo đèn hỏng'),
    note: property('gọi 0900000000'),
    location: property({ type: 'Point', coordinates: [105.84823, 21.59417] }, { kind: 'GeoProperty' }),
  },
})

describe('security/policy: compileView', () => {
  it('shows nothing without a rule', () => {
    const view = viewOf(policies('    []'.replace('    ', '  ')))
    expect(view.admits(report)).to.equal(false)
    expect([...(view.types ?? ['all'])]).to.deep.equal([])
    expect(view.unrestricted).to.equal(false)
  })

  it('shows what is of class none or unclassified, and scans the latter; personal data stays absent', () => {
    const view = viewOf(policies(rule('permit')))
    expect(view.admits(report)).to.equal(true)
    expect(seen(view, report, 'status')?.value).to.equal('received')
    expect(seen(view, report, 'note')?.value).to.equal('gọi 0900000000')
    expect(view.scans?.(iri('note'), report.types)).to.equal(true)
    expect(view.scans?.(iri('status'), report.types)).to.equal(false)
    expect(view.scan?.('gọi 0900000000')).to.equal('gọi […]')
    for (const name of ['reporterName', 'reporterPhone', 'location', 'accessToken']) {
      expect(view.treatment(report.types, iri(name)), name).to.equal('absent')
    }
  })

  const ROWS: readonly (readonly [string, string, Entity, boolean])[] = [
    ['a type that is named', rule('permit', '{ type: Device }'), entity({ types: ['Device'] }), true],
    ['another type', rule('permit', '{ type: Device }'), report, false],
    ['one type of several', rule('permit', '{ type: Device }'), entity({ types: ['X', 'Device'] }), true],
    [
      'an id that matches as a whole',
      rule('permit', '{ idPattern: "urn:ngsi-ld:ServiceRequest:.*" }'),
      report,
      true,
    ],
    ['an id that matches in part', rule('permit', '{ idPattern: "ServiceRequest" }'), report, false],
    ['a scope below', rule('permit', '{ scope: /song-cong/# }'), report, true],
    ['a scope with one level open', rule('permit', '{ scope: /+/ward-1 }'), report, true],
    ['a scope beside', rule('permit', '{ scope: /pho-yen/# }'), report, false],
    ['a scope that only starts alike', rule('permit', '{ scope: /song/# }'), report, false],
    ['no scope where one is asked for', rule('permit', '{ scope: /# }'), entity(), false],
    ['what is denied too', rule('permit') + rule('deny', '{ type: ServiceRequest }'), report, false],
    ['what is denied by id', rule('permit') + rule('deny', '{ idPattern: ".*:1" }'), report, false],
    [
      'one type of two that is denied',
      rule('permit') + rule('deny', '{ type: Device }'),
      entity({ types: ['X', 'Device'] }),
      false,
    ],
    [
      'what is denied to others',
      rule('permit') + rule('deny', '', 'subject: { role: other }\n    action: read'),
      report,
      true,
    ],
    [
      'what may only be written',
      rule('permit', '', 'subject: { any: true }\n    action: create'),
      report,
      false,
    ],
  ]
  for (const [what, text, of, admitted] of ROWS) {
    it(`${admitted ? 'admits' : 'does not admit'} ${what}`, () => {
      expect(viewOf(policies(text)).admits(of)).to.equal(admitted)
    })
  }

  it('narrows types only when every permit does', () => {
    const narrow = policies(rule('permit', '{ type: Device }') + rule('permit', '{ type: ServiceRequest }'))
    expect(viewOf(narrow).types).to.deep.equal(new Set([iri('Device'), iri('ServiceRequest')]))
    expect(viewOf(policies(rule('permit', '{ type: Device }') + rule('permit'))).types).to.equal(undefined)
  })

  const COLUMNS: readonly (readonly [string, string, string, unknown])[] = [
    ['a permit of the class', rule('permit', '{ class: basic }'), 'reporterPhone', '0900000000'],
    ['a permit of another class', rule('permit', '{ class: sensitive }'), 'reporterPhone', undefined],
    ['a mask', rule('mask\n    method: partial', '{ class: basic }'), 'reporterPhone', '09*****000'],
    [
      'a permit over a mask',
      rule('mask\n    method: partial', '{ class: basic }') + rule('permit', '{ class: basic }'),
      'reporterPhone',
      '0900000000',
    ],
    [
      'a named attribute over its class',
      rule('permit', '{ class: basic }') + rule('mask\n    method: partial', '{ attribute: reporterPhone }'),
      'reporterPhone',
      '09*****000',
    ],
    [
      'the more telling of two masks',
      rule('mask\n    method: redact', '{ class: basic }') +
        rule('mask\n    method: partial', '{ class: basic }'),
      'reporterPhone',
      '09*****000',
    ],
    [
      'a deny over a permit by name',
      rule('permit', '{ attribute: reporterPhone }') + rule('deny', '{ class: basic }'),
      'reporterPhone',
      undefined,
    ],
    ['a deny of a harmless attribute', rule('deny', '{ attribute: status }'), 'status', undefined],
    ['a rule for another type', rule('permit', '{ type: Device, class: basic }'), 'reporterPhone', undefined],
    [
      'a rule for its own scope',
      rule('permit', '{ scope: /song-cong/#, class: basic }'),
      'reporterPhone',
      '0900000000',
    ],
    [
      'a rule for another scope',
      rule('permit', '{ scope: /pho-yen/#, class: basic }'),
      'reporterPhone',
      undefined,
    ],
    [
      'a deny in its own scope',
      rule('permit', '{ class: basic }') + rule('deny', '{ scope: /song-cong/#, class: basic }'),
      'reporterPhone',
      undefined,
    ],
    [
      'a sensitive place, coarsened',
      rule('mask\n    method: coarsen', '{ type: ServiceRequest, attribute: location }'),
      'location',
      { type: 'Point', coordinates: [105.848, 21.594] },
    ],
    [
      'a class for attributes that nobody classified',
      rule('deny', '{ class: unclassified }'),
      'note',
      undefined,
    ],
  ]
  for (const [what, text, name, value] of COLUMNS) {
    it(`treats ${name} by ${what}`, () => {
      expect(seen(viewOf(policies(rule('permit') + text)), report, name)?.value).to.deep.equal(value)
    })
  }

  it('treats a place by the type that it is the place of', () => {
    const view = viewOf(policies(rule('permit')))
    expect(view.treatment([iri('Device')], iri('location'))).to.equal('clear')
    expect(view.treatment([iri('Device'), iri('ServiceRequest')], iri('location'))).to.equal('absent')
  })

  it('calls an attribute clear everywhere only when it is on every type', () => {
    const view = viewOf(policies(rule('permit')))
    expect(view.clearEverywhere(iri('status'))).to.equal(true)
    expect(view.clearEverywhere(iri('location'))).to.equal(false)
    expect(view.clearEverywhere(iri('reporterPhone'))).to.equal(false)
    expect(view.clearEverywhere(iri('note')), 'scanned').to.equal(false)
    const scoped = viewOf(policies(rule('permit') + rule('deny', '{ scope: /x, attribute: status }')))
    expect(scoped.clearEverywhere(iri('status')), 'masked in places').to.equal(false)
  })

  it('is unrestricted only when nothing is left out', () => {
    const all = '{ class: [none, basic, sensitive, unclassified] }'
    const set = (text: string) => viewOf(policies(rule('permit') + text))
    expect(set(rule('permit', all)).unrestricted).to.equal(true)
    expect(set(rule('permit', all)).scan).to.equal(undefined)
    expect(set(rule('permit', '{ class: [none, basic, sensitive] }')).unrestricted).to.equal(false)
    expect(set(rule('permit', all) + rule('deny', '{ type: Device }')).unrestricted).to.equal(false)
    expect(
      set(rule('permit', '{ class: [none, basic, sensitive, unclassified], type: Device }')).unrestricted,
    ).to.equal(false)
    expect(
      set(rule('permit', all) + rule('mask\n    method: redact', '{ attribute: status }')).unrestricted,
    ).to.equal(false)
  })

  it('gives callers with the same rules one id, and another id for other rules, purpose or generation', () => {
    const set = policies(rule('permit', '', 'subject: { role: a }\n    action: read') + rule('permit'))
    const id = (of: Partial<Claims>, from = set) => viewOf(from, claims(of)).id
    expect(id({ subject: '1' })).to.equal(id({ subject: '2', organisation: 'x' }))
    expect(id({ roles: ['a'] })).not.to.equal(id({}))
    expect(id({ purpose: 'p' })).not.to.equal(id({}))
    expect(id({}, policies(rule('permit')))).not.to.equal(id({}))
  })

  it('holds a rule to its tenant', () => {
    const set = policies(rule('permit', '{ tenant: one }'))
    expect(viewOf(set, claims(), parseTenant('one')).admits(report)).to.equal(true)
    expect(viewOf(set, claims(), parseTenant('two')).admits(report)).to.equal(false)
    expect(viewOf(set).admits(report)).to.equal(false)
  })

  const SUBJECTS: readonly (readonly [string, Partial<Claims>, boolean])[] = [
    ['{ role: [a, b] }', { roles: ['x', 'b'] }, true],
    ['{ role: a }', { roles: ['x'] }, false],
    ['{ role: a, organisation: o }', { roles: ['a'] }, false],
    ['{ role: a, organisation: o }', { roles: ['a'], organisation: 'o' }, true],
    ['[{ role: a }, { client: c }]', { client: 'c' }, true],
    ['{ purpose: p }', { purpose: 'p' }, true],
    ['{ purpose: p }', {}, false],
    ['{ city: hub.city }', { city: 'song-cong' }, true],
    ['{ city: hub.city }', { city: 'pho-yen' }, false],
    ['{ city: hub.city }', {}, false],
    ['{ city: hub.city }', { city: 'hub.city' }, false],
    ['{ anonymous: true }', {}, false],
    ['{ anonymous: true }', { anonymous: true }, true],
    ['{ anonymous: false }', { anonymous: true }, false],
  ]
  for (const [subject, of, yes] of SUBJECTS) {
    it(`${yes ? 'takes' : 'does not take'} ${JSON.stringify(of)} as ${subject}`, () => {
      const set = policies(rule('permit', '', `subject: ${subject}\n    action: read`), 'song-cong')
      expect(viewOf(set, claims(of)).admits(report)).to.equal(yes)
    })
  }

  it('takes nobody as of the city of a hub without a city', () => {
    const set = policies(rule('permit', '', 'subject: { city: hub.city }\n    action: read'))
    expect(viewOf(set, claims({ city: 'song-cong' })).admits(report)).to.equal(false)
  })

  it('narrows a view by the rows of another one', () => {
    const wide = viewOf(policies(rule('permit') + rule('permit', '{ class: basic }')))
    const narrow = viewOf(policies(rule('permit', '{ type: Device }')))
    const both = narrowRows(wide, narrow)
    expect(both.admits(report)).to.equal(false)
    expect(both.admits(entity({ types: ['Device'] }))).to.equal(true)
    expect(both.types).to.deep.equal(new Set([iri('Device')]))
    expect(both.id).not.to.equal(wide.id)
    expect(both.treatment(report.types, iri('reporterPhone'))).to.equal('clear')
  })
})

type Check = Parameters<Caller['check']>

function refusal(set: PolicySet, of: Claims, action: Check[0], target: Check[2]): string {
  try {
    compileRights(set, of, DEFAULT_TENANT)(action, target)
    return 'permitted'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

describe('security/policy: compileRights', () => {
  const write = (resource: string, action = '[create, update, delete]') =>
    rule('permit', resource, `subject: { any: true }\n    action: ${action}`)
  const types = (...names: readonly string[]) => ({ resource: 'entity', types: names.map(iri) }) as const

  const CASES: readonly (readonly [string, string, Check[0], Check[2], string])[] = [
    ['anything without a rule', '  []', 'read', { resource: 'entity' }, 'Forbidden'],
    ['a type that may be read', rule('permit', '{ type: Device }'), 'read', types('Device'), 'permitted'],
    ['another type', rule('permit', '{ type: Device }'), 'read', types('ServiceRequest'), 'Forbidden'],
    [
      'one readable type of two',
      rule('permit', '{ type: Device }'),
      'read',
      types('ServiceRequest', 'Device'),
      'permitted',
    ],
    [
      'an id whose type is not known yet',
      rule('permit', '{ type: Device }'),
      'read',
      { resource: 'entity', id: 'urn:x:1' },
      'permitted',
    ],
    [
      'an id outside the space',
      rule('permit', '{ idPattern: "urn:y:.*" }'),
      'read',
      { resource: 'entity', id: 'urn:x:1' },
      'Forbidden',
    ],
    [
      'a denied type',
      rule('permit') + rule('deny', '{ type: Device }'),
      'read',
      types('Device'),
      'Forbidden',
    ],
    [
      'a type beside a denied one',
      rule('permit') + rule('deny', '{ type: Device }'),
      'read',
      types('ServiceRequest'),
      'permitted',
    ],
    ['a write with a right to read', rule('permit'), 'create', types('Device'), 'Forbidden'],
    ['a write of its type', write('{ type: Device }'), 'create', types('Device'), 'permitted'],
    [
      'a write of a second type',
      write('{ type: Device }'),
      'create',
      types('Device', 'ServiceRequest'),
      'Forbidden',
    ],
    [
      'a write of types that two rules permit',
      write('{ type: Device }') + write('{ type: ServiceRequest }'),
      'create',
      types('Device', 'ServiceRequest'),
      'permitted',
    ],
    [
      'a write outside its scope',
      write('{ scope: /a/# }'),
      'create',
      { resource: 'entity', scopes: ['/b'] },
      'Forbidden',
    ],
    [
      'a write of one attribute',
      write('{ attribute: status }', 'update'),
      'update',
      { resource: 'entity', attributes: [iri('status')] },
      'permitted',
    ],
    [
      'a write of another attribute',
      write('{ attribute: status }', 'update'),
      'update',
      { resource: 'entity', attributes: [iri('status'), iri('note')] },
      'Forbidden',
    ],
    [
      'a write of the whole with a right to one attribute',
      write('{ attribute: status }', 'update'),
      'update',
      { resource: 'entity', attributes: [] },
      'Forbidden',
    ],
    [
      'a creation with a right to one attribute',
      write('{ attribute: status }', '[create, update]'),
      'create',
      { resource: 'entity', attributes: [iri('status')] },
      'Forbidden',
    ],
    [
      'a write of a denied attribute',
      write('{ type: Device }') +
        rule('deny', '{ attribute: status }', 'subject: { any: true }\n    action: update'),
      'update',
      { ...types('Device'), attributes: [iri('status')] },
      'Forbidden',
    ],
    [
      'a write of a denied class',
      write('{ type: ServiceRequest }') +
        rule('deny', '{ class: basic }', 'subject: { any: true }\n    action: update'),
      'update',
      { ...types('ServiceRequest'), attributes: [iri('reporterPhone')] },
      'Forbidden',
    ],
    [
      'a kind that is named',
      rule('permit', '{ kind: subscription }'),
      'read',
      { resource: 'subscription' },
      'permitted',
    ],
    ['a kind that is not', rule('permit'), 'read', { resource: 'subscription' }, 'Forbidden'],
    [
      'a kind that is denied',
      rule('permit', '{ kind: [feed, policy] }') + rule('deny', '{ kind: policy }'),
      'read',
      { resource: 'policy' },
      'Forbidden',
    ],
  ]
  for (const [what, text, action, target, outcome] of CASES) {
    it(`${outcome === 'permitted' ? 'permits' : 'refuses'} ${what}`, () => {
      expect(refusal(policies(text), claims(), action, target)).to.equal(outcome)
    })
  }

  it('asks a caller without token for one', () => {
    try {
      const rights = compileRights(policies('  []'), ANONYMOUS, DEFAULT_TENANT)
      rights('read', { resource: 'entity', id: 'urn:x:secret' })
      expect.fail('was permitted')
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      expect(error.code).to.equal('Unauthorized')
      expect(error.message).not.to.contain('secret')
    }
  })
})

describe('config/policies/demo.yaml', () => {
  const text = readFileSync(`${packageRoot}/config/policies/demo.yaml`, 'utf8')
  // the ontology of the test knows fewer types
  const named = [...text.matchAll(/\b[A-Z]\w+/g)].map(([name]) => iri(name))
  const known = { ...vocabulary, types: new Set([...vocabulary.types, ...named]) }
  const set = loadPolicies([{ name: 'demo.yaml', text }], known, { city: 'song-cong' })
  const of = (role: string, more: Partial<Claims> = {}) => viewOf(set, claims({ roles: [role], ...more }))
  const values = (view: View) =>
    ['reporterName', 'reporterPhone', 'reporterEmail', 'status', 'description', 'location'].map(
      (name) => seen(view, report, name)?.value,
    )
  const coarse = { type: 'Point', coordinates: [105.848, 21.594] }

  it('shows a report in clear to the data-protection officer', () => {
    const view = of('dpo')
    expect(view.unrestricted).to.equal(true)
    expect(seen(view, report, 'reporterPhone')?.value).to.equal('0900000000')
  })

  it('shows it in part to the operator of the city', () => {
    expect(values(of('operator', { city: 'song-cong' }))).to.deep.equal([
      'N.V.A.',
      '09*****000',
      'a***@example.com',
      'received',
      'Anh […], […], báo đèn hỏng',
      coarse,
    ])
  })

  it('shows pseudonyms to the analyst', () => {
    const [name, phone, email, status, description, location] = values(of('analyst', { purpose: 'planning' }))
    for (const each of [name, phone, email]) expect(each).to.match(/^pseudonym:[0-9a-f]{24}$/)
    expect(status).to.equal('received')
    expect(description).to.equal('Anh […], […], báo đèn hỏng')
    expect(location).to.deep.equal(coarse)
  })

  for (const [who, view] of [
    ['a public application', of('public')],
    ['an operator of another city', of('operator', { city: 'pho-yen' })],
  ] as const) {
    it(`shows nothing of the person to ${who}`, () => {
      expect(values(view)).to.deep.equal([undefined, undefined, undefined, 'received', undefined, undefined])
    })
  }

  it('shows nothing to a caller without token and without role', () => {
    expect(viewOf(set, ANONYMOUS).admits(report)).to.equal(false)
    expect(viewOf(set).admits(report)).to.equal(false)
    expect(refusal(set, ANONYMOUS, 'read', { resource: 'entity' })).to.equal('Unauthorized')
  })

  it('lets feeds write what agencies send, and not what the hub derives, and nobody else', () => {
    const feed = claims({ roles: ['feed'] })
    expect(refusal(set, feed, 'create', { resource: 'entity', types: [iri('ServiceRequest')] })).to.equal(
      'permitted',
    )
    expect(refusal(set, feed, 'create', { resource: 'entity', types: [iri('Person')] })).to.equal('Forbidden')
    const derived = { resource: 'entity', types: [iri('AirQualityIndicator')] } as const
    expect(refusal(set, feed, 'create', derived)).to.equal('Forbidden')
    expect(refusal(set, feed, 'update', derived)).to.equal('Forbidden')
    expect(refusal(set, feed, 'delete', { resource: 'entity', types: [iri('Device')] })).to.equal('Forbidden')
    expect(refusal(set, claims({ roles: ['public'] }), 'create', { resource: 'entity' })).to.equal(
      'Forbidden',
    )
    expect(
      refusal(set, claims({ roles: ['operator'], city: 'pho-yen' }), 'update', { resource: 'entity' }),
    ).to.equal('Forbidden')
  })

  it('shows a hub in its own name no reports', () => {
    expect(of('hub').admits(report)).to.equal(false)
    expect(refusal(set, claims({ roles: ['hub'] }), 'create', { resource: 'registration' })).to.equal(
      'permitted',
    )
  })
})

describe('View: what it shows of persons, for the record', () => {
  const REPORT = [iri('ServiceRequest')]
  const shown = (view: View, name: string) => view.personal?.(REPORT, iri(name))

  it('is nothing at all where rules speak of open data alone', () => {
    expect(viewOf(policies(rule('permit'))).personal).to.equal(undefined)
    const open = viewOf(
      policies(rule('permit') + rule('permit', '{ class: none }') + rule('deny', '{ class: basic }')),
    )
    expect(open.personal).to.equal(undefined)
  })

  it('is in clear what a rule permits, masked what one masks, and nothing of what is absent', () => {
    const masked = rule(
      'mask',
      '{ class: sensitive }',
      'method: coarsen\n    decimals: 3\n    subject: { any: true }\n    action: read',
    )
    const view = viewOf(policies(rule('permit') + rule('permit', '{ attribute: reporterPhone }') + masked))
    expect(shown(view, 'reporterPhone')).to.deep.equal({ class: 'basic', clear: true })
    expect(shown(view, 'location')).to.deep.equal({ class: 'sensitive', clear: false })
    for (const name of ['reporterName', 'status', 'note']) expect(shown(view, name), name).to.equal(undefined)
  })

  it('is in clear what it may be, where that depends on the entity', () => {
    const view = viewOf(policies(rule('permit') + rule('permit', '{ class: basic, idPattern: "urn:x:.*" }')))
    expect(shown(view, 'reporterPhone')).to.deep.equal({ class: 'basic', clear: true })
  })

  it('is what nobody classified, where nobody looks into it', () => {
    const view = viewOf(policies(rule('permit') + rule('permit', '{ class: [basic, unclassified] }')))
    expect(shown(view, 'note')).to.deep.equal({ class: 'unclassified', clear: true })
  })
})
