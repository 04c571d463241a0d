import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { type RunningFeed, runFeed } from '../../adapters/kit/run/run-feed.ts'
import type { RunningHub } from '../../broker/main.ts'
import { startTestHub } from '../support/hub.ts'
import { until } from '../support/until.ts'
import { ask, startFeedHub } from './feed-hub.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Midnight of today in Việt Nam: what was observed before it is of days that are over. */
const MIDNIGHT = Math.floor((Date.now() + 7 * HOUR) / DAY) * DAY - 7 * HOUR
const FEED = `name: stations
title: Stations
source: urn:ngsi-ld:Feed:song-cong:stations
dataProvider: Sở Nông nghiệp và Môi trường
transport: { kind: webhook }
format: { kind: json, lines: true }
quality:
  period: PT1H
  varying: { attributes: [pm25], after: 4 }
  outliers: { attributes: [pm25], window: 12, deviations: 8 }
mapping:
  expression: |
    { 'id': $iri('AirQualityObserved', station), 'type': 'AirQualityObserved',
      'pm25': { 'type': 'Property', 'value': pm25, 'observedAt': $time(at) } }
`
const BASE = 'urn:ngsi-ld:DataQualityAssessment:song-cong:stations'
const PM25 = `${BASE}:AirQualityObserved:pm25`

type Told = Record<string, { readonly value: unknown; readonly observedAt?: string }>

/** Lines of hourly readings, the first of so many hours after midnight. */
function lines(first: number, values: readonly number[]): Buffer {
  const texts = values.map((pm25, at) =>
    JSON.stringify({ station: 'A', pm25, at: new Date(MIDNIGHT + (first + at) * HOUR).toISOString() }),
  )
  return Buffer.from(`${texts.join('\n')}\n`)
}

describe('feeds: quality', () => {
  let folder: string
  let file: string
  let hub: RunningHub

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'feeds-quality-'))
    file = path.join(folder, 'feed.yaml')
    await writeFile(file, FEED)
    hub = await startFeedHub([{ file }])
  })
  after(async () => {
    await hub.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const receive = (body: Buffer) =>
    ask(`${hub.url}/hub/v1/feeds/stations/records`, { method: 'POST', body: new Uint8Array(body) })
  const assessed = async (): Promise<Told> =>
    (await ask(`${hub.url}/ngsi-ld/v1/entities/${PM25}`)).body as Told

  it('tells of days that are over, as entities with their history', async () => {
    const steady = Array.from({ length: 40 }, (_, hour) => 20 + (hour % 4))
    const { body } = await receive(lines(-47, [...steady.slice(0, 30), 900, ...steady.slice(31)]))
    expect(body).to.deep.equal({ read: 40, written: 40, unchanged: 0, quarantined: {} })
    const told = await assessed()
    const end = new Date(MIDNIGHT).toISOString().replace('.000', '')
    expect(told.completeness).to.deep.include({ value: 0.6667, observedAt: end })
    expect(told.cleanness?.value).to.equal(0.9375)
    expect([told.correctness?.value, told.timeliness?.value, told.outlierCount?.value]).to.deep.equal([
      1, 0, 1,
    ])
    expect([
      told.assessedType?.value,
      told.assessedAttribute?.value,
      told.expectedPeriod?.value,
    ]).to.deep.equal(['AirQualityObserved', 'pm25', 'PT1H'])
    const { body: history } = await ask(
      `${hub.url}/ngsi-ld/v1/temporal/entities/${PM25}?attrs=completeness&options=temporalValues`,
    )
    expect(
      (history as { completeness: { values: unknown[][] } }).completeness.values
        .map(([value]) => value)
        .sort(),
    ).to.deep.equal([0.6667, 1])
  })

  it('marks what is doubtful and keeps it, in history as well', async () => {
    const { body } = await ask(
      `${hub.url}/ngsi-ld/v1/temporal/entities/urn:ngsi-ld:AirQualityObserved:A?attrs=pm25&lastN=100`,
    )
    const { pm25 } = body as { pm25: { value: number; qualityFlag?: { value: string } }[] }
    const flagged = pm25.filter(({ qualityFlag }) => qualityFlag !== undefined)
    expect(flagged.map(({ value, qualityFlag }) => [value, qualityFlag?.value])).to.deep.equal([
      [900, 'outlier'],
    ])
    expect(pm25).to.have.length(40)
  })

  it('sends nothing again because of a mark, and tells a day anew when something late completes it', async () => {
    const { body } = await receive(lines(-17, [900]))
    expect(body).to.deep.equal({ read: 1, written: 0, unchanged: 1, quarantined: {} })
    await receive(lines(-7, [20, 21, 22, 23, 20, 21, 22, 23]))
    expect((await assessed()).completeness?.value).to.equal(1)
  })

  it('answers to q, by feed and by how good the data are', async () => {
    const query =
      'type=DataQualityAssessment&q=feedCode=="stations";completeness>=0.9;assessedAttribute=="pm25"&options=keyValues'
    const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities?${query}`)
    expect((body as { id: string }[]).map(({ id }) => id)).to.deep.equal([PM25])
  })

  it('goes on after a restart of the feed, which knows the window of its outliers', async () => {
    const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
    const feed: RunningFeed = runFeed(await loadFeed(file), { connection })
    try {
      const body = lines(1, [640])
      await feed.receive({ body: new Uint8Array(body), headers: {} })
      expect(feed.figures()[0]?.newest).to.equal(MIDNIGHT + HOUR)
    } finally {
      await feed.stop()
    }
    const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities/urn:ngsi-ld:AirQualityObserved:A`)
    expect((body as { pm25: { qualityFlag?: unknown } }).pm25.qualityFlag).to.deep.include({
      value: 'outlier',
    })
  })

  it('shows metrics, with names of the ontology alone for labels', async () => {
    const metrics = await (await fetch(`${hub.url}/metrics`)).text()
    const found = metrics.split('\n').filter((line) => line.startsWith('hub_feed_'))
    const about = 'feed="stations",type="AirQualityObserved",attribute="pm25"'
    expect(
      found.some((line) => line.startsWith(`hub_feed_newest_observation_timestamp_seconds{${about}`)),
    ).to.equal(true)
    expect(found.some((line) => line.startsWith(`hub_feed_quality_ratio{${about},quality="live"`))).to.equal(
      true,
    )
    expect(metrics).not.to.include('urn:ngsi-ld:AirQualityObserved:A')
  })

  it('a feed that does not say what is to be expected keeps no account', async () => {
    const plain = path.join(folder, 'plain.yaml')
    await writeFile(
      plain,
      FEED.replace(/quality:[\s\S]*?mapping:/, 'mapping:').replace('name: stations', 'name: plain'),
    )
    const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
    const feed = runFeed(await loadFeed(plain), { connection })
    await feed.receive({ body: new Uint8Array(lines(-30, [1, 1, 1, 1, 1, 1])), headers: {} })
    await until('figures', () => feed.figures().length === 0)
    await feed.stop()
    expect((await ask(`${hub.url}/hub/v1/feeds/plain/checkpoints/quality`)).status).to.equal(404)
  })

  it('refuses a period that is none', async () => {
    const odd = path.join(folder, 'odd.yaml')
    await writeFile(odd, FEED.replace('PT1H', 'PT0M'))
    const fault = await loadFeed(odd).then(
      () => '',
      (error: Error) => error.message,
    )
    expect(fault).to.match(/odd\.yaml:8: quality\.period must match pattern/)
  })
})

const POLICIES = `rules:
  - { id: feeds, effect: permit, subject: { role: feed }, action: [read, create, update], resource: { type: AirQualityObserved } }
  - { id: states, effect: permit, subject: { role: feed }, action: [read, create, update], resource: { kind: feed } }
`

describe('feeds: quality that a feed may not tell', () => {
  it('keeps its days, says so, and brings its data in nevertheless', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'feeds-quality-'))
    await writeFile(path.join(folder, 'policies.yaml'), POLICIES)
    await writeFile(path.join(folder, 'feed.yaml'), FEED)
    const hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [path.join(folder, 'policies.yaml')],
      'context.default': 'ontology',
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.accounts': [{ name: 'adapter', roles: ['feed'] }],
    })
    try {
      const { body: granted } = await hub.send('/oidc/token', {
        method: 'POST',
        body: 'grant_type=urn:urban-data-hub:grant:demo&client_id=hub-demo&account=adapter',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      })
      const token: string = granted.access_token
      const told: string[] = []
      const start = async (): Promise<RunningFeed> =>
        runFeed(await loadFeed(path.join(folder, 'feed.yaml')), {
          connection: { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(token) },
          onEvent: ({ kind, text }) => told.push(`${kind} ${text}`),
        })
      const feed = await start()
      const summary = await feed.receive({ body: new Uint8Array(lines(-30, [1, 2, 3])), headers: {} })
      expect(summary).to.deep.include({ read: 3, written: 3 })
      await feed.stop()
      const again = await start()
      await until('the refusal', () =>
        told.some((text) => text.startsWith('failed Assessments of its quality are refused: ')),
      )
      expect(again.figures()).to.have.length(1)
      await again.stop()
    } finally {
      await hub.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
