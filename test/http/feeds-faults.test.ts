import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { type FeedEvent, type RunningFeed, runFeed } from '../../adapters/kit/run/run-feed.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { RunningHub } from '../../broker/main.ts'
import { startAedes } from '../support/aedes.ts'
import { type Broker, hasMosquitto, startMosquitto } from '../support/mosquitto.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { until } from '../support/until.ts'
import { ask, inFolder, startFeedHub } from './feed-hub.ts'
import {
  type FeedSource,
  folderSource,
  ftpSource,
  type Given,
  httpSource,
  mqttSource,
  sftpSource,
  sqliteSource,
} from './feed-sources.ts'

const record = (key: string, count: unknown, at: string) => ({ key, count, at })
const minute = (number: number): string => `2025-11-15T08:${String(number % 60).padStart(2, '0')}:00+07:00`
/** As history has it, in microseconds. */
const utc = (number: number): number => (Date.parse('2025-11-15T01:00:00Z') + number * 60_000) * 1000

/** Newer before older, one of them twice, a clock that runs years ahead, bytes that are no text, a member that is called otherwise now. */
const MESS: readonly Given[] = [
  record('a', 5, minute(5)),
  record('a', 1, minute(1)),
  record('a', 5, minute(5)),
  record('a', 99, '2099-01-01T00:00:00Z'),
  Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  { key: 'a', total: 3, at: minute(3) },
]

const many = (first: number): Given[] =>
  Array.from({ length: 200 }, (_, at) => record(`${first}-${at % 8}`, at, minute(Math.floor(at / 8))))

async function start(
  hub: RunningHub,
  folder: string,
  name: string,
  source: FeedSource,
): Promise<{ readonly feed: RunningFeed; readonly events: FeedEvent[] }> {
  const file = path.join(folder, 'feed.yaml')
  await writeFile(
    file,
    `name: ${name}
title: Faults
source: urn:ngsi-ld:Feed:${name}
dataProvider: Sở Xây dựng
transport:
${source.transport}format:
${source.format}mapping:
  expression: |
    ($assert($exists(count) and count != null, 'count is missing');
    { 'id': $iri('Thing', $feed.name, key), 'type': 'Thing',
      'count': { 'type': 'Property', 'value': count, 'observedAt': $time(at) } })
`,
  )
  const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
  const events: FeedEvent[] = []
  const feed = runFeed(await loadFeed(file), {
    connection,
    onEvent: (event) => events.push(event),
    retry: { attempts: 2, firstMs: 20, longestMs: 100 },
  })
  return { feed, events }
}

async function stateOf(hub: RunningHub, name: string): Promise<Record<string, unknown>> {
  const { body } = await ask(`${hub.url}/hub/v1/feeds/${name}`)
  return (body ?? {}) as Record<string, unknown>
}

/** What history has of a thing: times and values. */
async function historyOf(hub: RunningHub, name: string, key: string): Promise<unknown[]> {
  const id = `urn:ngsi-ld:Thing:${name}:${key}`
  const instances = await recordedInstances(hub.store, DEFAULT_TENANT, id, { limit: 10_000 })
  return instances
    .filter(({ attribute }) => attribute.endsWith('/count'))
    .map(({ text }) => JSON.parse(text ?? '{}') as { observedAt: string; value: unknown })
    .map(({ observedAt, value }) => [observedAt, value])
    .sort()
}

async function reasonsOf(hub: RunningHub, name: string): Promise<string[]> {
  const { body } = await ask(`${hub.url}/hub/v1/quarantine?feed=${name}&limit=1000`)
  return (body as { records: { reason: string; detail: string }[] }).records
    .map(({ reason, detail }) => `${reason}: ${detail}`)
    .sort()
}

const QUARANTINED = [
  'implausible: Observed more than 3600 seconds ahead of now',
  'unmapped: count is missing',
  'unreadable: Record is not UTF-8 text',
]

describe('feeds: faults', () => {
  let hub: RunningHub
  let broker: Broker

  before(async () => {
    hub = await startFeedHub()
    broker = hasMosquitto() ? await startMosquitto() : await startAedes()
  })
  after(async () => {
    await hub.stop()
    await broker.stop()
  })

  const kinds: readonly (readonly [string, (folder: string) => Promise<FeedSource>])[] = [
    ['directory', folderSource],
    ['ftp', ftpSource],
    ['sftp', sftpSource],
    ['http-poll', httpSource],
    ['mqtt-3', (folder) => mqttSource(folder, { broker, version: '3.1.1', qos: 1 })],
    ['mqtt-5', (folder) => mqttSource(folder, { broker, version: '5', qos: 2 })],
    ['sql', sqliteSource],
  ]

  for (const [kind, open] of kinds) {
    const skipped = kind === 'mqtt-5' && !hasMosquitto()
    const test = skipped ? it.skip : it
    test(`${kind}: nothing is lost and nothing twice, and quarantine says why${skipped ? ' (SKIPPED without Mosquitto)' : ''}`, () =>
      inFolder(async (folder) => {
        const source = await open(folder)
        const name = `faults-${kind}`
        const { feed, events } = await start(hub, folder, name, source)
        try {
          await until('a start', async () => 'counters' in (await stateOf(hub, name)))
          await source.give(MESS)
          await until('the mess', async () => (await historyOf(hub, name, 'a')).length === 2)
          for (const [at, [fault, inflict]] of Object.entries(source.faults).entries()) {
            events.length = 0
            await inflict({
              give: () => source.give(many(at)),
              told: () => until(`a failure: ${fault}`, () => events.some((event) => event.kind === 'failed')),
            })
            await until(
              `all after ${fault}`,
              async () => (await historyOf(hub, name, `${at}-7`)).length === 25,
            )
          }
          await until('a good end', async () => !('lastError' in (await stateOf(hub, name))))
        } finally {
          await feed.stop()
          await source.close()
        }
        const own = Object.keys(source.faults)
        for (const at of own.keys()) {
          const expected = Array.from({ length: 25 }, (_, number) => [utc(number), number * 8])
          expect(await historyOf(hub, name, `${at}-0`), own[at]).to.deep.equal(expected)
        }
        expect(await historyOf(hub, name, 'a')).to.deep.equal([
          [utc(1), 1],
          [utc(5), 5],
        ])
        const cut = kind === 'directory' ? ['unreadable: Record is not valid JSON'] : []
        const expected = kind === 'sql' ? QUARANTINED.slice(0, 2) : [...QUARANTINED, ...cut]
        expect(await reasonsOf(hub, name)).to.deep.equal(expected.sort())
        expect(JSON.stringify([events, await stateOf(hub, name)])).not.to.match(/secret|p@ss|of-the-client/)
      }))
  }
})
