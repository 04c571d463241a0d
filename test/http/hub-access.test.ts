import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { hashOfTest } from '../support/hash-of-test.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { temporaryFolder } from '../support/stores.ts'

const SECRET = 'secret of an inspector'
const POLICIES = `
rules:
  - { id: reads, effect: permit, subject: { role: inspector }, action: read, resource: { type: [ServiceRequest, OffStreetParking] } }
  - { id: phones, effect: mask, method: partial, subject: { role: inspector }, action: read, resource: { attribute: reporterPhone } }
  - { id: names, effect: permit, subject: { role: inspector }, action: read, resource: { attribute: reporterName, scope: /thai-nguyen } }
  - { id: works, effect: permit, subject: { role: inspector }, action: [create, update], resource: { type: ServiceRequest } }
  - { id: closed, effect: deny, subject: { role: inspector }, action: update, resource: { type: ServiceRequest, condition: 'status=="closed"' } }
  - { id: counts, effect: permit, subject: { role: inspector }, action: read, resource: { type: HealthIndicator }, obligations: { aggregateOnly: { least: 10 } } }
  - { id: subscribes, effect: permit, subject: { role: inspector }, action: [read, delete], resource: { kind: subscription, own: true } }
  - { id: units, effect: permit, subject: { any: true }, action: read, resource: { kind: unit } }
`

describe('/hub/v1/access', () => {
  const folder = temporaryFolder()
  let hub: TestHub
  let token: string

  before(async () => {
    const file = join(folder, 'policies.yaml')
    writeFileSync(file, POLICIES)
    hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [file],
      'context.default': 'ontology',
      'limits.requestsPerSecond': 500,
      'identity.enabled': true,
      'identity.clients': [
        {
          ...{ id: 'inspections', secret: hashOfTest(SECRET), roles: ['inspector'] },
          ...{ city: 'thai-nguyen', organisation: 'inspectorate', purpose: 'inspection' },
        },
      ],
    })
    const { body } = await hub.send('/oidc/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource: 'urn:urban-data-hub',
      }).toString(),
      headers: {
        authorization: `Basic ${Buffer.from(`inspections:${encodeURIComponent(SECRET)}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
    token = body.access_token
  })
  after(() => hub.stop())

  const ask = (query = ''): Promise<TestAnswer> =>
    hub.send(`/hub/v1/access${query}`, { headers: { authorization: `Bearer ${token}` } })

  it('tells a caller what its token says, and not what it is known by', async () => {
    const { status, body, headers } = await ask()
    expect(status).to.equal(200)
    expect(headers['cache-control']).to.equal('no-store')
    expect(body.accessControl).to.equal(true)
    expect(body.claims).to.include({
      anonymous: false,
      city: 'thai-nguyen',
      organisation: 'inspectorate',
      client: 'inspections',
      purpose: 'inspection',
      issuer: `${hub.url}/oidc`,
    })
    expect(body.claims.roles).to.deep.equal(['inspector'])
    expect(Date.parse(body.claims.expiresAt)).to.be.greaterThan(Date.now())
    expect(body.claims).to.not.have.any.keys('subject', 'tokenId', 'grant', 'session')
    expect(body.rates).to.deep.include({ kind: 'caller', requests: 20_000, seconds: 40 })
  })

  it('tells what may be done with each type and kind, and leaves out what may not', async () => {
    const { body } = await ask()
    expect(body.types).to.have.deep.members([
      { type: 'ServiceRequest', actions: { read: 'all', create: 'all', update: 'some' } },
      { type: 'OffStreetParking', actions: { read: 'all' } },
      { type: 'HealthIndicator', actions: { read: 'together' } },
    ])
    expect(body.kinds).to.deep.equal([
      { kind: 'subscription', actions: ['read', 'delete'], own: ['read', 'delete'] },
      { kind: 'unit', actions: ['read'], own: [] },
    ])
    expect(body.otherTypes).to.deep.equal({})
  })

  it('tells of a type how each attribute is shown, and never on what condition', async () => {
    const { body, text } = await ask('?type=ServiceRequest')
    expect(body.types).to.have.length(1)
    const shown = new Map<string, object>(
      body.types[0].attributes.map(({ attribute, ...told }: { attribute: string }) => [attribute, told]),
    )
    expect(shown.get('category')).to.deep.equal({ class: 'none', shown: 'clear' })
    expect(shown.get('reporterPhone')).to.deep.equal({
      ...{ class: 'basic', shown: 'masked', mask: { method: 'partial' } },
    })
    expect(shown.get('reporterName')).to.deep.equal({ class: 'basic', shown: 'clear', depends: true })
    expect(shown.get('reporterAddress') ?? shown.get('description')).to.include({ shown: 'absent' })
    expect(text).to.not.match(/closed|\/thai-nguyen|"phones"/)
  })

  it('tells who has no token what strangers may, and refuses a bad token and too many types', async () => {
    const { status, body } = await hub.send('/hub/v1/access?type=ServiceRequest')
    expect(status).to.equal(200)
    expect(body.claims).to.deep.equal({ anonymous: true, roles: [] })
    expect(body.types).to.deep.equal([{ type: 'ServiceRequest', actions: {}, attributes: [] }])
    expect(body.kinds).to.deep.equal([{ kind: 'unit', actions: ['read'], own: [] }])
    const bad = await hub.send('/hub/v1/access', { headers: { authorization: 'Bearer none' } })
    expect(bad.status).to.equal(401)
    const many = Array.from({ length: 21 }, (_, at) => `T${at}`).join(',')
    expect((await ask(`?type=${many}`)).status).to.equal(400)
  })

  it('says of a hub without access control that everybody may do everything', async () => {
    const open = await startTestHub({ 'context.default': 'ontology' })
    const { body } = await open.send('/hub/v1/access?type=ServiceRequest')
    await open.stop()
    expect(body.accessControl).to.equal(false)
    expect(body).to.not.have.property('claims')
    const [{ actions, attributes }] = body.types
    expect(actions).to.deep.equal({ read: 'all', create: 'all', update: 'all', delete: 'all' })
    expect(attributes).to.deep.include({ attribute: 'reporterPhone', class: 'basic', shown: 'clear' })
  })
})
