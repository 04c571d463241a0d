import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { isUnreadable } from '../../../adapters/formats/format.ts'
import { xmlRecords } from '../../../adapters/formats/xml-records.ts'
import { loadFeed } from '../../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../../adapters/kit/intake/map-input.ts'
import { keyedHash } from '../../../adapters/kit/mapping/keyed-hash.ts'
import { FeedFault } from '../../../adapters/kit/values/fault.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { mapSamples, PLATE_KEY } from './map-samples.ts'

const folderOf = (feed: string): string => path.join(packageRoot, 'adapters/feeds', feed)
const load = (feed: string, variables = {}) =>
  loadFeed(path.join(folderOf(feed), 'feed.yaml'), { plateKey: PLATE_KEY, ...variables })

async function entitiesOf(feed: string, record: unknown, variables = {}): Promise<Record<string, unknown>[]> {
  const input = { name: 'x', bytes: Buffer.from(JSON.stringify(record)) }
  const { mapped } = await mapInput(await load(feed, variables), input)
  return mapped.flatMap(({ documents }) => [...documents])
}

describe('records of XML', () => {
  const read = (text: string): unknown[] =>
    xmlRecords({ element: 'a' })
      .decode(Buffer.from(text), { name: 'x' })
      .map((item) => (isUnreadable(item) ? item.fault.message : item.value))

  it('reads members by their local names', () => {
    const text = '<l xmlns:t="urn:t"><t:a n="1"><t:b>x</t:b><b>y</b><c u="m">2</c></t:a><a> z </a></l>'
    expect(read(text)).to.deep.equal([{ n: '1', b: ['x', 'y'], c: { u: 'm', value: '2' } }, 'z'])
  })

  const faults: readonly [string, string][] = [
    ['<l><a>', 'Document is not whole XML'],
    ['<l><b/></l>', 'Document has no element a'],
    ['<l>busy</l>', 'Document has no element a'],
    ['<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', 'Document has a DTD, which is not read'],
  ]
  for (const [text, fault] of faults) it(`tells: ${fault}`, () => expect(read(text)).to.deep.equal([fault]))

  it('finds nothing wrong with a page that has nothing', () =>
    expect(['<l/>', '<l total="0"> </l>'].flatMap(read)).to.deep.equal([]))

  it('reads one alone again', () => {
    const format = xmlRecords({ element: 'a' })
    for (const { raw } of format.decode(Buffer.from('<l xmlns="urn:l"><a>1</a><a>2</a></l>'), { name: 'x' }))
      expect(format.decodeOne(raw, undefined, { name: 'x' })).to.have.property('value')
  })
})

describe('what a feed tells of its source', () => {
  it('has values of records only where the bytes of records are, and not in its text', async () => {
    const feed = await load('ev-charging')
    const file = path.join(folderOf('ev-charging'), 'samples/thai-nguyen/locations-2.json')
    const { notices } = await mapInput(feed, { name: 'x', bytes: await readFile(file) })
    const told = notices.find(({ text }) => text.includes('Standard of a connector'))
    expect(told?.text).to.equal('Standard of a connector is not in the table of the feed')
    expect([...(told?.said ?? [])]).to.deep.equal(['SAE_J3400'])
  })
})

describe('hashes of feeds', () => {
  it('are the same for a text, and others for another feed or key', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hash-'))
    try {
      const { definition } = await load('plate-readings')
      const hashed = async (changes: object): Promise<string> =>
        (await keyedHash({ ...definition, ...changes }))('20A00000')
      const other = path.join(folder, 'key')
      await writeFile(other, `${'k'.repeat(32)}\n`)
      const texts = await Promise.all(
        [{}, { source: 'urn:other' }, { hash: { key: { file: other } } }].map(hashed),
      )
      expect(new Set([...texts, await hashed({})]).size).to.equal(3)
      for (const text of texts) expect(text).to.match(/^[0-9a-f]{32}$/)
      await writeFile(other, 'short')
      for (const file of [other, path.join(folder, 'none')]) {
        const fault: unknown = await hashed({ hash: { key: { file } } }).catch((error: unknown) => error)
        expect(fault).to.be.instanceOf(FeedFault)
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('are refused to a feed without a key', async () => {
    const { hash } = await load('parking')
    expect(() => hash('20A00000')).to.throw('Feed has no key to hash with')
  })
})

describe('feed plate-readings', () => {
  it('lets no plate out, in no spelling, and hashes all spellings of one alike', async () => {
    const samples = await mapSamples(folderOf('plate-readings'), 'thai-nguyen')
    expect(JSON.stringify(samples)).not.to.match(/20[AB]1?[ .-]?000|9j\/4/i)
    const hashes = (samples.entities as Record<string, { value?: string } | undefined>[]).map(
      ({ plateHash }) => plateHash?.value,
    )
    expect(new Set(hashes)).to.have.property('size', 3)
    expect(hashes.filter((hash) => hash === undefined)).to.have.length(1)
    expect(hashes.filter((hash) => hash === hashes[0])).to.have.length(3)
  })

  it('does not run without its key', async () => {
    const fault: unknown = await load('plate-readings', { plateKey: '/none' }).catch(
      (error: unknown) => error,
    )
    expect(fault).to.be.instanceOf(FeedFault)
  })
})

describe('feed traffic-violations', () => {
  const offence = (id: number, more = {}) => ({
    id: String(id),
    time: '2025-11-15T08:00:00+07:00',
    plate: '20A-000.00',
    code: 'SAI_LAN',
    place: 'Nút Đán',
    ...more,
  })
  const day = (list: readonly unknown[]) => ({ ngay: '15/11/2025', tongSo: list.length, viPham: list })

  it('tells counts of a day, and none that is small', async () => {
    const list = [1, 2, 3, 4, 5, 5].map((id) => offence(id))
    const small = [6, 7, 8, 9].map((id) => offence(id, { code: 'TOC_DO' }))
    const [count, ...others] = await entitiesOf('traffic-violations', day([...list, ...small]), {
      least: '5',
    })
    expect(others).to.deep.equal([])
    expect(count).to.deep.include({
      violationCount: { type: 'Property', value: 5, observedAt: '2025-11-15T17:00:00Z' },
    })
    expect(JSON.stringify(count)).not.to.match(/20A|TOC_DO/)
    expect(await entitiesOf('traffic-violations', day(list)), 'fewer than ten').to.deep.equal([])
    expect(await entitiesOf('traffic-violations', day(list), { least: '1' })).to.deep.equal([])
  })
})

describe('feed camera-events', () => {
  it('takes the metadata of ONVIF as XML, too', async () => {
    const item = (name: string, value: string): string => `<tt:SimpleItem Name="${name}" Value="${value}"/>`
    const text = `<tt:Stream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:Message UtcTime="2025-11-15T01:30:12Z" PropertyOperation="Changed">
      <tt:Source>${item('VideoSourceToken', 'TN-C01')}</tt:Source><tt:Data>${item('IsMotion', 'true')}</tt:Data></tt:Message></tt:Stream>`
    const feed = { ...(await load('camera-events')), format: xmlRecords({ element: 'Message' }) }
    const { mapped, refused } = await mapInput(feed, { name: 'x', bytes: Buffer.from(text) })
    expect(refused).to.deep.equal([])
    expect(mapped.map(({ documents }) => documents[0]?.id)).to.deep.equal([
      'urn:ngsi-ld:CameraEvent:thai-nguyen:TN-C01:motion:2025-11-15T01-30-12Z',
    ])
  })
})

describe('feed ev-charging', () => {
  const states: readonly [readonly string[], string][] = [
    [['AVAILABLE', 'AVAILABLE'], 'empty'],
    [['AVAILABLE', 'CHARGING'], 'working'],
    [['CHARGING', 'RESERVED'], 'full'],
    [['AVAILABLE', 'OUTOFORDER', 'REMOVED'], 'withIncidence'],
    [['INOPERATIVE', 'REMOVED'], 'outOfService'],
  ]
  for (const [statuses, expected] of states) {
    it(`calls a station of ${statuses.join(', ')} ${expected}`, async () => {
      const evses = statuses.map((status) => ({ status, connectors: [] }))
      const location = {
        country_code: 'VN',
        party_id: 'TNC',
        id: '1',
        evses,
        last_updated: '2025-11-15T01:00:00Z',
      }
      const [station] = await entitiesOf('ev-charging', { data: [location] })
      expect(station?.status).to.deep.include({ value: expected, observedAt: '2025-11-15T01:00:00Z' })
    })
  }
})
