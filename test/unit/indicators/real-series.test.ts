import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadFeed } from '../../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../../adapters/kit/intake/map-input.ts'
import { daysEndingAt, endOfPeriod, vietnamDay } from '../../../broker/core/indicators/cycle.ts'
import { type HourlyMeans, hourlyMeans, type Reading } from '../../../broker/core/indicators/readings.ts'
import { POLLUTANTS } from '../../../broker/core/indicators/sub-index.ts'
import { type Coverage, vnAqiOfDay } from '../../../broker/core/indicators/vn-aqi.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { spreadsheetDays } from '../../support/spreadsheet-air-quality.ts'

const data = process.env.HUB_TEST_DATA
const folder = join(data ?? '', 'data/thai-nguyen/air-quality')
const title = data === undefined ? ' (SKIPPED: HUB_TEST_DATA is not set)' : ''

describe(`daily VN_AQI of the real series of Thái Nguyên${title}`, () => {
  const cases: readonly [string, Coverage][] = [
    ['days known for three quarters', { ofDay: 18, ofEightHours: 6 }],
    ['all days there is anything of', { ofDay: 1, ofEightHours: 1 }],
  ]
  for (const [which, coverage] of cases)
    it(`is that of a spreadsheet: ${which}`, async function () {
      if (data === undefined) this.skip()
      const expected = spreadsheetDays(folder, coverage.ofDay)
      const { means, ends } = await imported()
      const days = ends.flatMap((end) => {
        const index = vnAqiOfDay(means, end, coverage)?.index
        return index === undefined ? [] : [[vietnamDay(end), index] as const]
      })
      expect(days).to.have.length.above(100)
      expect(days.sort()).to.deep.equal([...expected].map(([day, { index }]) => [day, index] as const).sort())
    })
})

/** The hourly means that the feed of the hub makes of the tables, and the days that they are of. */
async function imported(): Promise<{ means: Record<string, HourlyMeans>; ends: readonly number[] }> {
  const feed = await loadFeed(join(packageRoot, 'adapters/feeds/air-quality-csv/feed.yaml'))
  const readings = new Map<string, Reading[]>(POLLUTANTS.map((name) => [name, []]))
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.csv'))) {
    const { mapped } = await mapInput(feed, { name, bytes: await readFile(join(folder, name)) })
    for (const entity of mapped.flatMap(({ documents }) => documents))
      for (const pollutant of POLLUTANTS) {
        const attribute = entity[pollutant] as { value: number; observedAt: string } | undefined
        if (!attribute) continue
        readings.get(pollutant)?.push({ at: Date.parse(attribute.observedAt) * 1000, value: attribute.value })
      }
  }
  const ends = [...readings.values()].flat().map(({ at }) => endOfPeriod(daysEndingAt(0), at))
  return {
    means: Object.fromEntries([...readings].map(([name, values]) => [name, hourlyMeans(values)])),
    ends: [...new Set(ends)],
  }
}
