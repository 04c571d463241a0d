import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parseTenant } from '../../broker/core/model/tenant.ts'
import { openEvents, openSocket } from '../support/event-stream.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const RULES = `rules:
  - { id: anyone.reads, effect: permit, subject: { any: true }, action: [read, create], resource: { type: Device } }
  - { id: anyone.slowly, effect: permit, subject: { any: true }, action: read, resource: { tenant: slow }, obligations: { limit: { requests: 6, per: day } } }
`
const ENTITIES = '/ngsi-ld/v1/entities'
const DEVICE = 'urn:ngsi-ld:Device:1'
const SLOW = { 'NGSILD-Tenant': 'slow' }
const BURST = 60

describe('Rates of requests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rates-'))
  let hub: TestHub

  const create = (id: string, headers: Readonly<Record<string, string>>) =>
    hub.send(ENTITIES, { method: 'POST', body: { id, type: 'Device', name: 'D' }, headers })
  const read = (headers: Readonly<Record<string, string>> = {}) =>
    hub.send(`${ENTITIES}/${DEVICE}`, { headers })

  before(async () => {
    const file = join(folder, 'rules.yaml')
    writeFileSync(file, RULES)
    hub = await startTestHub({
      'auth.mode': 'required',
      // nobody is asked for a token here
      'auth.issuers': [{ issuer: 'https://issuer.example.org' }],
      'auth.policies': [file],
      'context.default': 'ontology',
      'limits.requestsPerSecond': 1,
      'limits.burst': BURST,
    })
    for (const headers of [{}, SLOW]) expect((await create(DEVICE, headers)).status).to.equal(201)
  })
  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('that a policy permits hold for whoever it speaks of, for answers that are remembered too', async () => {
    // one request of the six is spent
    for (let times = 0; times < 5; times++) expect((await read(SLOW)).status).to.equal(200)
    const { status, headers, body } = await read(SLOW)
    expect(status).to.equal(429)
    expect(body).to.include({ type: 'urn:urban-data-hub:errors:TooManyRequests', status: 429 })
    expect(Number(headers['retry-after'])).to.be.within(14_390, 14_400)
    expect(headers['ratelimit-policy']).to.equal('"policy";q=6;w=86400')
    expect(headers.ratelimit).to.equal(`"policy";r=0;t=${headers['retry-after']}`)
    expect((await read()).status).to.equal(200)
  })

  it('that are used up let nothing be written and no stream be opened', async () => {
    const { status } = await create('urn:ngsi-ld:Device:2', SLOW)
    expect(status).to.equal(429)
    expect(await hub.running.store.read(parseTenant('slow'), 'urn:ngsi-ld:Device:2')).to.equal(undefined)
    const url = `${hub.url}/hub/v1/events?type=Device`
    const streams = [await openEvents(url, SLOW), await openSocket(url, { headers: SLOW })]
    for (const stream of streams) {
      expect(stream.status).to.equal(429)
      await stream.close()
    }
  })

  it('of a caller hold by configuration, in whichever tenant', async () => {
    let [asked, answer] = [1, await read()]
    // tenants that are not there help nobody
    for (; asked < 2 * BURST && answer.status !== 429; asked++)
      answer = await read(asked % 2 ? { 'NGSILD-Tenant': `none${asked}` } : {})
    expect(asked).to.be.within(2, BURST)
    const { status, headers } = answer
    expect(status).to.equal(429)
    expect(headers['ratelimit-policy']).to.equal(`"caller";q=${BURST};w=${BURST}`)
    expect(headers['retry-after']).to.equal('1')
  })

  it('show in metrics and on record where somebody was refused', async () => {
    const { text } = await hub.send('/metrics')
    expect(text).to.match(/hub_rate_refusals_total\{limit="policy",hub="hub"\} 4\n/)
    expect(text).to.match(/hub_rate_refusals_total\{limit="caller",hub="hub"\} 1\n/)
    const { audit } = hub.running
    await audit?.seal()
    const refusals: unknown[] = []
    for await (const { record } of audit?.read({ kind: 'counted' }) ?? []) {
      if (record?.outcome === 'refused') refusals.push(record.details)
    }
    expect(refusals).to.deep.include({ code: 'TooManyRequests' })
  })
})
