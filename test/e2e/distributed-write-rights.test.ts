import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { hashOfTest } from '../support/hash-of-test.ts'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'
import { startWriteSource, type WriteSource } from '../support/write-source.ts'
import { clientToken } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const POLICIES = `
description: Who may write what, here and elsewhere
rules:
  - { id: all, effect: permit, subject: { role: all }, action: [read, create, update, delete] }
  - { id: all.clear, effect: permit, subject: { role: all }, action: read, resource: { class: [none, basic, sensitive, children, unclassified] } }
  - { id: all.registers, effect: permit, subject: { role: all }, action: [read, create, update, delete], resource: { kind: registration } }
  - { id: weather, effect: permit, subject: { role: weather }, action: [read, create, update, delete], resource: { type: WeatherObserved } }
  - { id: reports, effect: permit, subject: { role: reports }, action: [read, create, update, delete] }
  - { id: column.reads, effect: permit, subject: { role: column }, action: read }
  - { id: column, effect: permit, subject: { role: column }, action: update, resource: { attribute: temperature } }
`
const ROLES = ['all', 'weather', 'reports', 'column'] as const
type Role = (typeof ROLES)[number]

describe('e2e: distributed writes and who may have them done', () => {
  let hub: TestHub
  let city: WriteSource
  let number = 0
  let id = ''
  const tokens = new Map<Role, string>()
  const directory = mkdtempSync(join(tmpdir(), 'hub-rights-'))
  before(async () => {
    const policies = join(directory, 'policies.yaml')
    writeFileSync(policies, POLICIES)
    city = await startWriteSource()
    const secret = hashOfTest('secret-of-a-client')
    hub = await startTestHub({
      name: 'province',
      'auth.mode': 'required',
      'auth.policies': [policies],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.clients': ROLES.map((role) => ({ id: `client-${role}`, secret, roles: [role] })),
      'egress.allow': [city.endpoint],
    })
    for (const role of ROLES)
      tokens.set(role, await clientToken(hub, { id: `client-${role}`, secret: 'secret-of-a-client' }))
  })
  after(async () => {
    await Promise.all([hub.stop(), city.stop()])
    rmSync(directory, { recursive: true, force: true })
  })
  beforeEach(() => {
    id = `urn:ngsi-ld:E:${++number}`
    city.lines()
  })

  /** Registers the source as an equal of this hub for the entity of this test. */
  async function register(information: object, operations = ['redirectionOps']): Promise<void> {
    const body = {
      id: `urn:r:${number}`,
      type: 'ContextSourceRegistration',
      endpoint: city.endpoint,
      operations,
      information: [information],
    }
    const { status, text } = await as('all', 'POST', '/ngsi-ld/v1/csourceRegistrations', body)
    expect(status, text).to.equal(201)
  }

  const as = (role: Role | undefined, method: TestRequest['method'] & string, path: string, body?: unknown) =>
    hub.send(path, {
      method,
      headers: role === undefined ? {} : { Authorization: `Bearer ${tokens.get(role)}` },
      ...(body !== undefined && { body }),
    })
  const on = (rest = '') => `${ENTITIES}/${id}${rest}`
  const typed = (type: string) => ({ entities: [{ type, idPattern: `${id}$` }] })
  const keep = async (type: string, members: object): Promise<void> => {
    const { status, text } = await as('all', 'POST', `${ENTITIES}?local=true`, { id, type, ...members })
    expect(status, text).to.equal(201)
  }
  const temperature = { temperature: { type: 'Property', value: 20 } }

  it('a stranger is refused, and nobody is asked', async () => {
    await register(typed('WeatherObserved'))
    expect((await as(undefined, 'PATCH', on('/attrs'), temperature)).status).to.equal(401)
    expect((await as(undefined, 'DELETE', on())).status).to.equal(401)
    expect(city.lines()).to.deep.equal([])
  })

  it('a right on a type reaches what is registered as of that type, and the source is kept to it', async () => {
    await register(typed('WeatherObserved'))
    expect((await as('weather', 'PATCH', on('/attrs'), temperature)).status).to.equal(207)
    expect(city.lines()).to.deep.equal([`PATCH /entities/${id}/attrs/?type=WeatherObserved`])
  })

  it('a right on a type does not reach what is registered as of another', async () => {
    await register(typed('ServiceRequest'))
    expect((await as('weather', 'PATCH', on('/attrs'), temperature)).status).to.equal(403)
    expect((await as('weather', 'DELETE', on())).status).to.equal(403)
    const content = { id, type: 'ServiceRequest', ...temperature }
    expect((await as('weather', 'POST', ENTITIES, content)).status).to.equal(403)
    expect(city.lines()).to.deep.equal([])
  })

  it('a right on a type reaches what may be of any type only when the request names that type', async () => {
    await register({ propertyNames: ['temperature'] })
    expect((await as('weather', 'PATCH', on('/attrs'), temperature)).status).to.equal(403)
    expect(city.lines()).to.deep.equal([])
    await as('weather', 'PATCH', on('/attrs?type=WeatherObserved'), temperature)
    expect(city.lines()).to.deep.equal([`PATCH /entities/${id}/attrs/?type=WeatherObserved`])
    await as('weather', 'PATCH', on('/attrs?type=ServiceRequest'), temperature)
    expect(city.lines()).to.deep.equal([])
    await as('all', 'PATCH', on('/attrs'), temperature)
    expect(city.lines()).to.deep.equal([`PATCH /entities/${id}/attrs/`])
    await as('all', 'DELETE', `/ngsi-ld/v1/csourceRegistrations/urn:r:${number}`)
  })

  it('what this hub hides it does not overwrite elsewhere', async () => {
    await register(typed('ServiceRequest'))
    const phone = { reporterPhone: { type: 'Property', value: '0900000000' } }
    expect((await as('reports', 'PATCH', on('/attrs'), phone)).status).to.equal(403)
    await keep('ServiceRequest', { ...phone, status: { type: 'Property', value: 'received' } })
    expect((await as('reports', 'PATCH', on('/attrs'), phone)).status).to.equal(403)
    expect((await as('reports', 'DELETE', on('/attrs/reporterPhone'))).status).to.equal(403)
    expect(city.lines()).to.deep.equal([])
    const status = { status: { type: 'Property', value: 'done' } }
    expect((await as('reports', 'PATCH', on('/attrs'), status)).status).to.equal(204)
    expect(city.lines()).to.deep.equal([`PATCH /entities/${id}/attrs/`])
  })

  it('who does not see everything does not take away elsewhere what it cannot know of', async () => {
    await register(typed('WeatherObserved'))
    await keep('WeatherObserved', temperature)
    const answer = await as('weather', 'DELETE', on())
    expect(answer.status).to.equal(207)
    expect(answer.body.errors.map(({ error }: { error: { status: number } }) => error.status)).to.deep.equal([
      403,
    ])
    expect(city.lines()).to.deep.equal([])
    expect((await as('all', 'DELETE', on())).status).to.equal(207)
    expect(city.lines()).to.deep.equal([`DELETE /entities/${id}?type=WeatherObserved`])
  })

  it('a right on an attribute is one on that attribute', async () => {
    await register(typed('WeatherObserved'))
    await keep('WeatherObserved', temperature)
    expect((await as('column', 'PATCH', on('/attrs'), temperature)).status).to.equal(204)
    expect(city.lines()).to.deep.equal([`PATCH /entities/${id}/attrs/`])
    for (const [method, path, body] of [
      ['PATCH', '/attrs', { ...temperature, windSpeed: { type: 'Property', value: 1 } }],
      ['PATCH', '', { scope: '/a' }],
      ['DELETE', '', undefined],
    ] as const) {
      expect((await as('column', method, on(path), body)).status, `${method} ${path}`).to.equal(403)
    }
    const replaced = await as('column', 'PUT', on(), { type: 'WeatherObserved', ...temperature })
    expect(replaced.status).to.equal(207)
    expect(replaced.body.errors[0].error.status).to.equal(403)
    expect(city.lines()).to.deep.equal([])
  })

  it('a purge goes elsewhere only for whom everything is clear to, or where all that goes is', async () => {
    await register(typed('ServiceRequest'))
    const purge = (role: Role, search: string) =>
      as(role, 'DELETE', `${ENTITIES}?type=ServiceRequest&id=${id}${search}`)
    for (const search of ['', '&drop=reporterPhone', '&drop=status&q=reporterPhone=="1"']) {
      const answer = await purge('reports', search)
      expect([answer.status, answer.body.errors[0].error.status], search).to.deep.equal([207, 403])
    }
    expect((await purge('weather', '')).status).to.equal(207)
    expect(city.lines()).to.deep.equal([])
    expect((await purge('reports', '&drop=status')).status).to.equal(204)
    expect((await purge('all', '')).status).to.equal(204)
    expect(city.lines()).to.deep.equal([
      `DELETE /entities?type=ServiceRequest&id=${id}&drop=status`,
      `DELETE /entities?type=ServiceRequest&id=${id}`,
    ])
  })

  it('what the caller does not see here does not exist, elsewhere neither', async () => {
    await register(typed('ServiceRequest'))
    await keep('ServiceRequest', { status: { type: 'Property', value: 'received' } })
    for (const search of ['', '?type=ServiceRequest'])
      expect((await as('weather', 'PATCH', on(`/attrs${search}`), temperature)).status).to.be.oneOf([
        403, 404,
      ])
    expect(city.lines()).to.deep.equal([])
  })

  describe('5.6.9 of a batch', () => {
    const batch = (role: Role, path: string, body: unknown) =>
      as(role, 'POST', `/ngsi-ld/v1/entityOperations/${path}`, body)
    const BATCHES = ['updateBatch', 'mergeBatch', 'upsertBatch', 'deleteBatch']
    const refusals = ({ body }: { readonly body: { errors: { error: { status: number } }[] } }) =>
      body.errors.map(({ error }) => error.status)

    it('goes whole to its source by who may change it whatever its types are', async () => {
      await register(typed('WeatherObserved'), BATCHES)
      await batch('all', 'update', [{ id, ...temperature }])
      await batch('all', 'delete', [id])
      expect(city.lines()).to.deep.equal(['POST /entityOperations/update', 'POST /entityOperations/delete'])
    })

    it('goes one by one, kept to the types, by who may change those alone', async () => {
      await register(typed('WeatherObserved'), [...BATCHES, 'redirectionOps'])
      await batch('weather', 'update', [{ id, ...temperature }])
      await batch('weather', 'merge', [{ id, ...temperature }])
      // what nobody here knows may hold what it would not see
      expect(refusals(await batch('weather', 'delete', [id]))).to.include(403)
      const of = '?type=WeatherObserved'
      expect(city.lines()).to.deep.equal([`PATCH /entities/${id}/attrs/${of}`, `PATCH /entities/${id}${of}`])
    })

    it('goes nowhere where only a batch could be sent to who keeps no types', async () => {
      await register(typed('WeatherObserved'), BATCHES)
      expect(refusals(await batch('weather', 'merge', [{ id, ...temperature }]))).to.include(403)
      expect(city.lines()).to.deep.equal([])
    })

    it('goes nowhere with what the caller may not write, or would not see in clear', async () => {
      await register(typed('ServiceRequest'), [...BATCHES, 'redirectionOps'])
      const phone = { reporterPhone: { type: 'Property', value: '0900000000' } }
      expect(refusals(await batch('weather', 'update', [{ id, ...temperature }]))).to.include(403)
      expect(refusals(await batch('weather', 'upsert', [{ id, type: 'ServiceRequest' }]))).to.deep.equal([
        403,
      ])
      expect(refusals(await batch('reports', 'merge', [{ id, ...phone }]))).to.include(403)
      expect(refusals(await batch('reports', 'delete', [id]))).to.include(403)
      expect(city.lines()).to.deep.equal([])
    })
  })
})
