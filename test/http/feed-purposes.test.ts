import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'

const POLICIES = `rules:
  - { id: feeds, effect: permit, subject: { role: feed }, action: [read, create, update], resource: { kind: [entity, feed] } }
  - { id: readers, effect: permit, subject: { role: reader }, action: read }
  - { id: partly, effect: permit, subject: { role: counter }, action: read, resource: { type: TrafficFlowObserved, idPattern: 'urn:ngsi-ld:TrafficFlowObserved:1' } }
  - { id: officers, effect: permit, subject: { role: officer }, action: read, resource: { kind: [entity, privacy, policy, explanation] } }
`
const ENTITIES = '/ngsi-ld/v1/entities'
const FEED = '/hub/v1/feeds/traffic-counts'
const SOURCE = 'https://example.org/feeds/traffic-counts'
const COUNTED = 'urn:ngsi-ld:TrafficFlowObserved:1'
const SPAN = { from: '2025-11-14T00:00:00Z', to: '2025-11-15T00:00:00Z' }
const OTHER = 'urn:ngsi-ld:TrafficFlowObserved:2'

type Account = 'adapter' | 'mender' | 'counter' | 'planner' | 'aimless' | 'officer'

describe('HTTP: what feeds bring is read for the purposes that they name', () => {
  let folder: string
  let hub: TestHub
  const tokens = new Map<Account, string>()

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hub-policies-'))
    writeFileSync(join(folder, 'policies.yaml'), POLICIES)
    hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [join(folder, 'policies.yaml')],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': [
        { name: 'adapter', roles: ['feed'], purpose: 'mending' },
        { name: 'mender', roles: ['reader'], purpose: 'mending' },
        { name: 'counter', roles: ['counter'], purpose: 'counting' },
        { name: 'planner', roles: ['reader'], purpose: 'planning' },
        { name: 'aimless', roles: ['reader'] },
        { name: 'officer', roles: ['officer'] },
      ],
    })
    for (const account of ['adapter', 'mender', 'counter', 'planner', 'aimless', 'officer'] as const)
      tokens.set(account, await token(account))
  })
  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function token(account: Account): Promise<string> {
    const grant = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account }
    const { body } = await hub.send('/oidc/token', {
      method: 'POST',
      body: new URLSearchParams(grant).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
    return body.access_token
  }
  const send = (account: Account, path: string, request: TestRequest = {}): Promise<TestAnswer> =>
    hub.send(path, { ...request, headers: { Authorization: `Bearer ${tokens.get(account)}` } })
  const stateWith = (use: unknown): TestRequest => ({
    method: 'PUT',
    body: {
      definition: { title: 'Đếm xe', source: SOURCE, use },
      counters: { read: 0, written: 0, unchanged: 0, quarantined: {} },
      brought: { TrafficFlowObserved: SPAN, AirQualityObserved: {} },
      checkpoint: {},
    },
  })
  const seen = async (account: Account): Promise<readonly string[]> => {
    const { body, status } = await send(account, `${ENTITIES}?type=TrafficFlowObserved&count=true`)
    expect(status).to.equal(200)
    return body.map(({ id }: { id: string }) => id)
  }
  const entity = (id: string, source: string) => ({
    ...{ id, type: 'TrafficFlowObserved', intensity: { type: 'Property', value: 12 } },
    source: { type: 'Property', value: source },
  })

  it('is refused with a use that is not whole, and in force when its declaration is answered', async () => {
    for (const body of [entity(COUNTED, SOURCE), entity(OTHER, 'https://example.org/feeds/other')])
      expect((await send('adapter', ENTITIES, { method: 'POST', body })).status).to.equal(201)
    expect(await seen('planner')).to.deep.equal([COUNTED, OTHER])
    for (const use of [
      { purposes: ['mending'] },
      { purposes: [], types: ['TrafficFlowObserved'] },
      'mending',
    ])
      expect((await send('adapter', FEED, stateWith(use))).status).to.equal(400)
    const use = { purposes: ['mending', 'counting'], types: ['TrafficFlowObserved'] }
    expect((await send('adapter', FEED, stateWith(use))).status).to.equal(204)
    expect(await seen('mender')).to.deep.equal([COUNTED, OTHER])
    expect(await seen('planner'), 'another purpose').to.deep.equal([OTHER])
    expect(await seen('aimless'), 'no purpose').to.deep.equal([OTHER])
    expect(await seen('officer'), 'who looks for persons').to.deep.equal([COUNTED, OTHER])
  })

  it('is not there for other purposes, on any way', async () => {
    expect((await send('mender', `${ENTITIES}/${COUNTED}`)).status).to.equal(200)
    for (const path of [
      `${ENTITIES}/${COUNTED}`,
      `${ENTITIES}/${COUNTED}/attrs/intensity/value`,
      `/ngsi-ld/v1/temporal/entities/${COUNTED}`,
    ])
      expect((await send('planner', path)).status, path).to.equal(404)
    const dataset = '/hub/v1/catalog/traffic-counts.TrafficFlowObserved'
    expect((await send('mender', dataset)).status).to.equal(200)
    expect((await send('planner', dataset)).status, 'told by the catalogue').to.equal(404)
    expect((await send('mender', dataset)).body['dct:temporal']['dcat:startDate']['@value']).to.equal(
      SPAN.from,
    )
    const ofOne = await send('counter', dataset)
    expect(ofOne.status).to.equal(200)
    expect(ofOne.body, 'of entities that it does not see').not.to.have.property('dct:temporal')
    const listed = async (account: Account): Promise<readonly string[]> => {
      const { body } = await send(account, '/hub/v1/catalog')
      return body['dcat:dataset'].map((one: Record<string, string>) => one['dct:identifier'])
    }
    expect(await listed('mender')).to.deep.equal(['traffic-counts.TrafficFlowObserved'])
    expect(await listed('planner')).to.deep.equal([])
    const { headers } = await send('planner', `${ENTITIES}?type=TrafficFlowObserved&count=true&limit=0`)
    expect(headers['ngsild-results-count']).to.equal('1')
    const question = { action: 'read', resource: 'entity', types: ['TrafficFlowObserved'] }
    const explain = async (purpose: string): Promise<readonly string[]> => {
      const body = { as: { roles: ['reader'], purpose }, ...question }
      const explained = await send('officer', '/hub/v1/policies/explain', { method: 'POST', body })
      expect(explained.status, explained.text).to.equal(200)
      return explained.body.rules.map(({ id }: { id: string }) => id)
    }
    expect(await explain('mending')).to.deep.equal(['readers'])
    expect(await explain('planning')).to.deep.equal(['readers', 'feed:traffic-counts'])
  })

  it('is read for any purpose again when the feed names none, and who changed that is on record', async () => {
    expect((await send('adapter', FEED, stateWith(undefined))).status).to.equal(204)
    expect(await seen('planner')).to.deep.equal([COUNTED, OTHER])
    const changes: unknown[] = []
    for await (const { record } of hub.running.audit?.read({ operation: 'feeds.use' }) ?? [])
      if (record) changes.push(record.roles)
    expect(changes).to.deep.equal([['feed'], ['feed']])
  })
})
