import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import {
  type FeedSource,
  folderSource,
  ftpSource,
  httpSource,
  mqttSource,
  sftpSource,
  sqliteSource,
} from '../http/feed-sources.ts'
import { startAedes } from '../support/aedes.ts'
import { freePort } from '../support/free-port.ts'
import { type HubProcess, startHubProcess } from '../support/hub-process.ts'
import { hasMosquitto, startMosquitto } from '../support/mosquitto.ts'
import { until } from '../support/until.ts'

const RECORDS = 300
const START = Date.parse('2025-11-15T01:00:00Z')
const PIECES = 'urn:ngsi-ld:Thing:pieces:a'

const records = Array.from({ length: RECORDS }, (_, at) => ({
  key: 'a',
  count: at,
  at: new Date(START + at * 1000).toISOString(),
}))

/** A table in two pieces, the first of about a hundred rows: most of each row is not taken. */
async function tableSource(folder: string): Promise<FeedSource> {
  const drop = path.join(folder, 'drop')
  await mkdir(drop)
  return {
    transport: '  kind: directory\n  path: drop\n  stableMs: 60\n',
    format: '  kind: csv\n',
    give: async (given) => {
      const rows = given.map((row) => [...Object.values(row), 'x'.repeat(10_000)].join(';'))
      await writeFile(path.join(drop, 'table.csv.part'), `${['key;count;at;note', ...rows].join('\n')}\n`)
      await rename(path.join(drop, 'table.csv.part'), path.join(drop, 'table.csv'))
    },
    faults: {},
    close: async () => undefined,
  }
}

async function writeFeed(folder: string, name: string, source: FeedSource): Promise<string> {
  const file = path.join(folder, 'feed.yaml')
  await writeFile(
    file,
    `name: ${name}
title: Killed
source: urn:ngsi-ld:Feed:${name}
dataProvider: Sở Xây dựng
batchSize: 10
transport:
${source.transport}format:
${source.format}mapping:
  expression: |
    { 'id': $iri('Thing', $feed.name, key), 'type': 'Thing',
      'count': { 'type': 'Property', 'value': $number(count), 'observedAt': $time(at) } }
`,
  )
  return file
}

/** Current value of each feed's thing. */
async function counts(hub: HubProcess): Promise<Readonly<Record<string, number>>> {
  const { body } = await hub.send('GET', '/ngsi-ld/v1/entities?type=Thing&format=keyValues&limit=100')
  return Object.fromEntries((body as { id: string; count: number }[]).map(({ id, count }) => [id, count]))
}

async function history(hub: HubProcess, name: string): Promise<unknown[]> {
  const id = `urn:ngsi-ld:Thing:${name}:a`
  const query = 'attrs=count&options=temporalValues&lastN=1000'
  const { body } = await hub.send('GET', `/ngsi-ld/v1/temporal/entities/${id}?${query}`)
  const { values } = (body as { count: { values: [unknown, string][] } }).count
  return values.map(([value]) => value).sort((left, right) => Number(left) - Number(right))
}

describe('feeds: a hub that is killed', () => {
  it('goes on with every feed where it was: nothing is lost and nothing twice', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'feeds-killed-'))
    const broker = hasMosquitto() ? await startMosquitto() : await startAedes()
    const version = hasMosquitto() ? '5' : '3.1.1'
    const kinds: Readonly<Record<string, (folder: string) => Promise<FeedSource>>> = {
      directory: folderSource,
      ftp: ftpSource,
      sftp: sftpSource,
      'http-poll': httpSource,
      mqtt: (place) => mqttSource(place, { broker, version, qos: 1 }),
      sql: sqliteSource,
      pieces: tableSource,
    }
    const names = Object.keys(kinds)
    const sources: FeedSource[] = []
    const files: string[] = []
    for (const [name, open] of Object.entries(kinds)) {
      const place = await mkdtemp(path.join(folder, name))
      const source = await open(place)
      sources.push(source)
      files.push(await writeFeed(place, name, source))
    }
    const config = path.join(folder, 'hub.yaml')
    await writeFile(config, JSON.stringify({ feeds: files.map((file) => ({ file })) }))
    const options = { data: path.join(folder, 'data'), port: await freePort(), config }
    let hub = await startHubProcess(options)
    try {
      // what is published before there is a session is nobody's
      await until('a session', async () => {
        const { status, body } = await hub.send('GET', '/hub/v1/feeds/mqtt')
        return status === 200 && !Object.hasOwn(body as object, 'lastError')
      })
      for (const source of sources) await source.give(records)
      await until('some of it', async () => {
        const now = await counts(hub)
        // in the second piece of the large table
        return Math.max(0, ...Object.values(now)) > 50 && (now[PIECES] ?? 0) > 120
      })
      const before = await counts(hub)
      await hub.kill()
      hub = await startHubProcess(options)
      await until(
        'all of it',
        async () => {
          const values = Object.values(await counts(hub))
          return values.length === names.length && values.every((value) => value === RECORDS - 1)
        },
        120_000,
      )
      expect(before[PIECES]).to.be.within(120, RECORDS - 2)
      expect(Object.values(before).some((value) => value < RECORDS - 1)).to.equal(true)
      for (const name of names) {
        expect(await history(hub, name), name).to.deep.equal(records.map(({ count }) => count))
      }
      const { body } = await hub.send('GET', '/hub/v1/quarantine')
      expect(body).to.deep.equal({ records: [] })
    } finally {
      await hub.kill()
      for (const source of sources) await source.close()
      await broker.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
