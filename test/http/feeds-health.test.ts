import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Writable } from 'node:stream'
import { expect } from 'chai'
import { pino } from 'pino'
import { keptIn } from '../support/store-of-tests.ts'
import { until } from '../support/until.ts'
import { ask, feedFolder, inFolder, startFeedHub } from './feed-hub.ts'

const FEED = feedFolder('health-indicators')
const SAMPLES = path.join(FEED, 'samples/thai-nguyen')
/** Columns of the samples that say who somebody is. */
const WHO = ['MA_LK', 'HO_TEN', 'SO_CCCD', 'DIEN_THOAI', 'DIA_CHI']

/** What the samples say of who they are about. */
async function identifiers(): Promise<readonly string[]> {
  const files = await Promise.all(
    (await readdir(SAMPLES)).map((name) => readFile(path.join(SAMPLES, name), 'utf8')),
  )
  const rows = files.flatMap((text) => text.trim().split('\n')).map((row) => row.split(';'))
  const header = rows.find((row) => row.includes('SO_CCCD')) ?? []
  const places = WHO.map((name) => header.indexOf(name))
  const cases = rows.filter((row) => !row.includes('SO_CCCD'))
  return cases.flatMap((row) => places.map((at) => row[at] ?? '')).filter((text) => text !== '')
}

/** How a text may stand in a file: in UTF-8 and UTF-16, and in base64 at each of its three places. */
function writings(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text)
  const inBase64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    return Buffer.from(encoded.slice(shift === 0 ? 0 : 4, 4 * Math.floor((shift + bytes.length) / 3)))
  })
  return [bytes, Buffer.from(text, 'utf16le'), ...inBase64.filter((one) => one.length >= 8)]
}

describe('feed health-indicators', () => {
  it('tells counts, and of who they are about not one byte is kept by the hub, its feed or its log', () =>
    inFolder(async (folder) => {
      const [data, drop] = [path.join(folder, 'data'), path.join(folder, 'drop')]
      await mkdir(drop)
      let logged = ''
      const log = pino(
        { level: 'trace' },
        new Writable({
          write: (chunk, _encoding, done) => {
            logged += String(chunk)
            done()
          },
        }),
      )
      const file = path.join(FEED, 'feed.yaml')
      const feeds = [{ file, variables: { city: 'thai-nguyen', inputs: drop } }]
      const hub = await startFeedHub(feeds, { log, 'store.kind': 'embedded', data })
      const names = await readdir(SAMPLES)
      let [counts, quarantine]: [unknown, { records: Record<string, unknown>[] }] = [
        undefined,
        { records: [] },
      ]
      try {
        for (const name of names) await copyFile(path.join(SAMPLES, name), path.join(drop, name))
        const half = await readFile(path.join(SAMPLES, names.find((name) => name.includes('W45')) ?? ''))
        await writeFile(
          path.join(drop, 'sai-ma-2025-W43_14.csv'),
          Buffer.from(half.toString('utf8'), 'latin1'),
        )
        await until('all files', async () => {
          const { body } = await ask(`${hub.url}/hub/v1/quarantine?feed=health-indicators&limit=100`)
          quarantine = body as typeof quarantine
          counts = (await ask(`${hub.url}/ngsi-ld/v1/entities?type=HealthIndicator&options=keyValues`)).body
          return quarantine.records.length === names.length + 1 && (counts as unknown[]).length > 0
        })
        for (const { id } of quarantine.records) {
          const { body } = await ask(`${hub.url}/hub/v1/quarantine/${String(id)}`)
          expect(body, 'no bytes').to.include({ raw: '' })
          const { status } = await ask(`${hub.url}/hub/v1/quarantine/${String(id)}/replay`, {
            method: 'POST',
          })
          expect(status).to.be.oneOf([200, 409])
        }
      } finally {
        await hub.stop()
      }
      const told = (counts as Record<string, unknown>[]).map(({ indicatorCode, indicatorValue }) =>
        [indicatorCode, indicatorValue].join(),
      )
      expect(told.sort()).to.deep.equal(['A90,12', 'B08,11'])
      expect(quarantine.records.map(({ reason }) => reason).sort()).to.deep.equal([
        'implausible',
        'unmapped',
        'unmapped',
        'unreadable',
        'unreadable',
      ])
      const kept = Buffer.concat([
        Buffer.from(await keptIn(data), 'latin1'),
        Buffer.from(logged),
        Buffer.from(JSON.stringify(quarantine)),
      ])
      expect(kept.includes('HealthIndicator'), 'the search finds what is there').to.equal(true)
      const who = await identifiers()
      expect(who).to.have.length.above(100)
      const found = who.filter((text) => writings(text).some((bytes) => kept.includes(bytes)))
      expect(found.length).to.equal(0)
    }))
})
