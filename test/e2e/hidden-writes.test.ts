import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { hashPassword } from '../../security/identity/password.ts'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { property } from './leak-entities.ts'
import { clientToken } from './secured-hubs.ts'

const API = '/ngsi-ld/v1'
const ENTITIES = `${API}/entities`
const EVOLUTIONS = `${API}/temporal/entities`
const BATCH = `${API}/entityOperations`
const SECRET = 'secret-of-a-client'

/**
 * The clerk works on reports, but for those of the secret scope and of the secret id space, and sees no phone; the keeper
 * sees everything; the porter may create what it does not see.
 */
const POLICIES = `
description: What is hidden
rules:
  - { id: keeper, effect: permit, subject: { role: keeper }, action: [read, create, update, delete] }
  - { id: keeper.clear, effect: permit, subject: { role: keeper }, action: read, resource: { class: [none, basic, sensitive, unclassified] } }
  - { id: clerk, effect: permit, subject: { role: clerk }, action: [read, create, update, delete], resource: { type: [ServiceRequest, Device] } }
  - { id: clerk.secret-ids, effect: deny, subject: { role: clerk }, action: read, resource: { idPattern: '.*:secret-.*' } }
  - { id: clerk.secret-scope, effect: deny, subject: { role: clerk }, action: read, resource: { type: ServiceRequest, scope: /secret } }
  - { id: porter.creates, effect: permit, subject: { role: porter }, action: create }
  - { id: porter.reads, effect: permit, subject: { role: porter }, action: read, resource: { type: Device } }
`
const ROLES = ['keeper', 'clerk', 'porter'] as const
type Role = (typeof ROLES)[number]

const report = (name: string) => `urn:ngsi-ld:ServiceRequest:${name}`
const status = { status: property('open') }
const phone = { reporterPhone: property('0900000417') }
const observed = { ...property('open'), observedAt: '2026-01-01T00:00:00Z' }

type Attempt = readonly [what: string, request: (id: string) => readonly [string, TestRequest]]

const creations: readonly Attempt[] = [
  ['create', (id) => [ENTITIES, { method: 'POST', body: { id, type: 'ServiceRequest', ...status } }]],
  [
    'batch create',
    (id) => [`${BATCH}/create`, { method: 'POST', body: [{ id, type: 'ServiceRequest', ...status }] }],
  ],
  [
    'batch upsert',
    (id) => [`${BATCH}/upsert`, { method: 'POST', body: [{ id, type: 'ServiceRequest', ...status }] }],
  ],
  [
    'batch upsert of attributes',
    (id) => [
      `${BATCH}/upsert?options=update`,
      { method: 'POST', body: [{ id, type: 'ServiceRequest', ...status }] },
    ],
  ],
  [
    'history',
    (id) => [EVOLUTIONS, { method: 'POST', body: { id, type: 'ServiceRequest', status: [observed] } }],
  ],
  [
    'import of history',
    (id) => [
      '/hub/v1/history',
      {
        method: 'POST',
        body: `${JSON.stringify({ id, type: 'ServiceRequest', status: observed })}\n`,
        headers: { 'Content-Type': 'application/x-ndjson' },
      },
    ],
  ],
]

const onPhone: readonly Attempt[] = [
  ['append', (id) => [`${ENTITIES}/${id}/attrs`, { method: 'POST', body: phone }]],
  [
    'append what is not there',
    (id) => [`${ENTITIES}/${id}/attrs?options=noOverwrite`, { method: 'POST', body: phone }],
  ],
  ['update', (id) => [`${ENTITIES}/${id}/attrs`, { method: 'PATCH', body: phone }]],
  [
    'partial update',
    (id) => [`${ENTITIES}/${id}/attrs/reporterPhone`, { method: 'PATCH', body: { value: 1 } }],
  ],
  [
    'replace attribute',
    (id) => [`${ENTITIES}/${id}/attrs/reporterPhone`, { method: 'PUT', body: phone.reporterPhone }],
  ],
  ['delete attribute', (id) => [`${ENTITIES}/${id}/attrs/reporterPhone`, { method: 'DELETE' }]],
  ['set value', (id) => [`${ENTITIES}/${id}/attrs/reporterPhone/value`, { method: 'PUT', body: '"1"' }]],
  ['merge', (id) => [`${ENTITIES}/${id}`, { method: 'PATCH', body: phone }]],
  ['replace', (id) => [`${ENTITIES}/${id}`, { method: 'PUT', body: { type: 'ServiceRequest', ...status } }]],
  ['delete', (id) => [`${ENTITIES}/${id}`, { method: 'DELETE' }]],
  ['batch delete', (id) => [`${BATCH}/delete`, { method: 'POST', body: [id] }]],
  [
    'batch upsert',
    (id) => [`${BATCH}/upsert`, { method: 'POST', body: [{ id, type: 'ServiceRequest', ...status }] }],
  ],
  ['purge', (id) => [`${ENTITIES}?type=ServiceRequest&id=${id}`, { method: 'DELETE' }]],
  [
    'purge of the attribute',
    (id) => [`${ENTITIES}?type=ServiceRequest&id=${id}&drop=reporterPhone`, { method: 'DELETE' }],
  ],
  [
    'purge of the others',
    (id) => [`${ENTITIES}?type=ServiceRequest&id=${id}&keep=status`, { method: 'DELETE' }],
  ],
  [
    'add to history',
    (id) => [
      `${EVOLUTIONS}/${id}/attrs`,
      {
        method: 'POST',
        body: { reporterPhone: [{ ...phone.reporterPhone, observedAt: '2026-01-01T00:00:00Z' }] },
      },
    ],
  ],
  [
    'delete from history',
    (id) => [`${EVOLUTIONS}/${id}/attrs/reporterPhone?deleteAll=true`, { method: 'DELETE' }],
  ],
  ['delete history', (id) => [`${EVOLUTIONS}/${id}`, { method: 'DELETE' }]],
  ['erase history', (id) => [`/hub/v1/history?id=${id}&all=true`, { method: 'DELETE' }]],
  [
    'erase it from history',
    (id) => [`/hub/v1/history?id=${id}&attrs=reporterPhone&all=true`, { method: 'DELETE' }],
  ],
]

/** What an answer tells besides the name that was asked for. */
function told({ status: code, text }: TestAnswer, id: string): string {
  return JSON.stringify([
    code,
    text.replaceAll(/urn:urban-data-hub:request:[\w-]+/g, 'request').replaceAll(id, 'it'),
  ])
}

describe('e2e: writes and discovery tell nothing of what is hidden', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-hidden-'))
  const tokens = new Map<Role, string>()
  let hub: TestHub
  before(async () => {
    const file = join(folder, 'policies.yaml')
    writeFileSync(file, POLICIES)
    const secret = await hashPassword(SECRET)
    hub = await startTestHub({
      name: 'hidden',
      'auth.mode': 'required',
      'auth.policies': [file],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.clients': ROLES.map((role) => ({ id: role, secret, roles: [role] })),
    })
    for (const role of ROLES) tokens.set(role, await clientToken(hub, { id: role, secret: SECRET }))
  })
  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true })
  })

  const as = (role: Role, path: string, request: TestRequest = {}) =>
    hub.send(path, {
      ...request,
      headers: { Authorization: `Bearer ${tokens.get(role)}`, ...request.headers },
    })
  const keep = async (entity: object) => {
    const answer = await as('keeper', `${BATCH}/upsert`, { method: 'POST', body: [entity] })
    expect(answer.status, answer.text).to.be.within(200, 204)
  }
  const attempt = async (role: Role, [, request]: Attempt, id: string) => {
    const [path, sent] = request(id)
    return told(await as(role, path, sent), id)
  }

  for (const [space, there, nowhere] of [
    ['a secret id space', report('secret-1'), report('secret-2')],
    ['a secret scope', report('scoped-1'), report('scoped-2')],
    ['another type', 'urn:ngsi-ld:WeatherObserved:1', 'urn:ngsi-ld:WeatherObserved:2'],
    ['no type that its id names', 'urn:x:1', 'urn:x:2'],
  ] as const)
    it(`who may create does not learn of what is in ${space}`, async () => {
      const hidden = space.includes('scope')
        ? { type: 'ServiceRequest', scope: '/secret' }
        : { type: 'WeatherObserved' }
      await keep({ id: there, ...hidden, temperature: property(1) })
      for (const role of ['clerk', 'porter'] as const)
        for (const creation of creations) {
          const [one, other] = [await attempt(role, creation, there), await attempt(role, creation, nowhere)]
          expect(one, `${role} ${creation[0]}`).to.equal(other)
          expect(one, `${role} ${creation[0]}`).to.match(/403|\\"instances\\":0,/)
        }
      const kept = await as('keeper', `${ENTITIES}/${there}`)
      expect(kept.body.temperature.value).to.equal(1)
      expect((await as('keeper', `${ENTITIES}/${nowhere}`)).status).to.equal(404)
    })

  it('creates where it may see whatever there is', async () => {
    for (const [role, id, code] of [
      ['clerk', 'urn:ngsi-ld:Device:mine', 201],
      ['porter', 'urn:ngsi-ld:Device:porter', 201],
      ['porter', 'urn:ngsi-ld:Device:mine', 409],
      ['keeper', 'urn:x:mine', 201],
    ] as const) {
      const answer = await as(role, ENTITIES, { method: 'POST', body: { id, type: 'Device' } })
      expect(answer.status, answer.text).to.equal(code)
    }
  })

  it('who does not see an attribute does not learn by writes whether it is there', async () => {
    for (const each of onPhone) {
      const [full, bare] = [report('full'), report('bare')]
      const state = async () => [
        (await as('keeper', `${ENTITIES}/${full}`)).text,
        (await as('keeper', `${EVOLUTIONS}/${full}`)).text,
      ]
      await keep({ id: full, type: 'ServiceRequest', ...status, ...phone })
      await keep({ id: bare, type: 'ServiceRequest', ...status })
      const before = await state()
      const [one, other] = [await attempt('clerk', each, full), await attempt('clerk', each, bare)]
      expect(one, each[0]).to.equal(other)
      expect(await state(), each[0]).to.deep.equal(before)
    }
  })

  it('what it sees it writes', async () => {
    const id = report('worked')
    await keep({ id, type: 'ServiceRequest', ...status, ...phone })
    const patched = await as('clerk', `${ENTITIES}/${id}/attrs`, {
      method: 'PATCH',
      body: { status: property('done') },
    })
    expect(patched.status, patched.text).to.equal(204)
    const { body } = await as('keeper', `${ENTITIES}/${id}?format=simplified`)
    expect(body).to.include({ status: 'done', reporterPhone: '0900000417' })
  })

  it('names the attributes and types of what it sees, and no others', async () => {
    const names = async (role: Role) => {
      const answers = await Promise.all(
        ['types?details=true', 'types/ServiceRequest', 'attributes', 'attributes?details=true'].map((path) =>
          as(role, `${API}/${path}`),
        ),
      )
      return answers.map(({ text }) => text).join('\n')
    }
    await keep({ id: report('seen'), type: 'ServiceRequest', category: property('x') })
    await keep({
      id: report('scoped-3'),
      type: 'ServiceRequest',
      scope: '/secret',
      onlyHidden: property(1),
    })
    await keep({ id: 'urn:ngsi-ld:Device:secret-3', type: 'Device', onlyThere: property(1) })
    expect(await names('keeper'))
      .to.match(/onlyHidden/)
      .and.match(/onlyThere/)
      .and.match(/WeatherObserved/)
    expect(await names('clerk'))
      .to.match(/category/)
      .and.not.match(/onlyHidden|onlyThere|WeatherObserved|reporterPhone/)
    expect((await as('clerk', `${API}/attributes/onlyHidden`)).status).to.equal(404)
    expect((await as('keeper', `${API}/attributes/onlyHidden`)).status).to.equal(200)
  })
})
