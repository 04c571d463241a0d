import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { type NgsiV2Broker, startNgsiV2Broker } from '../../adapters/simulators/ngsi-simulator.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { until } from '../support/until.ts'

const feed = (name: string, transport: string, format: string, expression: string): string => `name: ${name}
title: Sent
source: urn:ngsi-ld:Feed:${name}
dataProvider: Sở Xây dựng
transport:
${transport}format: ${format}
mapping:
  expression: |
    ${expression}
`

const THING = `{ 'id': $iri('OffStreetParking', key), 'type': 'OffStreetParking',
      'availableSpotNumber': { 'type': 'Property', 'value': free, 'observedAt': $time(at) } }`

const SIGNED = `  kind: webhook
  signature:
    secret: { file: secret }
    header: X-Signature
    prefix: 'sha256='
    timestampHeader: X-Timestamp
`
const KEYED = '  kind: webhook\n  key: { secret: { file: secret } }\n'

const LOT = `{ 'id': $iri('OffStreetParking', id), 'type': 'OffStreetParking',
      'availableSpotNumber': { 'type': 'Property', 'value': free.value, 'observedAt': $time(free.metadata.TimeInstant.value) } }`

describe('feeds: senders without a token', () => {
  let folder: string
  let hub: TestHub
  let broker: NgsiV2Broker

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'feeds-senders-'))
    broker = await startNgsiV2Broker()
    await broker.put(lot('old', 1))
    const port = await freePort()
    const subscribed = `  kind: ngsi
  version: v2
  url: http://127.0.0.1:${broker.port}/v2
  entities: [{ type: ParkingLot }]
  notifyUrl: http://127.0.0.1:${port}/hub/v1/feeds/other/records
  key: { secret: { file: secret } }
  everySeconds: 1
  pageEntities: 1
`
    await writeFile(path.join(folder, 'secret'), 'of the sender\n')
    const files = {
      signed: feed('signed', SIGNED, '{ kind: json }', THING),
      keyed: feed('keyed', KEYED, '{ kind: json }', THING),
      open: feed('open', '  kind: webhook\n', '{ kind: json }', THING),
      other: feed('other', subscribed, '{ kind: json, path: data }', LOT),
    }
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, `${name}.yaml`), text)
    hub = await startTestHub({
      'listen.port': port,
      city: 'thai-nguyen',
      'auth.mode': 'required',
      'auth.policies': [path.join(packageRoot, 'config/policies/demo.yaml')],
      'identity.enabled': true,
      'context.default': 'ontology',
      'egress.mode': 'open',
      feeds: Object.keys(files).map((name) => ({ file: path.join(folder, `${name}.yaml`) })),
    })
  })
  after(async () => {
    await hub.stop()
    await broker.close()
    await rm(folder, { recursive: true, force: true })
  })

  const lot = (id: string, free: number) => ({
    id,
    type: 'ParkingLot',
    free: {
      type: 'Number',
      value: free,
      metadata: { TimeInstant: { type: 'DateTime', value: `2025-11-15T01:${10 + free}:00.00Z` } },
    },
  })

  const send = async (name: string, body: string, headers: Record<string, string> = {}) => {
    const answer = await hub.send(`/hub/v1/feeds/${name}/records`, { method: 'POST', body, headers })
    return [answer.status, answer.body?.detail ?? answer.body]
  }

  const sign = (body: string, seconds = Math.floor(Date.now() / 1000)) => ({
    'x-timestamp': String(seconds),
    'x-signature': `sha256=${createHmac('sha256', 'of the sender').update(`${seconds}.${body}`).digest('hex')}`,
  })

  const free = async (name: string): Promise<unknown> => {
    const found = await hub.running.store.read(DEFAULT_TENANT, `urn:ngsi-ld:OffStreetParking:${name}`)
    return /"value":(\d+)/.exec(found?.text ?? '')?.[1]
  }

  const reading = (key: string, count: number) =>
    JSON.stringify([{ key, free: count, at: `2025-11-15T08:${10 + count}:00+07:00` }])

  it('are taken by their signature, and the same request again changes nothing', async () => {
    const body = reading('s', 1)
    const headers = sign(body)
    expect(await send('signed', body, headers)).to.deep.equal([
      202,
      { read: 1, written: 1, unchanged: 0, quarantined: {} },
    ])
    const later = reading('s', 2)
    expect((await send('signed', later, sign(later)))[0]).to.equal(202)
    expect(await send('signed', body, headers)).to.deep.equal([
      202,
      { read: 1, written: 0, unchanged: 1, quarantined: {} },
    ])
    expect(await free('s')).to.equal('2')
  })

  it('are refused with a signature of another text or time, and without one', async () => {
    const body = reading('s', 9)
    const old = Math.floor(Date.now() / 1000) - 301
    expect(await send('signed', reading('s', 8), sign(body))).to.deep.equal([
      403,
      'Signature in header X-Signature is not of what was sent',
    ])
    expect(await send('signed', body, sign(body, old))).to.deep.equal([
      403,
      'Header X-Timestamp is not within 300 seconds of now',
    ])
    expect((await send('signed', body))[0]).to.equal(403)
    expect(await free('s')).to.equal('2')
  })

  it('are taken by the key of the feed alone, where a feed has one', async () => {
    expect((await send('keyed', reading('k', 1), { 'x-feed-key': 'of the sender' }))[0]).to.equal(202)
    expect(await send('keyed', reading('k', 2), { 'x-feed-key': 'of a stranger' })).to.deep.equal([
      403,
      'Header x-feed-key does not have the key of the feed',
    ])
    expect((await send('open', reading('k', 2), { 'x-feed-key': 'of the sender' }))[0]).to.equal(401)
    expect((await send('nobody', reading('k', 2), { 'x-feed-key': 'of the sender' }))[0]).to.equal(401)
    expect(await free('k')).to.equal('1')
  })

  it('may be another broker: what it has, what changes, and what was missed', async () => {
    await until('what was there', async () => (await free('old')) === '1')
    await broker.put(lot('new', 2))
    expect(await free('new')).to.equal('2')
    broker.failing = true
    await broker.put(lot('new', 3))
    expect(await free('new')).to.equal('2')
    await until('what was missed', async () => (await free('new')) === '3')
    broker.failing = false
    broker.subscriptions.clear()
    await broker.put(lot('new', 4))
    await until('what came without a subscription', async () => (await free('new')) === '4')
    expect(broker.subscriptions.size).to.equal(1)
    const [subscription] = broker.subscriptions.values()
    expect(subscription).to.deep.include({ description: 'Feed urn:ngsi-ld:Feed:other', status: 'active' })
    const stored = JSON.stringify(await hub.running.store.document(DEFAULT_TENANT, 'feed', 'feed:other'))
    expect(stored).not.to.include('of the sender')
  })
})
