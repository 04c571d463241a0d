import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect } from 'chai'
import { connectAsync } from 'mqtt'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { type FeedEvent, runOnce } from '../../adapters/kit/run/run-feed.ts'
import { startFeeds } from '../../adapters/kit/run/start-feeds.ts'
import { testSamples } from '../../adapters/onboarding/sample-pairs.ts'
import { terminalAsker } from '../../broker/cli/run/feed/asker.ts'
import { statusText } from '../../broker/cli/run/feed/feed-status.ts'
import { makeFeed, type NewFeedOptions } from '../../broker/cli/run/feed/new-feed.ts'
import { replayFeed } from '../../broker/cli/run/feed/replay-feed.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { RunningHub } from '../../broker/main.ts'
import { startAedes } from '../support/aedes.ts'
import { PASSWORD, USER } from '../support/mosquitto.ts'
import { until } from '../support/until.ts'
import { workbook } from '../support/workbook.ts'
import { ask, inFolder, load, startFeedHub } from './feed-hub.ts'

const TABLE = `Mã trạm,Tên trạm,Thời gian,Mực nước (cm),Người trực,Điện thoại
GB,Gia Bảy,15/11/2025 07:00,2210,Nguyễn Văn An,0900 000 000
CH,Chã,15/11/2025 07:00,480,Trần Thị Bình,0900 000 001
`
const LEVELS = { GB: 22.1, CH: 4.8 }
/** What a terminal is told before a line is drawn again. */
const ERASE_LINE = '\u001b[2K'
const SILENT = { print: () => undefined }

function options(from: string, more: Partial<NewFeedOptions> = {}): NewFeedOptions {
  return { from, provider: 'Chi cục Thủy lợi', city: 'thai-nguyen', map: {}, patience: 20, ...more }
}

/** What a hub has of water levels, by the last part of the id. */
async function levels(hub: RunningHub): Promise<Record<string, unknown>> {
  const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities?type=WaterLevelObserved&options=keyValues`)
  const entities = body as { id: string; waterLevel: number }[]
  return Object.fromEntries(entities.map(({ id, waterLevel }) => [id.split(':').at(-1), waterLevel]))
}

describe('hub feed', () => {
  let hub: RunningHub
  before(async () => {
    hub = await startFeedHub()
  })
  after(() => hub.stop())

  const connection = () => ({ baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) })

  it('makes a feed of a table without what is of persons, and its samples are as expected', () =>
    inFolder(async (folder) => {
      await writeFile(path.join(folder, 'muc-nuoc.csv'), TABLE)
      let printed = ''
      const feed = path.join(folder, 'feed')
      const print = (text: string): void => {
        printed += text
      }
      await makeFeed(feed, options(path.join(folder, 'muc-nuoc.csv')), { print })
      const written = await Promise.all(
        ['feed.yaml', 'samples/thai-nguyen/sample.csv', 'expected/thai-nguyen.json'].map((file) =>
          readFile(path.join(feed, file), 'utf8'),
        ),
      )
      expect(written[0]).to.match(/Mực nước \(cm\): \{ attribute: waterLevel, unit: cm \} # \d\.\d\d: /)
      expect(written[0]).to.match(/ignore:\n\s+- Người trực # of persons: /)
      expect([...written, printed].join()).not.to.match(/Nguyễn|Trần|0900/)
      expect(printed).to.match(/Mực nước \(cm\): "2210" +\| .*waterLevel: 22\.1 m @ 2025-11-15T00:00:00Z/)
      const [tested] = await testSamples(path.join(feed, 'feed.yaml'))
      expect(tested).to.deep.include({ city: 'thai-nguyen', entities: 2, refused: 0, differences: [] })
      await writeFile(
        path.join(feed, 'expected/thai-nguyen.json'),
        (written[2] ?? '').replace('22.1', '22.2'),
      )
      const [changed] = await testSamples(path.join(feed, 'feed.yaml'))
      expect(changed?.differences).to.deep.equal([
        'entities urn:ngsi-ld:WaterLevelObserved:thai-nguyen:GB.waterLevel.value: 22.2 is expected, 22.1 came',
      ])
    }))

  const SOURCES: Readonly<Record<string, (folder: string) => Promise<readonly [NewFeedOptions, Server?]>>> = {
    'a workbook with a title above its header': async (folder) => {
      const cells = TABLE.trim()
        .split('\n')
        .map((line) => line.split(',').slice(0, 4))
      const file = path.join(folder, 'muc-nuoc.xlsx')
      await writeFile(
        file,
        workbook({ Bìa: [['Chi cục']], 'Tháng 11': [['MỰC NƯỚC CÁC TRẠM'], [], ...cells] }),
      )
      return [options(file, { sheet: 'Tháng 11' })]
    },
    'XML over HTTP': async () => {
      const rows = [
        ['GB', 'Gia Bảy', '22.10'],
        ['CH', 'Chã', '4.80'],
      ].map(
        ([code, name, level]) =>
          `<station><code>${code}</code><name>${name}</name><time>2025-11-15T07:00:00+07:00</time><water_level_m>${level}</water_level_m></station>`,
      )
      const server = createServer((_, answer) => answer.end(`<levels>${rows.join('')}</levels>`))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      return [options(`http://127.0.0.1:${port}/water-levels`, { every: 3600 }), server]
    },
    'rows of a database': async (folder) => {
      const file = path.join(folder, 'scada.db')
      const database = new DatabaseSync(file)
      database.exec(
        `CREATE TABLE muc_nuoc (ma_tram TEXT, thoi_gian TEXT, muc_nuoc_cm REAL);
         INSERT INTO muc_nuoc VALUES ('GB', '2025-11-15 07:00', 2210), ('CH', '2025-11-15 07:00', 480)`,
      )
      database.close()
      return [options(`sqlite:${file}`, { query: 'SELECT * FROM muc_nuoc' })]
    },
  }
  for (const [title, source] of Object.entries(SOURCES)) {
    it(`makes a feed of ${title}, and runs it`, () =>
      inFolder(async (folder) => {
        const [given, server] = await source(folder)
        const place = path.join(folder, 'feed')
        await makeFeed(place, { ...given, name: path.basename(folder).toLowerCase() }, SILENT)
        const file = path.join(place, 'feed.yaml')
        const feed = await loadFeed(file, {})
        const { transport } = feed.definition
        if (transport.kind !== 'directory') {
          const summary = await runOnce(feed, { connection: connection(), environment: {} })
          expect(summary).to.deep.include({ read: 2, quarantined: {} })
          expect(await levels(hub)).to.deep.include(LEVELS)
        }
        expect((await testSamples(file))[0]).to.deep.include({ entities: 2, differences: [] })
        server?.close()
      }))
  }

  it('makes a feed of messages of an MQTT server', () =>
    inFolder(async (folder) => {
      const broker = await startAedes()
      const url = `mqtt://127.0.0.1:${broker.port}`
      const sender = await connectAsync(url, { username: USER, password: PASSWORD })
      const message = (ma_tram: string, muc_nuoc_cm: number): string =>
        JSON.stringify({ ma_tram, thoi_gian: '2025-11-15T07:00:00+07:00', muc_nuoc_cm })
      await sender.publishAsync('muc-nuoc/GB', message('GB', 2210), { qos: 1, retain: true })
      await sender.publishAsync('muc-nuoc/CH', message('CH', 480), { qos: 1, retain: true })
      await writeFile(path.join(folder, 'password'), PASSWORD)
      const place = path.join(folder, 'feed')
      const given = options(`${url}/muc-nuoc/+`, {
        user: USER,
        passwordFile: path.join(folder, 'password'),
        patience: 2,
        mqttVersion: '3.1.1',
      })
      await makeFeed(place, given, SILENT)
      expect((await loadFeed(path.join(place, 'feed.yaml'))).definition).to.deep.nested.include({
        'mapping.type': 'WaterLevelObserved',
        'transport.topics': ['muc-nuoc/+'],
      })
      expect((await testSamples(path.join(place, 'feed.yaml')))[0]).to.deep.include({
        entities: 2,
        differences: [],
      })
      await sender.endAsync()
      await broker.stop()
    }))

  it('tries records of quarantine again: by the hub, or here where the feed runs elsewhere', () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'feed.yaml')
      const definition = (unit: string): string => `name: repaired-levels
title: Levels
source: urn:ngsi-ld:Feed:repaired-levels
dataProvider: Chi cục Thủy lợi
transport: { kind: directory, path: levels.json }
format: { kind: json }
mapping: { type: WaterLevelObserved, id: 'repaired:{ma}', columns: { muc: { attribute: waterLevel, unit: ${unit} } } }
`
      await writeFile(file, definition('m'))
      await writeFile(
        path.join(folder, 'levels.json'),
        '[{ "ma": "R1", "muc": 2210 }, { "ma": "R2", "muc": 990000 }]',
      )
      await load(hub.url, { feedFile: file, inputs: [path.join(folder, 'levels.json')] })
      await writeFile(file, definition('cm'))
      const asked = { hub: hub.url, issuer: '', tenant: '', account: '', variable: {} }
      let printed = ''
      const print = (text: string): void => {
        printed += text
      }
      const byHub = await replayFeed('repaired-levels', [], asked, print).catch(
        (error: Error) => error.message,
      )
      expect(byHub).to.match(/repaired-levels does not run here/)
      const here = await replayFeed('repaired-levels', [], { ...asked, adapter: folder }, print).catch(
        (error: Error) => error.message,
      )
      expect(here).to.equal('1 records stay in quarantine')
      expect(printed).to.match(/: quarantined \(implausible: waterLevel is out of its range\)\n/)
      expect(printed).to.match(/\nwritten 1, unchanged 0, still set aside 1\n$/)
      expect(await levels(hub)).to.include({ R1: 22.1, R2: undefined })
      const { body } = await ask(`${hub.url}/hub/v1/quarantine?feed=repaired-levels`)
      expect((body as { records: unknown[] }).records).to.have.length(1)
    }))

  it('asks for what is not sure, and takes what is said', () =>
    inFolder(async (folder) => {
      await writeFile(path.join(folder, 'muc-nuoc.csv'), TABLE)
      const input = new PassThrough()
      // each question ends the stream that it is piped from
      const output = Object.assign(new PassThrough(), { end: () => output })
      let shown = ''
      const asked: string[] = []
      output.on('data', (chunk) => {
        shown += chunk
        // drawn the first time nothing is erased before it; terminals differ in colours
        const [, question] = /^\? (.*?)(?: \(.*\))?$/m.exec(stripVTControlCharacters(String(chunk))) ?? []
        if (question === undefined || String(chunk).includes(ERASE_LINE)) return
        asked.push(question)
        setTimeout(() => input.write('\r'), 20)
      })
      const asker = terminalAsker({ input, output })
      const given = options(path.join(folder, 'muc-nuoc.csv'))
      await makeFeed(path.join(folder, 'feed'), given, { asker, ...SILENT })
      expect(asked.join('\n')).to.match(
        /^Name of the feed\nWhat is it called\?\nWhat are the records of\?\nWrite .*feed\.yaml\?$/,
      )
      expect(shown).to.include('WaterLevelObserved · ')
      expect(await readFile(path.join(folder, 'feed/feed.yaml'), 'utf8')).to.include(
        'type: WaterLevelObserved',
      )
    }))

  it('says what is missing where nobody can be asked', () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'x.csv')
      await writeFile(file, 'a,b\n1,2\n')
      await writeFile(path.join(folder, 'bia.xlsx'), workbook({ Bìa: [['Chi cục']] }))
      await writeFile(path.join(folder, 'loggers.json'), '{ "value": [{ "@iot.id": 1, "result": 2 }] }')
      const refusals: [Partial<NewFeedOptions>, RegExp][] = [
        [{ provider: undefined as never }, /^Option --provider is missing/],
        [{}, /^What the records are of is not sure .*: say it with --type$/],
        [{ type: 'WaterLevelObserved' }, /say it with --key$/],
        [{ type: 'Nothing' }, /^Ontology has no type Nothing$/],
        [
          { from: path.join(folder, 'loggers.json') },
          /a service of SensorThings: adapters\/feeds\/sensor-things/,
        ],
        [{ map: { c: 'name' } }, /^Source has no field c; it has a, b$/],
        [{ from: path.join(folder, 'bia.xlsx') }, /^Workbook has no table on its first sheet: .*--sheet$/],
        [{ from: path.join(folder, 'none') }, /neither an address nor a file/],
        [{ from: 'http://127.0.0.1:9/x' }, /ECONNREFUSED/],
      ]
      for (const [more, text] of refusals) {
        const error = await makeFeed(path.join(folder, 'feed'), options(file, more), SILENT).catch(
          (reason: Error) => reason.message,
        )
        expect(error).to.match(text)
      }
    }))

  it('takes a changed definition over while it runs, and goes on with the one before where it is faulty', () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'feed.yaml')
      const definition = (unit: string): string => `name: changed-levels
title: Levels
source: urn:ngsi-ld:Feed:changed-levels
dataProvider: Chi cục Thủy lợi
transport: { kind: webhook }
format: { kind: json }
mapping: { type: WaterLevelObserved, id: 'changed:{ma}', columns: { muc: { attribute: waterLevel, unit: ${unit} } } }
`
      await writeFile(file, definition('cm'))
      const events: FeedEvent[] = []
      const feeds = await startFeeds({
        feeds: [{ file, variables: {} }],
        connection: connection(),
        watchMs: 30,
        onEvent: (event) => events.push(event),
      })
      const standing = () => feeds.running.standing('changed-levels')
      const send = (ma: string) =>
        feeds.running.receive('changed-levels', {
          headers: {},
          body: Buffer.from(JSON.stringify({ ma, muc: 200 })),
        })
      await send('before')
      await writeFile(file, definition('mm'))
      await until('the other unit', () => events.some(({ kind }) => kind === 'redefined'))
      await send('after')
      await writeFile(file, definition('parsec'))
      await until('the fault', () => (standing()?.faults.length ?? 0) > 0)
      await send('faulty')
      expect(standing()?.faults.join()).to.match(
        /^feed\.yaml: mapping Unit of WaterLevelObserved waterLevel is not known$/,
      )
      expect(events.at(-2)).to.deep.include({ kind: 'misdefined', feed: 'changed-levels' })
      await writeFile(file, definition('mm').replace('name: changed-levels', 'name: other'))
      await until('another name', () => /takes a new start/.test(standing()?.faults.join() ?? ''))
      await writeFile(file, definition('mm'))
      await until('no fault', () => standing()?.faults.length === 0)
      await feeds.stop()
      expect(await levels(hub)).to.deep.include({ before: 2, after: 0.2, faulty: 0.2 })
    }))

  it('answers how a feed stands where it runs, and keeps nothing of that', () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'feed.yaml')
      await writeFile(
        file,
        `name: standing
title: Levels
source: urn:ngsi-ld:Feed:standing
dataProvider: Chi cục Thủy lợi
transport: { kind: webhook }
format: { kind: json }
mapping: { type: WaterLevelObserved, id: '{ma}', columns: { muc: waterLevel } }
`,
      )
      const own = await startFeedHub([{ file }])
      const url = `${own.url}/hub/v1/feeds/standing`
      await until('its state', async () => (await ask(url)).status === 200)
      const { body } = await ask(url)
      expect(body).to.have.nested.property('running.faults').that.deep.equals([])
      expect(body).to.have.nested.property('running.visitedAt')
      await ask(url, {
        method: 'PUT',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
      const kept = await own.store.document(DEFAULT_TENANT, 'feed', 'feed:standing')
      expect(kept?.document).to.include.keys('definition').and.not.have.property('running')
      await own.stop()
    }))

  it('shows how feeds stand, with what is wrong of each', () => {
    const now = Date.parse('2025-11-15T03:00:00Z')
    const text = statusText(
      [
        { name: 'new', running: { faults: [] } },
        {
          name: 'levels',
          counters: { read: 12, written: 9, unchanged: 0, quarantined: { unmapped: 2, implausible: 1 } },
          lastRun: { endedAt: '2025-11-15T02:59:20Z' },
          brought: { A: { to: '2025-11-13T00:00:00Z' }, B: { to: '2025-11-14T01:00:00Z' }, C: {} },
          running: { nextVisitAt: '2025-11-15T03:04:10Z', faults: ['feed.yaml:3: name must be string'] },
        },
        { name: 'away', lastError: { text: 'Source answers 503', retryAt: '2025-11-15T03:00:08Z' } },
      ],
      now,
    )
    expect(text.split('\n').map((line) => line.trim().split(/ {2,}/))).to.deep.equal([
      ['feed', 'state', 'last run', 'lag', 'read', 'written', 'unchanged', 'set aside', 'next run'],
      ['new', 'has not run', '-', '-', '0', '0', '0', '0', 'runs now'],
      [
        'levels',
        'misdefined',
        '40 s ago',
        '1 d 2 h',
        '12',
        '9',
        '0',
        '3 (unmapped 2, implausible 1)',
        'in 4 min 10 s',
      ],
      ['away', 'failed', '-', '-', '0', '0', '0', '0', 'in 8 s'],
      ['levels: feed.yaml:3: name must be string'],
      ['away: Source answers 503'],
      [''],
    ])
  })
})
