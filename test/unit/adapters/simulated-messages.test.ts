import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { parse } from 'yaml'
import { gtfsRealtime } from '../../../adapters/formats/gtfs-realtime.ts'
import { AGENCY_SOURCES } from '../../../adapters/simulators/agency-sources.ts'
import { moveText } from '../../../adapters/simulators/move-in-time.ts'
import { moveMessage } from '../../../adapters/simulators/move-message.ts'
import { spoil } from '../../../adapters/simulators/spoil.ts'
import { vary } from '../../../adapters/simulators/vary.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

describe('simulated sources', () => {
  const folder = path.join(packageRoot, 'adapters/feeds')
  const feeds = readdirSync(folder).filter((feed) => existsSync(path.join(folder, feed, 'expected')))

  it('are there for every feed with samples', () =>
    expect(Object.keys(AGENCY_SOURCES).sort()).to.deep.equal(feeds.sort()))

  it('bring no type that the province of the demonstration does not ask for', () => {
    const province = parse(readFileSync(path.join(packageRoot, 'config/demo/province.yaml'), 'utf8'))
    const types = feeds.flatMap((feed) =>
      readdirSync(path.join(folder, feed, 'expected')).flatMap((file) =>
        JSON.parse(readFileSync(path.join(folder, feed, 'expected', file), 'utf8')).entities.flatMap(
          ({ type }: { readonly type: string | readonly string[] }) => type,
        ),
      ),
    )
    expect(province.federation.sources[0].types).to.include.members([...new Set(types)])
  })
})

describe('simulated messages: times', () => {
  const moved: readonly (readonly [string, string])[] = [
    ['"2025-11-15T08:30:00+07:00"', '"2025-11-16T09:30:00+07:00"'],
    ['2025-11-15T01:30:00.123456Z', '2025-11-16T02:30:00.123456Z'],
    [
      '2025-11-15T08:00:00+07:00/2025-11-15T08:30:00+07:00',
      '2025-11-16T09:00:00+07:00/2025-11-16T09:30:00+07:00',
    ],
    ['2025-11-15 23:30;', '2025-11-17 00:30;'],
    ['<day>2025-11-15</day>', '<day>2025-11-16</day>'],
    ['15/11/2025 08:30', '16/11/2025 09:30'],
    ['31/12/2025\t05:42', '01/01/2026\t06:42'],
    ['TNG_TPTN1_KHIXQ_20251115083000.txt', 'TNG_TPTN1_KHIXQ_20251116093000.txt'],
    ['gpxd-20251115.json', 'gpxd-20251116.json'],
    ['{"at":1763170200}', '{"at":1763260200}'],
  ]
  for (const [text, later] of moved) {
    it(`moves ${text.trim()} by a day and an hour`, () =>
      expect(moveText(text, DAY_MS + HOUR_MS)).to.equal(later))
  }

  const kept = [
    '32/11/2025',
    '2025-02-30',
    '0900000001',
    '0000000000000001',
    'TN-2025-0001',
    '2388879.346',
    '20A-000.00',
  ]
  for (const text of kept) {
    it(`leaves ${text} as it is`, () => expect(moveText(text, DAY_MS)).to.equal(text))
  }

  it('moves texts in archives and days of workbooks, and nothing else in them', () => {
    const binary = Uint8Array.from([0, 1, 2, 255])
    const archive = zipSync({
      'xl/sheet1.xml': strToU8('<v>45976.5</v><v>12</v>'),
      'calendar.txt': strToU8('T2,20251115,20261231'),
      'map.shp': binary,
    })
    const { bytes } = moveMessage({ name: 'a.zip', bytes: archive }, DAY_MS)
    const parts = unzipSync(bytes)
    expect(
      Object.entries(parts).map(([name, part]) => [name, strFromU8(part, name === 'map.shp')]),
    ).to.deep.equal([
      ['xl/sheet1.xml', '<v>45977.5</v><v>12</v>'],
      ['calendar.txt', 'T2,20251116,20270101'],
      ['map.shp', strFromU8(binary, true)],
    ])
  })

  it('moves what GTFS-Realtime says, and keeps all else of it', async () => {
    const folder = path.join(packageRoot, 'adapters/feeds/gtfs-realtime/samples/thai-nguyen')
    const read = (bytes: Uint8Array): string =>
      JSON.stringify(
        gtfsRealtime
          .decode(bytes, { name: 'x.pb' })
          .map((item) => ('value' in item ? item.value : item.fault.message)),
      )
    for (const name of ['vehicle-positions.pb', 'trip-updates.pb', 'alerts.pb']) {
      const bytes = await readFile(path.join(folder, name))
      const later = read(moveMessage({ name, bytes }, DAY_MS).bytes)
      expect(later).not.to.equal(read(bytes))
      expect(later).to.equal(moveText(read(bytes), DAY_MS))
    }
  })
})

describe('simulated messages: numbers and faults', () => {
  it('moves numbers, the same for the same seed, and keeps their decimals', () => {
    const numbers = /("free":)(\d+(?:[.,]\d+)?)/g
    const at = (tick: number, seed = '1') =>
      vary('{"lot":"A7","free":50,"free":1,50}', numbers, { seed, tick })
    expect(at(3)).to.equal(at(3))
    expect(new Set([at(1), at(11), at(21), at(1, '2')]).size).to.equal(4)
    expect(at(5)).to.match(/^\{"lot":"A7","free":(?:4\d|50),"free":1,[2-5]\d\}$/)
  })

  it('spoils what is given as it is said to', () => {
    const message = { name: 'a.json', bytes: Buffer.from('{"ts":"2025-11-15T08:30:00Z","free":7}') }
    const given = (fault: Parameters<typeof spoil>[1]) =>
      spoil([message], fault, { drifts: 'free', aheadMs: DAY_MS }).map(({ bytes }) =>
        Buffer.from(bytes).toString('latin1'),
      )
    const text = message.bytes.toString()
    expect(given('duplicate')).to.deep.equal([text, text])
    expect(given('reorder')).to.deep.equal([text, text.replace('08:30', '08:29')])
    expect(given('skew')).to.deep.equal([text.replace('-15T', '-16T')])
    expect(given('cut')).to.deep.equal([text.slice(0, 19)])
    expect(given('drift')).to.deep.equal([text.replace('free', 'fre_')])
    expect(given('encoding')).to.deep.equal([`${text.slice(0, 19)}\xff\xfe${text.slice(19)}`])
  })
})
