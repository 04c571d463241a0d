import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { until } from '../support/until.ts'

const POLICIES = `
rules:
  - { id: operators, effect: permit, subject: { role: operator }, action: [read, create, update, delete] }
  - { id: told, effect: permit, subject: { role: operator }, action: [read, create, update, delete], resource: { kind: subscription, own: true } }
`
const ENTITIES = '/ngsi-ld/v1/entities'
const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'

describe('e2e: tokens in exchange between hubs', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hub-exchange-'))
  let province: TestHub
  let city: TestHub
  let token = ''

  before(async () => {
    const policies = join(directory, 'policies.yaml')
    writeFileSync(policies, POLICIES)
    const port = await freePort()
    const endpoint = `http://127.0.0.1:${port}`
    province = await startTestHub({
      name: 'province',
      'auth.mode': 'required',
      'auth.policies': [policies],
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': [{ name: 'operator', roles: ['operator'] }],
      'egress.allow': [endpoint],
      'federation.sources': [
        { name: 'city', endpoint, types: ['Lamp'], identity: 'exchange', audience: 'urn:city' },
      ],
    })
    city = await startTestHub({
      name: 'city',
      'listen.port': port,
      'auth.mode': 'required',
      'auth.audience': 'urn:city',
      'auth.policies': [policies],
      'auth.issuers': [{ issuer: `${province.url}/oidc` }],
      'egress.allow': [province.url],
    })
    const { body } = await province.send('/oidc/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=urn:urban-data-hub:grant:demo&client_id=hub-demo&account=operator',
    })
    token = body.access_token
  })
  after(async () => {
    await city.stop()
    await province.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  const as = () => ({ Authorization: `Bearer ${token}` })

  it('the city takes what the province got in exchange, and not the token itself', async () => {
    const created = await province.send(`${ENTITIES}?local=true`, {
      method: 'POST',
      body: { id: 'urn:lamp:1', type: 'Lamp' },
      headers: as(),
    })
    expect(created.status, created.text).to.equal(201)
    const { status, headers, body } = await province.send(`${ENTITIES}?type=Lamp`, { headers: as() })
    expect(status).to.equal(200)
    expect(headers).not.to.have.property('ngsild-warning')
    expect(body).to.have.length(1)
    const direct = await city.send(`${ENTITIES}?type=Lamp`, { headers: as() })
    expect(direct.status, 'for another audience').to.equal(401)
  })

  it('a subscription is planted in the name of its subscriber, whose token is not kept', async () => {
    const created = await province.send(SUBSCRIPTIONS, {
      method: 'POST',
      body: {
        type: 'Subscription',
        entities: [{ type: 'Lamp' }],
        notification: { endpoint: { uri: 'https://example.org/told', accept: 'application/json' } },
      },
      headers: as(),
    })
    expect(created.status, created.text).to.equal(201)
    const planted = async () =>
      (await city.running.store.documents('' as never, 'subscription', { limit: 10 })).map(({ document }) =>
        JSON.stringify(document),
      )
    await until('a copy at the city', async () => (await planted()).length > 0)
    expect(await planted()).to.have.length(1)
  })
})
