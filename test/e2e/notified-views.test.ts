import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

const POLICIES = join(packageRoot, 'config/policies/demo.yaml')
const DEMO = parse(readFileSync(join(packageRoot, 'config/demo/province.yaml'), 'utf8'))
const CITY = 'thai-nguyen'
const ENTITIES = '/ngsi-ld/v1/entities'
const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const PHONE = '0900000713'
const OTHER_PHONE = '0900000714'
const ACCOUNTS = ['dpo', 'analyst', 'operator.thai-nguyen', 'feeds'] as const

type Account = (typeof ACCOUNTS)[number]

describe('e2e: notifications tell what their subscriber sees', () => {
  let directory: string
  let policies: string
  let port: number
  let receiver: Receiver
  let hub: TestHub
  let tokens: Record<string, string>
  let number = 0

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hub-notified-'))
    policies = join(directory, 'policies.yaml')
    writeFileSync(policies, readFileSync(POLICIES))
    port = await freePort()
    receiver = await startReceiver()
    await start(DEMO.identity.accounts)
  })
  after(async () => {
    await hub.stop()
    await receiver.close()
    rmSync(directory, { recursive: true, force: true })
  })
  beforeEach(() => receiver.clear())

  async function start(accounts: readonly { readonly name: string }[]): Promise<void> {
    hub = await startTestHub({
      name: CITY,
      city: CITY,
      data: join(directory, 'data'),
      'listen.port': port,
      'auth.mode': 'required',
      'auth.policies': [policies],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': accounts,
      'egress.allow': [receiver.url],
      'subscriptions.firstDelay': 20,
    })
    tokens = {}
    for (const { name } of accounts) if (ACCOUNTS.includes(name as Account)) tokens[name] = await token(name)
  }

  async function restart(
    accounts: readonly { readonly name: string }[] = DEMO.identity.accounts,
  ): Promise<void> {
    await hub.stop()
    await start(accounts)
  }

  async function token(account: string): Promise<string> {
    const grant = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account }
    const { body, text } = await hub.send('/oidc/token', {
      method: 'POST',
      body: new URLSearchParams(grant).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
    expect(body.access_token, text).to.be.a('string')
    return body.access_token
  }

  const send = (account: Account, path: string, request: TestRequest = {}) =>
    hub.send(path, {
      ...request,
      headers: { ...request.headers, Authorization: `Bearer ${tokens[account]}` },
    })

  async function subscribe(account: Account, members: object = {}): Promise<string> {
    const id = `urn:s:${account}:${++number}`
    const { status, text } = await send(account, SUBSCRIPTIONS, {
      method: 'POST',
      body: {
        id,
        type: 'Subscription',
        entities: [{ type: 'ServiceRequest' }],
        notification: { endpoint: { uri: `${receiver.url}/${account}` } },
        ...members,
      },
    })
    expect(status, text).to.equal(201)
    return id
  }

  async function report(id: string, members: object = {}): Promise<string> {
    const { status, text } = await send('feeds', ENTITIES, {
      method: 'POST',
      body: { id, type: 'ServiceRequest', status: { type: 'Property', value: 'open' }, ...members },
    })
    expect(status, text).to.equal(201)
    return `${ENTITIES}/${id}`
  }

  const phone = (value: string) => ({ reporterPhone: { type: 'Property', value } })
  const of = (id: string) =>
    receiver.received.map(({ body }) => body).filter((body) => body.subscriptionId === id)

  /** Everything that was due before has come. */
  async function settled(): Promise<void> {
    const id = await subscribe('dpo', { entities: [{ type: 'AirQualityObserved' }] })
    await send('feeds', ENTITIES, {
      method: 'POST',
      body: {
        id: `urn:ngsi-ld:AirQualityObserved:${id}`,
        type: 'AirQualityObserved',
        pm25: { type: 'Property', value: 1 },
      },
    })
    await until('the last notification', () => of(id).length === 1)
    await send('dpo', `${SUBSCRIPTIONS}/${id}`, { method: 'DELETE' })
  }

  it('each in its own view, the same that it reads', async () => {
    const ids = new Map<Account, string>()
    for (const account of ['dpo', 'analyst', 'operator.thai-nguyen'] as const)
      ids.set(account, await subscribe(account))
    const path = await report('urn:ngsi-ld:ServiceRequest:thai-nguyen:notified-1', phone(PHONE))
    await settled()
    for (const [account, id] of ids) {
      const [notification, ...others] = of(id)
      expect(others).to.deep.equal([])
      const { body } = await send(account, `${path}?local=true`)
      expect(notification.data).to.deep.equal([body])
      expect(JSON.stringify(notification).includes(PHONE), account).to.equal(account === 'dpo')
      expect(notification.data[0]).to.have.property('reporterPhone')
    }
  })

  it('is no oracle: neither q nor a change tells of what is masked', async () => {
    const right = await subscribe('analyst', { q: `reporterPhone=="${PHONE}"` })
    const wrong = await subscribe('analyst', { q: `reporterPhone=="${OTHER_PHONE}"` })
    const known = await subscribe('dpo', { q: `reporterPhone=="${PHONE}"` })
    await report('urn:ngsi-ld:ServiceRequest:thai-nguyen:notified-2', phone(PHONE))
    await settled()
    expect([of(right).length, of(wrong).length, of(known).length]).to.deep.equal([0, 0, 1])
  })

  it('does not show in showChanges what is masked', async () => {
    const id = await subscribe('operator.thai-nguyen', {
      notification: { endpoint: { uri: `${receiver.url}/changes` }, showChanges: true },
    })
    const path = await report('urn:ngsi-ld:ServiceRequest:thai-nguyen:notified-3', phone(PHONE))
    await send('feeds', `${path}/attrs`, { method: 'PATCH', body: phone(OTHER_PHONE) })
    await settled()
    const text = JSON.stringify(of(id))
    expect(of(id)).to.have.length(2)
    expect(text).to.not.include(PHONE)
    expect(text).to.not.include(OTHER_PHONE)
    expect(of(id)[1].data[0].reporterPhone).to.have.property('previousValue')
  })

  it('ends with the account', async () => {
    const id = await subscribe('analyst')
    await restart(DEMO.identity.accounts.filter(({ name }: { name: string }) => name !== 'analyst'))
    await report('urn:ngsi-ld:ServiceRequest:thai-nguyen:notified-4')
    await settled()
    expect(of(id)).to.deep.equal([])
    await restart()
    await report('urn:ngsi-ld:ServiceRequest:thai-nguyen:notified-5')
    await settled()
    expect(of(id)).to.have.length(1)
    await send('analyst', `${SUBSCRIPTIONS}/${id}`, { method: 'DELETE' })
  })

  it('ends with the role', async () => {
    const id = await subscribe('operator.thai-nguyen')
    await restart(
      DEMO.identity.accounts.map((account: { name: string }) =>
        account.name === 'operator.thai-nguyen' ? { ...account, roles: ['public'] } : account,
      ),
    )
    await report('urn:ngsi-ld:ServiceRequest:thai-nguyen:notified-6', phone(PHONE))
    await settled()
    expect(JSON.stringify(of(id)))
      .to.not.include(PHONE)
      .and.not.include('reporterPhone')
    await restart()
  })

  it('follows the policies in force when it is sent, not those when it was due', async () => {
    receiver.answer = ({ path }) => (path === '/analyst' ? 503 : 200)
    const id = await subscribe('analyst')
    await report('urn:ngsi-ld:ServiceRequest:thai-nguyen:notified-7', phone(PHONE))
    await until('a first attempt', () => of(id).length > 0)
    await hub.stop()
    const strict = readFileSync(POLICIES, 'utf8').replace(
      /rules:\n/,
      'rules:\n  - id: nobody.reads-phones\n    effect: deny\n    subject: { role: analyst }\n    action: read\n    resource: { attribute: reporterPhone }\n',
    )
    writeFileSync(policies, strict)
    receiver.clear()
    receiver.answer = () => 200
    await start(DEMO.identity.accounts)
    await until('the notification', () => of(id).length > 0)
    expect(of(id)[0].data[0].id).to.equal('urn:ngsi-ld:ServiceRequest:thai-nguyen:notified-7')
    expect(of(id)[0].data[0]).to.not.have.property('reporterPhone')
    expect(of(id)[0].data[0]).to.have.property('status')
  })

  it('keeps whose it is where nobody reads it', async () => {
    await subscribe('analyst')
    const tenant = (await hub.running.store.tenants())[0]
    if (tenant === undefined) throw new Error('There is no tenant')
    const text = JSON.stringify(await hub.running.store.documents(tenant, 'subscription', { limit: 100 }))
    expect(text).to.include('urn:s:analyst')
    expect(text).to.not.include('"roles"').and.not.include('"subject"')
  })
})
