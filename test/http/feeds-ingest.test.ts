import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { hubClient } from '../../adapters/kit/hub/hub-client.ts'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { FeedStore } from '../../adapters/kit/intake/feed-store.ts'
import { type Inputs, inputsKey } from '../../adapters/kit/intake/input.ts'
import { runInputs } from '../../adapters/kit/intake/run-inputs.ts'
import { NOTHING } from '../../adapters/kit/intake/summary.ts'
import { parseTenant } from '../../broker/core/model/tenant.ts'
import type { RunningHub } from '../../broker/main.ts'
import {
  airQualityTable,
  ask,
  brokenRoad,
  entitiesOf,
  feedFolder,
  historyOf,
  inFolder,
  load,
  startFeedHub,
} from './feed-hub.ts'

const STATIONS = feedFolder('environment-stations')
const CSV = feedFolder('air-quality-csv')

/** Name of the error that a task fails with. */
function failure(task: Promise<unknown>): Promise<string> {
  return task.then(
    () => 'none',
    (error: Error) => error.name,
  )
}

async function pm25(hub: RunningHub): Promise<unknown> {
  const [entity] = await entitiesOf(hub)
  const { value, observedAt } = entity!.pm25 as Record<string, unknown>
  return [value, observedAt]
}

describe('feeds: one-off load', () => {
  let hub: RunningHub

  beforeEach(async () => {
    hub = await startFeedHub()
  })
  afterEach(() => hub.stop())

  it('says what its data may be read for before it brings any', () =>
    inFolder(async (folder) => {
      const feedFile = path.join(folder, 'feed.yaml')
      await writeFile(
        feedFile,
        `name: bound
title: Bound
source: urn:ngsi-ld:Feed:bound
dataProvider: Sở Y tế
transport: { kind: directory, path: . }
format: { kind: json }
mapping: { type: WaterLevelObserved, id: '{ma}', columns: { muc: waterLevel } }
use: { purposes: [health], types: [WaterLevelObserved] }
`,
      )
      await writeFile(path.join(folder, 'a.json'), '[{ "ma": "A", "muc": 1 }]')
      const road = await brokenRoad(hub.url, 3, 'before')
      expect(await failure(load(road.url, { feedFile, inputs: [path.join(folder, 'a.json')] }))).to.equal(
        'HubAway',
      )
      road.close()
      const levels = await ask(`${hub.url}/ngsi-ld/v1/entities?type=WaterLevelObserved`)
      expect(levels.body).to.deep.equal([])
      const { body } = await ask(`${hub.url}/hub/v1/feeds/bound`)
      expect(body).to.have.nested.property('definition.use.purposes').that.deep.equals(['health'])
    }))

  it('changes nothing when the same files are loaded again', async () => {
    const options = {
      feedFile: path.join(STATIONS, 'feed.yaml'),
      inputs: [path.join(STATIONS, 'samples/thai-nguyen')],
    }
    const first = await load(hub.url, options)
    const before = await ask(
      `${hub.url}/ngsi-ld/v1/entities?type=AirQualityObserved,WaterQualityObserved&options=sysAttrs`,
    )
    const quarantined = await ask(`${hub.url}/hub/v1/quarantine`)
    const again = await load(hub.url, options)
    expect(first).to.deep.equal({
      read: 37,
      written: 35,
      unchanged: 0,
      quarantined: { unreadable: 1, unmapped: 1 },
    })
    expect(again).to.deep.equal({ read: 37, written: 0, unchanged: 37, quarantined: {} })
    expect(
      await ask(
        `${hub.url}/ngsi-ld/v1/entities?type=AirQualityObserved,WaterQualityObserved&options=sysAttrs`,
      ),
    ).to.deep.equal(before)
    expect(await ask(`${hub.url}/hub/v1/quarantine`)).to.deep.equal(quarantined)
  })

  it('ends with the newest observation whatever the names of the files are', async () => {
    await inFolder(async (folder) => {
      await writeFile(path.join(folder, 'a-may.csv'), airQualityTable('2025-05-01', [30, 31]))
      await writeFile(path.join(folder, 'b-april.csv'), airQualityTable('2025-04-01', [20, 21]))
      const summary = await load(hub.url, { feedFile: path.join(CSV, 'feed.yaml'), inputs: [folder] })
      expect(summary).to.deep.include({ read: 4, written: 4, quarantined: {} })
      expect(await pm25(hub)).to.deep.equal([31, '2025-04-30T18:00:00Z'])
    })
  })

  it('takes what is new of a table that grows', async () => {
    await inFolder(async (folder) => {
      const file = path.join(folder, 'may.csv')
      const options = { feedFile: path.join(CSV, 'feed.yaml'), inputs: [file] }
      await writeFile(file, airQualityTable('2025-05-01', [30, 31]))
      await load(hub.url, options)
      await writeFile(file, airQualityTable('2025-05-01', [30, 31, 32]))
      expect(await load(hub.url, options)).to.deep.equal({
        read: 3,
        written: 1,
        unchanged: 2,
        quarantined: {},
      })
    })
  })

  it('sends a corrected value of the same time', async () => {
    await inFolder(async (folder) => {
      const file = path.join(folder, 'may.csv')
      const options = { feedFile: path.join(CSV, 'feed.yaml'), inputs: [file] }
      await writeFile(file, airQualityTable('2025-05-01', [30]))
      await load(hub.url, options)
      await writeFile(file, airQualityTable('2025-05-01', [33]))
      expect(await load(hub.url, options)).to.deep.include({ written: 1 })
      expect(await pm25(hub)).to.deep.equal([33, '2025-04-30T17:00:00Z'])
    })
  })

  it('refuses a hub that cannot be reached, and a feed file with faults', async () => {
    const inputs = [path.join(CSV, 'samples/thai-nguyen')]
    const away = load('http://127.0.0.1:9', { feedFile: path.join(CSV, 'feed.yaml'), inputs })
    expect(await failure(away)).to.equal('HubAway')
    const broken = load(hub.url, { feedFile: path.join(CSV, 'none.yaml'), inputs })
    expect(await failure(broken)).to.equal('FeedFault')
  })
})

describe('feeds: a load that breaks off', () => {
  const options = { feedFile: '', inputs: [] as string[] }
  let hub: RunningHub
  let tenants = 0

  before(async () => {
    hub = await startFeedHub()
  })
  after(() => hub.stop())

  for (const when of ['before', 'after'] as const) {
    it(`ends with the same entities and history wherever it broke, ${when} the hub had the request`, async () => {
      await inFolder(async (folder) => {
        await writeFile(
          path.join(folder, 'feed.yaml'),
          (await readFile(path.join(CSV, 'feed.yaml'), 'utf8')).replace(
            'module: map.ts',
            `module: ${path.join(CSV, 'map.ts')}\n\nbatchSize: 3`,
          ),
        )
        const input = path.join(folder, 'may.csv')
        await writeFile(input, `${airQualityTable('2025-05-01', [1, 2, 3, 4, 5, 6, 7, 8])}broken\n`)
        const load8 = { ...options, feedFile: path.join(folder, 'feed.yaml'), inputs: [input] }
        const expected = await outcome(load8)
        for (let at = 1; at <= expected.requests; at++) {
          const found = await outcome(load8, at, when)
          expect(found.broke, `request ${at}`).to.equal(true)
          expect(found.entities, `request ${at}`).to.deep.equal(expected.entities)
          expect(found.history, `request ${at}`).to.deep.equal(expected.history)
          expect(found.quarantine, `request ${at}`).to.deep.equal(expected.quarantine)
        }
        expect(expected.requests).to.be.above(8)
        expect(expected.history).to.have.nested.property('[0].length').above(8)
      })
    })
  }

  it('writes every record where another mapping goes on with it', () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'feed.yaml')
      const definition = await readFile(path.join(CSV, 'feed.yaml'), 'utf8')
      await writeFile(file, definition.replace('module: map.ts', `module: ${path.join(CSV, 'map.ts')}`))
      const bytes = Buffer.from(`${airQualityTable('2025-06-01', [1, 2, 3, 4])}broken\n`)
      const inputs: Inputs = [{ name: 'june.csv', bytes, repeatable: false }]
      const tenant = parseTenant('another')
      const client = hubClient({ baseUrl: hub.url, tenant, token: async () => undefined })
      const feed = await loadFeed(file)
      const store = new FeedStore(client, feed.definition)
      // the mapping before took the broken row too, and the first two of five were written when the hub was gone
      const before = { done: 2, total: 5, complete: false, summary: { ...NOTHING, read: 2, written: 2 } }
      await store.keepProgress(inputsKey(feed, inputs), inputs[0], before)
      const { summary } = await runInputs({ feed, client, store }, inputs)
      expect([summary.read, summary.written]).to.deep.equal([5, 4])
      const headers = { 'ngsild-tenant': tenant }
      const { records } = (await ask(`${hub.url}/hub/v1/quarantine`, { headers })).body as {
        records: unknown[]
      }
      expect(records).to.have.length(1)
      // what is as it was goes on
      await store.keepProgress(inputsKey(feed, inputs), inputs[0], { ...before, total: 4 })
      expect((await runInputs({ feed, client, store }, inputs)).summary).to.include({ read: 4, unchanged: 2 })
    }))

  async function outcome(
    what: typeof options,
    breaksAt = Number.POSITIVE_INFINITY,
    when: 'before' | 'after' = 'before',
  ) {
    // each load into a tenant of its own
    const tenant = parseTenant(`load${++tenants}`)
    const headers = { 'ngsild-tenant': tenant }
    const road = await brokenRoad(hub.url, breaksAt, when)
    try {
      const broke = await load(road.url, what, tenant).then(
        () => false,
        () => true,
      )
      const requests = road.count()
      if (broke) await load(hub.url, what, tenant)
      const entities = await entitiesOf(hub, headers)
      const history = await historyOf(
        hub,
        entities.map(({ id }) => String(id)),
        tenant,
      )
      const { records } = (await ask(`${hub.url}/hub/v1/quarantine`, { headers })).body as {
        records: Record<string, unknown>[]
      }
      return {
        broke,
        requests,
        entities,
        history,
        quarantine: records.map(({ id, reason, line }) => [id, reason, line]),
      }
    } finally {
      road.close()
    }
  }
})

/** Files of examples, and how many of each reason their feed sets aside; implausible ones are written but for a value. */
const EXAMPLES = {
  'example-normalized.jsonld': { private: 3, unmapped: 2, refused: 3, implausible: 5 },
  'example.jsonld': { private: 3, refused: 3, unreadable: 1, implausible: 4 },
}

const DEFECTS: Readonly<Record<string, RegExp>> = {
  private: /^Type \S*(?:Camera|AnprFlowObserved|TrafficViolation) is of cameras/,
  unreadable: /^Record is not valid JSON/,
  unmapped: /^Time is not a valid|^Attribute floodLevelStatus has a type/,
  refused:
    /an id that is not a URI$|can only be a GeoProperty$|iudx:EVChargingStation is not|battery has an observedAt/,
  implausible:
    /^Attribute \w+ (?:is not a|has (?:a value that is not of its list|coordinates that are not on earth))/,
}

describe('feeds: real input', () => {
  const data = process.env.HUB_TEST_DATA

  it('takes all rows of a month of readings (SKIPPED without HUB_TEST_DATA)', async function () {
    if (data === undefined) this.skip()
    const hub = await startFeedHub()
    try {
      const input = path.join(data, 'data/thai-nguyen/air-quality/aqi_thai-nguyen_2025_apr.csv')
      const summary = await load(hub.url, { feedFile: path.join(CSV, 'feed.yaml'), inputs: [input] })
      expect(summary).to.deep.equal({ read: 679, written: 679, unchanged: 0, quarantined: {} })
      const [entity] = await entitiesOf(hub)
      const [history] = (await historyOf(hub, [String(entity!.id)])) as [unknown[][]]
      expect(history.filter(([attribute]) => String(attribute).endsWith('/pm25'))).to.have.length(676)
    } finally {
      await hub.stop()
    }
  })

  it('takes or quarantines each Smart Data Models example (SKIPPED without HUB_TEST_DATA)', async function () {
    if (data === undefined) this.skip()
    const hub = await startFeedHub()
    try {
      const feedFile = path.join(feedFolder('smart-data-models'), 'feed.yaml')
      const folder = path.join(data, 'data/smart-data-models')
      const all = (await readdir(folder, { recursive: true })).map((name) => path.join(folder, name))
      for (const [file, expected] of Object.entries(EXAMPLES)) {
        const inputs = all.filter((name) => path.basename(name) === file)
        const { read, quarantined } = await load(hub.url, { feedFile, inputs })
        expect({ file, read, quarantined }).to.deep.equal({ file, read: 55, quarantined: expected })
      }
      const { records } = (await ask(`${hub.url}/hub/v1/quarantine?limit=1000`)).body as {
        records: { reason: string; detail: string }[]
      }
      for (const { reason, detail } of records) expect(detail).to.match(DEFECTS[reason] ?? /^never$/)
      const found = await ask(
        `${hub.url}/ngsi-ld/v1/entities?type=AirQualityObserved,WeatherObserved&q=temperature`,
      )
      expect(
        (found.body as { temperature: object }[]).map(({ temperature }) => Object.keys(temperature)),
      ).to.deep.equal([
        ['type', 'value', 'observedAt'],
        ['type', 'value', 'observedAt'],
      ])
    } finally {
      await hub.stop()
    }
  })
})
