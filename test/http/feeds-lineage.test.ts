import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import type { Summary } from '../../adapters/kit/intake/summary.ts'
import { ingest } from '../../adapters/kit/run/ingest.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const POLICIES = `rules:
  - { id: feeds, effect: permit, subject: { role: feed }, action: [read, create, update], resource: { kind: [entity, feed, quarantine] } }
  - { id: readers, effect: permit, subject: { role: [reader, operator] }, action: read, resource: { type: AirQualityObserved } }
  - { id: hidden, effect: mask, method: redact, subject: { role: reader }, action: read, resource: { type: AirQualityObserved, attribute: pm10 } }
  - { id: operators, effect: permit, subject: { role: operator }, action: read, resource: { kind: feed } }
`
const FEED = `name: stations
title: Stations
source: urn:ngsi-ld:Feed:song-cong:stations
dataProvider: Sở Nông nghiệp và Môi trường
transport: { kind: directory, path: . }
format: { kind: csv }
lineage: true
mapping:
  expression: |
    { 'id': $iri('AirQualityObserved', station), 'type': 'AirQualityObserved', 'name': { 'type': 'Property', 'value': name },
      'pm25': { 'type': 'Property', 'value': $number(pm25), 'observedAt': $time(at) },
      'pm10': { 'type': 'Property', 'value': $number(pm10), 'observedAt': $time(at) } }
`
const HEAD = 'station,name,pm25,pm10,at\n'
const ID = 'urn:ngsi-ld:AirQualityObserved:A'
const first = `${HEAD}B,Bách Quang,7,9,2025-11-15T08:00:00+07:00\nA,Phố Cò,41.3,68,2025-11-15T08:00:00+07:00\n`
const second = `${HEAD}A,Phố Cò,38,68,2025-11-15T09:00:00+07:00\n`

type Account = 'adapter' | 'reader' | 'operator' | 'stranger'

describe('feeds: lineage', () => {
  let folder: string
  let hub: TestHub
  const tokens = new Map<Account, string>()

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'feeds-lineage-'))
    await writeFile(path.join(folder, 'policies.yaml'), POLICIES)
    await writeFile(path.join(folder, 'feed.yaml'), FEED)
    await writeFile(path.join(folder, 'ha-noi.csv'), first)
    await writeFile(path.join(folder, 'later.csv'), second)
    hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [path.join(folder, 'policies.yaml')],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': [
        { name: 'adapter', roles: ['feed'] },
        { name: 'reader', roles: ['reader'] },
        { name: 'operator', roles: ['operator'] },
        { name: 'stranger', roles: ['stranger'] },
      ],
    })
    for (const account of ['adapter', 'reader', 'operator', 'stranger'] as const) {
      const grant = { grant_type: 'urn:urban-data-hub:grant:demo', client_id: 'hub-demo', account }
      const { body } = await hub.send('/oidc/token', {
        method: 'POST',
        body: new URLSearchParams(grant).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      })
      tokens.set(account, body.access_token)
    }
  })
  after(async () => {
    await hub.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const loaded = (name: string, feed = 'feed.yaml'): Promise<Summary> =>
    ingest({
      feedFile: path.join(folder, feed),
      inputs: [path.join(folder, name)],
      connection: { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(tokens.get('adapter')) },
      retry: { attempts: 1 },
    })
  const send = (account: Account, where: string): Promise<TestAnswer> =>
    hub.send(where, { headers: { Authorization: `Bearer ${tokens.get(account)}` } })
  const trace = (account: Account, query: string): Promise<TestAnswer> =>
    send(account, `/hub/v1/lineage?id=${ID}&${query}`)
  const digest = (text: string): string =>
    createHash('sha256').update('urn:ngsi-ld:Feed:song-cong:stations\0').update(text).digest('hex')

  it('each attribute says which record it is from, beside its value', async () => {
    expect(await loaded('ha-noi.csv')).to.deep.include({ read: 2, written: 2 })
    const { body } = await send('operator', `/ngsi-ld/v1/entities/${ID}`)
    const record = {
      type: 'Property',
      value: `urn:ngsi-ld:SourceRecord:stations:${digest(first).slice(0, 16)}:1:3`,
    }
    for (const name of ['name', 'pm25', 'pm10']) expect(body[name].sourceRecord, name).to.deep.equal(record)
    expect(body.source).not.to.have.property('sourceRecord')
  })

  it('leads back to the line of the file', async () => {
    const { status, body } = await trace('operator', 'attribute=pm25')
    expect(status).to.equal(200)
    const { takenAt, ...delivery } = body.delivery
    expect(Date.parse(takenAt)).to.be.closeTo(Date.now(), 60_000)
    expect({ ...body, delivery }).to.deep.equal({
      feed: {
        name: 'stations',
        title: 'Stations',
        source: 'urn:ngsi-ld:Feed:song-cong:stations',
        dataProvider: 'Sở Nông nghiệp và Môi trường',
      },
      delivery: { digest: digest(first), input: 'ha-noi.csv' },
      record: { input: 1, position: 3 },
    })
  })

  it('what has not changed stays of the record that it was from, and history knows of both', async () => {
    expect(await loaded('later.csv')).to.deep.include({ read: 1, written: 1 })
    const position = async (query: string) => (await trace('operator', query)).body.delivery.input
    expect(await position('attribute=name')).to.equal('ha-noi.csv')
    expect(await position('attribute=pm25')).to.equal('later.csv')
    expect(await position('attribute=pm25&observedAt=2025-11-15T01:00:00Z')).to.equal('ha-noi.csv')
    expect(await position('attribute=pm25&observedAt=2025-11-15T02:00:00Z')).to.equal('later.csv')
    expect((await trace('operator', 'attribute=pm25&observedAt=2025-11-15T03:00:00Z')).status).to.equal(404)
  })

  it('a mark is no change: the same values from another file are not written again', async () => {
    await writeFile(path.join(folder, 'again.csv'), `${second}\n`)
    expect(await loaded('again.csv')).to.deep.include({ read: 1, written: 0, unchanged: 1 })
  })

  it('tells nobody more than the attribute does', async () => {
    const { status, body, text } = await trace('reader', 'attribute=pm25')
    expect(status).to.equal(200)
    expect(body.delivery).to.deep.equal({ digest: digest(second).slice(0, 16) })
    expect(text).not.to.include('later.csv')
    for (const query of ['attribute=pm10', 'attribute=pm10&observedAt=2025-11-15T01:00:00Z', 'attribute=o3'])
      expect((await trace('reader', query)).status, query).to.equal(404)
    for (const query of ['attribute=pm25', 'attribute=pm25&observedAt=2025-11-15T01:00:00Z'])
      expect((await trace('stranger', query)).status, query).to.be.oneOf([403, 404])
  })

  it('refuses what names no attribute, and answers 404 for what no feed wrote', async () => {
    expect((await trace('operator', 'attribute=')).status).to.equal(400)
    expect((await trace('operator', 'attribute=pm25&observedAt=yesterday')).status).to.equal(400)
    expect((await trace('operator', 'attribute=source')).status).to.equal(404)
    expect((await send('operator', '/hub/v1/lineage?id=urn:none&attribute=pm25')).status).to.equal(404)
  })

  it('is only written where the feed says so', async () => {
    await writeFile(
      path.join(folder, 'plain.yaml'),
      FEED.replace('lineage: true\n', '').replace('stations', 'plain'),
    )
    await writeFile(path.join(folder, 'plain.csv'), first.replace('\nA,', '\nC,'))
    expect(await loaded('plain.csv', 'plain.yaml')).to.deep.include({ read: 2, written: 1, unchanged: 1 })
    const { text } = await send('operator', `/ngsi-ld/v1/entities/${ID.replace(/A$/, 'C')}`)
    expect(text).to.include('41.3').and.not.include('sourceRecord')
  })
})
