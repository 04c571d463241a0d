import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { vietnamDay } from '../../broker/core/indicators/cycle.ts'
import type { Instance } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { type RunningHub, startHub } from '../../broker/main.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { testConfig } from '../support/hub.ts'
import { realReadings } from '../support/real-readings.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { spreadsheetDays } from '../support/spreadsheet-air-quality.ts'
import { LOADING_MILLISECONDS, STOP_MILLISECONDS } from '../support/store-of-tests.ts'
import { until as holds } from '../support/until.ts'
import { airQualityTable, ask, feedFolder, inFolder, load } from './feed-hub.ts'

const feedFile = path.join(feedFolder('air-quality-csv'), 'feed.yaml')
const STATION = 'urn:ngsi-ld:AirQualityObserved:thai-nguyen:csv-thai-nguyen'
const HOUR_ID = `urn:ngsi-ld:AirQualityIndicator:vn-aqi-hour:${STATION}`
const DAY_ID = `urn:ngsi-ld:AirQualityIndicator:vn-aqi-day:${STATION}`
const ALERT_ID = `urn:ngsi-ld:Alert:vn-aqi-hour:${STATION}`
const NAMES = 'https://thainguyen.gov.vn/ontology/urban/'

const particles = { type: 'AirQualityObserved', attributes: ['pm25', 'pm10', 'o3', 'no2', 'so2', 'co'] }
const target = { type: 'AirQualityIndicator', attribute: 'airQualityIndex' }
const day = { name: 'vn-aqi-day', ...particles, calculation: 'vn-aqi-day', target }
const hour = {
  name: 'vn-aqi-hour',
  ...particles,
  calculation: 'vn-aqi-hour',
  target,
  alert: { raise: 151, clear: 141, severity: 'high', category: 'airPollution' },
}

async function withHub(
  task: (hub: RunningHub, folder: string) => Promise<void>,
  indicators: readonly object[] = [day, hour],
): Promise<void> {
  await inFolder(async (folder) => {
    const hub = await startIndicatorHub(path.join(folder, 'data'), indicators)
    try {
      await task(hub, folder)
    } finally {
      await hub.stop()
    }
  })
}

async function startIndicatorHub(
  data: string,
  indicators: readonly object[],
  settings: object = {},
): Promise<RunningHub> {
  const config = await testConfig({
    ...settings,
    'auth.mode': 'off',
    'listen.port': 0,
    'context.default': 'ontology',
    data,
    indicators,
  })
  return startHub(config, {
    root: packageRoot,
    log: pino({ level: 'silent' }),
    stopMilliseconds: STOP_MILLISECONDS,
  })
}

/** Loads tables one after the other. */
async function loadTables(hub: RunningHub, folder: string, tables: readonly string[]): Promise<void> {
  for (const [at, text] of tables.entries()) {
    const file = path.join(folder, `${at}.csv`)
    await writeFile(file, text)
    await load(hub.url, { feedFile, inputs: [file] })
  }
}

/** Values that history keeps of an attribute by their time, oldest first. */
async function historyOf(hub: RunningHub, id: string, attribute: string): Promise<readonly Instance[]> {
  const instances = await recordedInstances(hub.store, DEFAULT_TENANT, id, {
    attribute: `${NAMES}${attribute}`,
    limit: 10_000,
  })
  return instances
    .filter(({ deletedAt }) => deletedAt === undefined)
    .map(({ text }) => JSON.parse(text ?? '') as Instance)
    .sort((left, right) => (left.observedAt ?? 0) - (right.observedAt ?? 0))
}

async function indices(hub: RunningHub, id: string): Promise<readonly [string, unknown][]> {
  const instances = await historyOf(hub, id, 'airQualityIndex')
  return instances.map(({ observedAt = 0, value }) => [new Date(observedAt / 1000).toISOString(), value])
}

async function alerts(hub: RunningHub): Promise<readonly unknown[]> {
  const instances = await historyOf(hub, ALERT_ID, 'alertStatus')
  return instances.map(({ observedAt = 0, value }) => [
    new Date(observedAt / 1000).toISOString().slice(0, 16),
    value,
  ])
}

/** The index as it is shown now. */
async function current(hub: RunningHub, id: string): Promise<Record<string, unknown>> {
  const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities/${id}`)
  return (body as Record<string, Record<string, unknown>>).airQualityIndex ?? {}
}

/** Writes of another station are derived last: nothing of what came before is under way then. */
async function settled(hub: RunningHub, marker: number): Promise<void> {
  const id = `urn:ngsi-ld:AirQualityObserved:test:marker-${marker}`
  const at = (hours: number) => new Date(Date.UTC(2024, 0, 1, hours)).toISOString().replace('.000', '')
  const instance = (hours: number) => ({ type: 'Property', value: 10, observedAt: at(hours) })
  const hours = Array.from({ length: 24 }, (_, hour) => hour)
  await upsert(hub, ...hours.map((hour) => ({ id, type: 'AirQualityObserved', pm25: instance(hour) })))
  await until(async () => {
    const found = await Promise.all(
      ['vn-aqi-day', 'vn-aqi-hour'].map((name) =>
        indices(hub, `urn:ngsi-ld:AirQualityIndicator:${name}:${id}`),
      ),
    )
    return (found[0]?.length ?? 0) >= 1 && (found[1]?.length ?? 0) >= 24
  })
}

async function upsert(hub: RunningHub, ...entities: readonly object[]): Promise<void> {
  const { status } = await ask(`${hub.url}/ngsi-ld/v1/entityOperations/upsert?options=update`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'hub-late-observations': 'history' },
    body: JSON.stringify(entities),
  })
  expect(status).to.be.oneOf([201, 204])
}

/** Within the hour, so that all of it is of one day. */
const HALF_PAST = 30
const THREE_DAYS = ['2025-05-01', '2025-05-02', '2025-05-03'].map((date, at) =>
  airQualityTable(
    date,
    Array.from({ length: 24 }, (_, hours) => 20 + 40 * at + (hours % 5)),
    HALF_PAST,
  ),
)

const until = (isSo: () => Promise<boolean>): Promise<void> => holds('what is derived', isSo, 50_000)

describe('indicators', () => {
  it('are entities of their own that say what they were derived of, how and when', () =>
    withHub(async (hub, folder) => {
      await loadTables(hub, folder, THREE_DAYS)
      await until(async () => (await indices(hub, DAY_ID)).length === 3)
      const { status, body } = await ask(`${hub.url}/ngsi-ld/v1/entities/${DAY_ID}?options=sysAttrs`)
      expect(status).to.equal(200)
      const entity = body as Record<string, Record<string, unknown>>
      expect(entity.type).to.equal('AirQualityIndicator')
      expect(entity.derivedFrom).to.include({ type: 'Relationship', object: STATION })
      expect(entity.location?.value).to.deep.equal({ type: 'Point', coordinates: [105.8482, 21.5942] })
      expect(entity.airQualityIndex).to.include({ value: 166, observedAt: '2025-05-03T17:00:00Z' })
      const { airQualityIndex: told } = entity as Record<string, Record<string, { value: unknown }>>
      expect(told?.calculationMethod?.value).to.contain('1459/QĐ-TCMT').and.contain('version 1')
      expect(told?.airQualityLevel?.value).to.equal('bad')
      expect(told?.subIndices?.value).to.deep.equal({ pm25: 166 })
      expect(told?.modifiedAt).to.be.a('string')
    }))

  it('are the same whether observations come in order, late, or twice', () =>
    withHub(async (hub, folder) => {
      const [first = '', second = '', third = ''] = THREE_DAYS
      await loadTables(hub, folder, [third, first, second, first])
      await until(async () => (await indices(hub, DAY_ID)).length === 3)
      await until(async () => (await indices(hub, HOUR_ID)).length === 72)
      await settled(hub, 1)
      const late = [await indices(hub, DAY_ID), await indices(hub, HOUR_ID), await alerts(hub)]
      await withHub(async (other, otherFolder) => {
        await loadTables(other, otherFolder, THREE_DAYS)
        await until(async () => (await indices(other, DAY_ID)).length === 3)
        await until(async () => (await indices(other, HOUR_ID)).length === 72)
        await settled(other, 1)
        expect(late).to.deep.equal([
          await indices(other, DAY_ID),
          await indices(other, HOUR_ID),
          await alerts(other),
        ])
      })
      expect(late[0]?.map((each) => (each as unknown[])[1])).to.deep.equal([44, 120, 166])
      expect(await current(hub, DAY_ID)).to.include({ value: 166 })
    }))

  it('follow a correction, in place of what they were', () =>
    withHub(async (hub, folder) => {
      await loadTables(hub, folder, THREE_DAYS)
      await until(async () => (await indices(hub, DAY_ID)).length === 3)
      const pm25 = { type: 'Property', value: 980, observedAt: '2025-05-01T05:30:00Z', unitCode: 'GQ' }
      await upsert(hub, { id: STATION, type: 'AirQualityObserved', pm25 })
      await until(async () => (await indices(hub, DAY_ID))[0]?.[1] !== 44)
      const values = (await indices(hub, DAY_ID)).map(([, value]) => value)
      expect(values).to.have.length(3)
      expect(values.slice(1)).to.deep.equal([120, 166])
    }))

  it('are no more where there is nothing left to derive them of', () =>
    withHub(async (hub, folder) => {
      await loadTables(hub, folder, THREE_DAYS.slice(1))
      await until(async () => (await indices(hub, DAY_ID)).length === 2)
      const observationStatus = { type: 'Property', value: 'calibrating' }
      for (let hours = 0; hours < 7; hours++) {
        const observedAt = `2025-05-03T0${hours}:30:00Z`
        const pm25 = { type: 'Property', value: 999, observedAt, unitCode: 'GQ', observationStatus }
        await upsert(hub, { id: STATION, type: 'AirQualityObserved', pm25 })
      }
      await until(async () => (await indices(hub, DAY_ID)).length === 1)
      await until(async () => (await current(hub, DAY_ID)).observedAt === '2025-05-02T17:00:00Z')
      expect(await current(hub, DAY_ID)).to.include({ value: 120 })
    }))

  it('raise an alert that stands until the value is better than where it ends', () =>
    withHub(async (hub, folder) => {
      await loadTables(hub, folder, [
        airQualityTable('2025-05-01', [30, 30, 100, 100, 100, 80, 30, 30, 30, 30, 110, 110], HALF_PAST),
      ])
      await until(async () => (await indices(hub, HOUR_ID)).length === 12)
      await settled(hub, 1)
      expect(await alerts(hub)).to.deep.equal([
        ['2025-04-30T21:00', 'active'],
        ['2025-05-01T00:00', 'ended'],
        ['2025-05-01T05:00', 'active'],
      ])
      const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities/${ALERT_ID}`)
      const alert = body as Record<string, unknown>
      expect(alert).to.deep.include({
        type: 'Alert',
        severity: { type: 'Property', value: 'high' },
        category: { type: 'Property', value: 'airPollution' },
        alertSource: { type: 'Relationship', object: HOUR_ID },
        derivedFrom: { type: 'Relationship', object: STATION },
      })
      expect(alert.alertStatus).to.deep.include({ value: 'active', observedAt: '2025-05-01T05:00:00Z' })
    }))

  it('are not written again after a restart, nor when the same comes again', () =>
    inFolder(async (folder) => {
      const data = path.join(folder, 'data')
      let hub = await startIndicatorHub(data, [day, hour])
      await loadTables(hub, folder, THREE_DAYS)
      await until(async () => (await indices(hub, DAY_ID)).length === 3)
      await settled(hub, 1)
      const before = [await indices(hub, DAY_ID), await indices(hub, HOUR_ID), await alerts(hub)]
      const derived = await derivedWrites(hub)
      await hub.stop()
      hub = await startIndicatorHub(data, [day, hour])
      try {
        await loadTables(hub, folder, THREE_DAYS)
        await settled(hub, 1)
        await settled(hub, 2)
        expect([await indices(hub, DAY_ID), await indices(hub, HOUR_ID), await alerts(hub)]).to.deep.equal(
          before,
        )
        expect(await derivedWrites(hub)).to.equal(derived)
      } finally {
        await hub.stop()
      }
    }))

  it('begin with all there is when they are new, and anew when they are worked out otherwise', () =>
    inFolder(async (folder) => {
      const data = path.join(folder, 'data')
      const runs: readonly [readonly object[], number][] = [
        [[], 0],
        [[day], 1],
        [[{ ...day, minimumHours: 12 }], 2],
        [[day], 1],
      ]
      for (const [at, [indicators, days]] of runs.entries()) {
        const hub = await startIndicatorHub(data, indicators)
        try {
          if (at === 0)
            await loadTables(hub, folder, [
              airQualityTable('2025-05-01', Array(24).fill(30), HALF_PAST),
              airQualityTable('2025-05-02', Array(12).fill(30), HALF_PAST),
            ])
          await until(async () => (await indices(hub, DAY_ID)).length === days)
        } finally {
          await hub.stop()
        }
      }
    }))

  it('are refused that derive what they are derived of, or of what their calculation does not know', async () => {
    const cases: readonly [object, string][] = [
      [{ ...day, target: { type: 'AirQualityObserved', attribute: 'x' } }, 'derives what it is derived of'],
      [{ ...day, attributes: ['pm25', 'temperature'] }, 'takes attribute temperature'],
      [{ ...day, calculation: 'rain-day' }, 'takes more attributes than one'],
      [{ ...hour, alert: { raise: 100, clear: 120 } }, 'has an alert that ends beyond where it is raised'],
      [
        { ...day, calculation: 'noise', part: 'evening', regulation: 'QCVN 26:2010/BTNMT' },
        'has a part of the day, evening',
      ],
    ]
    for (const [indicator, text] of cases)
      await inFolder(async (folder) => {
        const started = await startIndicatorHub(path.join(folder, 'data'), [indicator]).catch(
          (error: unknown) => error,
        )
        expect(started).to.be.an('error').with.property('message').that.contains(text)
      })
  })

  it('are refused where history does not keep all of them', () =>
    inFolder(async (folder) => {
      const record = [{ attributes: ['airQualityIndex'], keep: 'changed' }]
      const started = startIndicatorHub(path.join(folder, 'data'), [day], { 'history.record': record })
      const error = await started.catch((thrown: unknown) => thrown)
      expect(error).to.be.an('error').with.property('message').that.contains('does not keep all of')
    }))
})

describe('indicators of the real series', function () {
  this.timeout(LOADING_MILLISECONDS)

  it('are those of a spreadsheet, day by day (SKIPPED without HUB_TEST_DATA)', async function () {
    const readings = realReadings()
    if (readings === undefined) this.skip()
    const { folder } = readings
    await withHub(
      async (hub) => {
        await load(hub.url, { feedFile, inputs: [folder] })
        const expected = [...spreadsheetDays(folder, 18)].map(([date, { index }]) => [date, index])
        await holds(
          'all days',
          async () => (await historyOf(hub, DAY_ID, 'airQualityIndex')).length >= expected.length,
          LOADING_MILLISECONDS,
        )
        const days = await historyOf(hub, DAY_ID, 'airQualityIndex')
        expect(days.map(({ observedAt = 0, value }) => [vietnamDay(observedAt), value])).to.deep.equal(
          expected.sort(),
        )
      },
      [day],
    )
  })
})

/** How often something of the station was derived and written. */
async function derivedWrites(hub: RunningHub): Promise<number> {
  let [count, last] = [0, 0]
  for (;;) {
    const records = await hub.store.log(DEFAULT_TENANT, last, 1000)
    if (records.length === 0) return count
    count += records.filter(({ id }) => [DAY_ID, HOUR_ID, ALERT_ID].includes(id)).length
    last = records.at(-1)?.sequence ?? last
  }
}
