import { utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect } from 'chai'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { runFeed } from '../../adapters/kit/run/run-feed.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { RunningHub } from '../../broker/main.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { until } from '../support/until.ts'
import { ask, feedFolder, inFolder, load, startFeedHub } from './feed-hub.ts'

const NAMES = 'https://thainguyen.gov.vn/ontology/urban/'
const RIVER = 'urn:ngsi-ld:WaterLevelObserved:thai-nguyen:GIABAY'
const GAUGE = '00000000-0000-0000-0000-000000000001'
const RAIN = `urn:ngsi-ld:RainfallObserved:thai-nguyen:${GAUGE}`
const DAYS = `urn:ngsi-ld:RainfallIndicator:rain-day:${RAIN}`

const rainDay = {
  name: 'rain-day',
  type: 'RainfallObserved',
  attributes: ['rainfallSinceRainDayStart'],
  calculation: 'rain-day',
  accumulated: true,
  target: { type: 'RainfallIndicator', attribute: 'dailyRainfall' },
}

type Attributes = Record<string, { value?: unknown; observedAt?: string }>

/** What a service of gauges answers. */
const current = (sumDepth: number): string =>
  JSON.stringify([{ station: { uuid: GAUGE, name: 'Gia Bảy (mẫu)' }, sumDepth, level: 'Mưa vừa' }])

describe('feeds: rain gauges and river levels', () => {
  let hub: RunningHub
  before(async () => {
    hub = await startFeedHub([], { 'context.default': 'ontology', indicators: [rainDay] })
  })
  after(() => hub.stop())

  const now = async (id: string): Promise<Attributes> =>
    (await ask(`${hub.url}/ngsi-ld/v1/entities/${id}`)).body as Attributes

  /** Values of an attribute in history, by their time. */
  async function history(id: string, attribute: string): Promise<Record<string, unknown>> {
    const query = { attribute: `${NAMES}${attribute}`, limit: 100 }
    const instances = await recordedInstances(hub.store, DEFAULT_TENANT, id, query)
    return Object.fromEntries(
      instances
        .filter(({ deletedAt }) => deletedAt === undefined)
        .map(({ observedAt = 0, text }) => [
          new Date(observedAt / 1000).toISOString().slice(0, 16),
          (JSON.parse(text ?? '{}') as { value: unknown }).value,
        ]),
    )
  }

  it('a river: rows once, late ones into history, corrected ones in place, with the alarm that they mean', () =>
    inFolder(async (folder) => {
      const feedFile = path.join(feedFolder('river-levels'), 'feed.yaml')
      const take = async (name: string, rows: readonly string[]) => {
        const file = path.join(folder, name)
        await writeFile(file, `station;time;level_m;flow\n${rows.join('\n')}\n`)
        return load(hub.url, { feedFile, inputs: [file] })
      }
      const rows = ['GIABAY;2025-09-09 05:00;25,00;840', 'GIABAY;2025-09-09 06:00;26,31;1105']
      expect(await take('1.csv', rows)).to.include({ read: 2, written: 2 })
      expect(await take('2.csv', [...rows, 'GIABAY;2025-09-09 07:00;27,02;'])).to.include({
        written: 1,
        unchanged: 2,
      })
      await take('3.csv', ['GIABAY;2025-09-09 04:00;24,92;', 'GIABAY;2025-09-09 07:00;26,98;'])
      await take('4.csv', ['GIABAY;2025-09-09 05:00;25,40;851'])
      expect(await history(RIVER, 'waterLevel')).to.deep.equal({
        '2025-09-08T21:00': 24.92,
        '2025-09-08T22:00': 25.4,
        '2025-09-08T23:00': 26.31,
        '2025-09-09T00:00': 26.98,
      })
      expect(await history(RIVER, 'alarmLevel')).to.deep.equal({
        '2025-09-08T21:00': 'none',
        '2025-09-08T22:00': 'alarm1',
        '2025-09-08T23:00': 'alarm2',
        '2025-09-09T00:00': 'alarm2',
      })
      const { waterLevel, alarmLevel, alarmLevel3, flow } = await now(RIVER)
      expect(waterLevel).to.include({ value: 26.98, observedAt: '2025-09-09T00:00:00Z' })
      expect([alarmLevel?.value, alarmLevel3?.value, flow?.value]).to.deep.equal(['alarm2', 27, 1105 * 3600])
    }))

  it('rain since 19:00: the last reading of a day is its rain, also of one that comes late or is corrected', () =>
    inFolder(async (folder) => {
      const feedFile = path.join(feedFolder('rain-gauges'), 'feed.yaml')
      let files = 0
      const take = async (time: string, sumDepth: number): Promise<void> => {
        const [file, at] = [path.join(folder, `${++files}.json`), new Date(`${time}+07:00`)]
        await writeFile(file, current(sumDepth))
        await utimes(file, at, at)
        await load(hub.url, { feedFile, inputs: [file] })
      }
      const days = (expected: object) =>
        until('the rain of the days', async () => {
          const found = await history(DAYS, 'dailyRainfall')
          return JSON.stringify(found) === JSON.stringify(expected)
        })
      await take('2025-09-08T20:00:00', 3.2)
      await take('2025-09-09T18:00:00', 42.6)
      await take('2025-09-09T19:10:00', 0.4)
      await take('2025-09-10T18:50:00', 12)
      await days({ '2025-09-09T12:00': 42.6, '2025-09-10T12:00': 12 })
      await take('2025-09-09T18:50:00', 44.8)
      await take('2025-09-10T18:50:00', 11.5)
      await take('2025-09-09T19:00:00', 0)
      await days({ '2025-09-09T12:00': 44.8, '2025-09-10T12:00': 11.5 })
      expect((await now(DAYS)).dailyRainfall).to.deep.include({
        value: 11.5,
        observedAt: '2025-09-10T12:00:00Z',
      })
      const { rainfallSinceRainDayStart, periodStart } = await now(RAIN)
      expect(rainfallSinceRainDayStart).to.include({ value: 11.5, observedAt: '2025-09-10T11:50:00Z' })
      expect(periodStart?.value).to.deep.include({ '@value': '2025-09-09T12:00:00Z' })
    }))

  it('rain by HTTP: the state when it came, and nothing while the service has no other', async () => {
    let asked = 0
    const source = createServer((request, response) => {
      asked++
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end()
      else response.setHeader('etag', '"1"').end(current(7.8))
    })
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}/public/current/19.json`
    const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
    const file = path.join(feedFolder('rain-gauges'), 'feed.yaml')
    try {
      for (const visits of [1, 2]) {
        const feed = runFeed(await loadFeed(file, { url }), { connection })
        await until('a visit', () => asked === visits)
        await until('what it brings', async () => (await now(RAIN)).rainfallSinceRainDayStart?.value === 7.8)
        await feed.stop()
      }
    } finally {
      source.close()
    }
    const values = Object.values(await history(RAIN, 'rainfallSinceRainDayStart'))
    expect(values.filter((value) => value === 7.8)).to.have.length(1)
  })
})
