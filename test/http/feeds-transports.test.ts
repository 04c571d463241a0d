import { appendFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { type FeedEvent, type RunningFeed, runFeed } from '../../adapters/kit/run/run-feed.ts'
import { startFeeds } from '../../adapters/kit/run/start-feeds.ts'
import type { RunningHub } from '../../broker/main.ts'
import { until } from '../support/until.ts'
import { ask, brokenRoad, entitiesOf, inFolder, startFeedHub } from './feed-hub.ts'

const MAPPING = `mapping:
  expression: |
    { 'id': $iri('Thing', key), 'type': 'Thing',
      'count': { 'type': 'Property', 'value': count, 'observedAt': $time(at) } }
`
const HEAD = `name: counts
title: Counts
source: urn:ngsi-ld:Feed:counts
dataProvider: Sở Xây dựng
`
const record = (count: number, minute: number): string =>
  JSON.stringify({ key: 'a', count, at: `2025-11-15T08:${String(minute).padStart(2, '0')}:00+07:00` })

async function countOf(hub: RunningHub): Promise<unknown> {
  const [thing] = await entitiesOf(hub)
  return (thing?.count as { value?: unknown } | undefined)?.value
}

async function countersOf(hub: RunningHub): Promise<unknown> {
  const { body } = await ask(`${hub.url}/hub/v1/feeds/counts`)
  return (body as { counters?: unknown } | undefined)?.counters
}

describe('feeds: transports', () => {
  let hub: RunningHub
  let events: FeedEvent[]

  beforeEach(async () => {
    hub = await startFeedHub()
    events = []
  })
  afterEach(() => hub.stop())

  async function start(folder: string, transport: string, url = hub.url): Promise<RunningFeed> {
    const file = path.join(folder, 'feed.yaml')
    await writeFile(file, `${HEAD}transport:\n${transport}format:\n  kind: json\n  lines: true\n${MAPPING}`)
    const connection = { baseUrl: url, tenant: '', token: () => Promise.resolve(undefined) }
    return runFeed(await loadFeed(file), {
      connection,
      onEvent: (event) => events.push(event),
      retry: { attempts: 2, firstMs: 20, longestMs: 50 },
    })
  }

  const DIRECTORY = '  kind: directory\n  path: drop\n  pattern: "*.json"\n  stableMs: 300\n'

  it('takes files of a folder, also late ones with a smaller name, and deletes none', () =>
    inFolder(async (folder) => {
      const drop = path.join(folder, 'drop')
      await mkdir(path.join(drop, '2025/11'), { recursive: true })
      await writeFile(path.join(drop, 'b.json'), record(1, 1))
      const feed = await start(folder, DIRECTORY)
      await until('count 1', async () => (await countOf(hub)) === 1)
      await writeFile(path.join(drop, 'a.json'), record(2, 2))
      await until('count 2', async () => (await countOf(hub)) === 2)
      await writeFile(path.join(drop, '2025/11/c.json'), record(3, 3))
      await writeFile(path.join(drop, 'other.txt'), record(9, 9))
      await until('count 3', async () => (await countOf(hub)) === 3)
      await feed.stop()
      expect((await readdir(drop)).sort()).to.deep.equal(['2025', 'a.json', 'b.json', 'other.txt'])
      expect(await countersOf(hub)).to.deep.equal({ read: 3, written: 3, unchanged: 0, quarantined: {} })
    }))

  it('waits until a file is complete', () =>
    inFolder(async (folder) => {
      const drop = path.join(folder, 'drop')
      await mkdir(drop)
      const feed = await start(folder, DIRECTORY.replace('300', '1500'))
      const file = path.join(drop, 'a.json')
      const text = record(5, 1)
      for (let at = 0; at < text.length; at += 20) {
        await appendFile(file, text.slice(at, at + 20))
        await wait(100)
      }
      await until('count 5', async () => (await countOf(hub)) === 5)
      await feed.stop()
      expect(await countersOf(hub)).to.deep.equal({ read: 1, written: 1, unchanged: 0, quarantined: {} })
    }))

  it('remembers over a restart which files it took, whatever they are called now', () =>
    inFolder(async (folder) => {
      const drop = path.join(folder, 'drop')
      await mkdir(drop)
      await writeFile(path.join(drop, 'a.json'), record(1, 1))
      await (async () => {
        const feed = await start(folder, DIRECTORY)
        await until('count 1', async () => (await countOf(hub)) === 1)
        await feed.stop()
      })()
      await rename(path.join(drop, 'a.json'), path.join(drop, 'z.json'))
      const again = await start(folder, DIRECTORY)
      await until('both events', () => events.length === 2)
      await again.stop()
      expect(events[1]?.summary).to.deep.equal({ read: 1, written: 0, unchanged: 1, quarantined: {} })
    }))

  it('waits for a hub that is away, and loses nothing', () =>
    inFolder(async (folder) => {
      const road = await brokenRoad(hub.url, 5, 'after')
      const drop = path.join(folder, 'drop')
      await mkdir(drop)
      await writeFile(path.join(drop, 'a.json'), `${record(1, 1)}\n${record(2, 2)}\nbroken\n`)
      const feed = await start(folder, DIRECTORY, road.url)
      await until('waiting', () => events.some(({ kind }) => kind === 'waiting'))
      road.mend()
      await until('taken', () => events.some(({ kind }) => kind === 'taken'))
      await feed.stop()
      road.close()
      expect(await countOf(hub)).to.equal(2)
      const { records } = (await ask(`${hub.url}/hub/v1/quarantine`)).body as { records: unknown[] }
      expect(records).to.have.length(1)
      expect(events.map(({ text }) => text).join()).not.to.include('broken')
    }))

  it('polls with ETag, notes a source that fails, and goes on', () =>
    inFolder(async (folder) => {
      const seen: (string | undefined)[] = []
      const unchanged = () => seen.includes('"1"')
      let answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
        unchanged() ? response.writeHead(304).end() : response.setHeader('ETag', '"1"').end(record(1, 1))
      const source = createServer((request, response) => {
        seen.push(request.headers['if-none-match'])
        answer(request, response)
      })
      await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}/counts`
      const shown = async () => JSON.stringify((await ask(`${hub.url}/hub/v1/feeds/counts`)).body)
      const feed = await start(
        folder,
        `  kind: http-poll\n  url: ${url}\n  everySeconds: 1\n  timeoutMs: 500\n`,
      )
      try {
        await until('count 1', async () => (await countOf(hub)) === 1)
        await until('the same again', unchanged)
        answer = (_request, response) => response.writeHead(500).end()
        await until('the status', () => events.some(({ text }) => text === 'Source answers 500'))
        answer = () => undefined
        await until('the failure', () => events.some(({ text }) => text === 'Source cannot be reached'))
        await until('the failure in the hub', async () => /cannot be reached/.test(await shown()))
        answer = (_request, response) => response.end(record(2, 2))
        await until('count 2', async () => (await countOf(hub)) === 2)
        expect(seen[0]).to.equal(undefined)
        await until('the counters', async () => (await shown()).includes('"written":2'))
        expect(await shown()).not.to.include('lastError')
      } finally {
        await feed.stop()
        source.close()
        source.closeAllConnections()
      }
    }))

  it('starts none of several feeds when one has a fault, and tells all faults', () =>
    inFolder(async (folder) => {
      const [good, bad, worse] = ['good.yaml', 'bad.yaml', 'worse.yaml'].map((name) =>
        path.join(folder, name),
      ) as [string, string, string]
      await writeFile(good, `${HEAD}transport:\n  kind: webhook\nformat:\n  kind: json\n${MAPPING}`)
      await writeFile(bad, `${HEAD}transport:\n  kind: pigeon\nformat:\n  kind: json\n${MAPPING}`)
      await writeFile(
        worse,
        `${HEAD}transport:\n  kind: webhook\nformat:\n  kind: json\nmapping:\n  expression: "{"\n`,
      )
      const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
      const faults = (files: readonly string[]): Promise<string> =>
        startFeeds({ feeds: files.map((file) => ({ file, variables: {} })), connection }).then(
          async (started) => {
            await started.stop()
            return 'none'
          },
          (error: Error) => error.message,
        )
      expect(await faults([good])).to.equal('none')
      expect(await faults([good, bad, worse])).to.match(
        /bad\.yaml:5: transport[\s\S]*worse\.yaml: mapping\.expression is not JSONata/,
      )
      expect(await faults([good, good])).to.equal('Feed counts is configured more than once')
    }))
})
