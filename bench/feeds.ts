import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { Client } from 'undici'
import { parse, stringify } from 'yaml'
import { KnownState } from '../adapters/kit/hub/known-state.ts'
import { type Feed, loadFeed } from '../adapters/kit/intake/feed.ts'
import type { Inputs } from '../adapters/kit/intake/input.ts'
import { mapInputs } from '../adapters/kit/intake/map-input.ts'
import { RecentObservations } from '../adapters/kit/intake/recent-observations.ts'
import { listedRecords, planWindow } from '../adapters/kit/intake/window.ts'
import { packageRoot } from '../ontology/package-root.ts'
import { startAedes } from '../test/support/aedes.ts'
import { PASSWORD, USER } from '../test/support/mosquitto.ts'
import { stationFiles, uplinks } from './feed-inputs.ts'
import { feedMemory } from './feed-memory.ts'
import { send } from './notification-load.ts'
import type { BenchPart, Figure } from './notifications.ts'
import { type Server, startHub } from './servers.ts'
import { median, spread } from './statistics.ts'

/** How large the table is that memory is watched over, bytes. */
export interface FeedBench extends BenchPart {
  readonly bytes: number
  /** Columns of it that the feed does not take. */
  readonly columns: number
}

const LINES = 20_000
const MESSAGES = 10_000
const DEVICES = 200
/** Messages that a feed takes together at most. */
const TOGETHER = 500
/** A feed is looked at as seldom as that while it runs: each look costs the hub that is measured. */
const LOOK_MS = 200

/** Measures what feeds cost beside what they write, and how their memory grows over a large table. */
export async function feeds(bench: FeedBench): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  if (bench.isWanted('feeds.stations')) figures.push(...(await stations(bench)))
  if (bench.isWanted('feeds.mqtt')) figures.push(...(await messages(bench)))
  if (bench.isWanted('feeds.memory')) figures.push(...(await feedMemory(bench)))
  return figures
}

/** Files of stations that come into a folder, against what the feed makes of them, in turn. */
async function stations({ folder, started, rounds }: BenchPart): Promise<Figure[]> {
  const files = stationFiles(LINES)
  const definition = feedFile('environment-stations', (city) => ({
    ...{ kind: 'directory', path: join(folder, city), pattern: '*.txt', stableMs: 60, everySeconds: 1 },
  }))
  const cities = citiesOf(rounds)
  for (const city of cities) mkdirSync(join(folder, city))
  const hub = await started(startFeedHub(folder, 'stations', { definition, cities }))
  const give = async (city: string): Promise<void> => {
    for (const [name, text] of files) {
      writeFileSync(join(folder, city, `${name}.part`), text)
      renameSync(join(folder, city, `${name}.part`), join(folder, city, name))
    }
  }
  const inputs = [...files].map(
    ([name, text]): Inputs => [{ name, bytes: Buffer.from(text), repeatable: false }],
  )
  const compared = await inTurn(hub, { folder, definition, cities, give, inputs, records: LINES })
  await hub.stop()
  return figuresOf(
    'feeds.stations',
    `lines of ${files.size} files that come into a folder, a day of a station each`,
    compared,
  )
}

/** Messages of an MQTT server, published as fast as it takes them, against what the feed makes of them, in turn. */
async function messages({ folder, started, rounds }: BenchPart): Promise<Figure[]> {
  const broker = await startAedes()
  const cities = citiesOf(rounds)
  writeFileSync(join(folder, 'mqtt-password'), PASSWORD)
  const definition = feedFile('lorawan', (city) => ({
    ...{
      kind: 'mqtt',
      url: `mqtt://127.0.0.1:${broker.port}`,
      version: '3.1.1',
      qos: 1,
      client: `bench-${city}`,
    },
    ...{ topics: [`${city}/application/+/device/+/event/up`] },
    ...{ user: USER, password: { file: join(folder, 'mqtt-password') } },
  }))
  const hub = await started(startFeedHub(folder, 'mqtt', { definition, cities }))
  const publisher = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    username: USER,
    password: PASSWORD,
  })
  const give = async (city: string): Promise<void> => {
    const all = uplinks(MESSAGES, DEVICES, city)
    for (let at = 0; at < all.length; at += TOGETHER) {
      const some = all.slice(at, at + TOGETHER)
      await Promise.all(some.map(({ topic, text }) => publisher.publishAsync(topic, text, { qos: 1 })))
    }
  }
  const all = uplinks(MESSAGES, DEVICES, 'x').map(({ topic, text }) => ({
    ...{ name: topic, bytes: Buffer.from(text), repeatable: true },
  }))
  const inputs: Inputs[] = []
  for (let at = 0; at < all.length; at += TOGETHER) {
    const [first, ...others] = all.slice(at, at + TOGETHER)
    if (first) inputs.push([first, ...others])
  }
  const compared = await inTurn(hub, { folder, definition, cities, give, inputs, records: MESSAGES })
  await publisher.endAsync()
  await hub.stop()
  await broker.stop()
  return figuresOf('feeds.mqtt', `messages of ${DEVICES} LoRaWAN devices by an MQTT server (QoS 1)`, compared)
}

/** A round that does not count comes first. */
function citiesOf(rounds: number): readonly string[] {
  return Array.from({ length: rounds + 1 }, (_, round) => `round-${round}`)
}

/** A feed of this project with another transport, once for each city. */
function feedFile(feed: string, transportOf: (city: string) => object): (city: string) => string {
  const folder = join(packageRoot, 'adapters/feeds', feed)
  const definition = parse(readFileSync(join(folder, 'feed.yaml'), 'utf8')) as object // it is a map of YAML
  return (city) =>
    stringify({
      ...definition,
      name: city,
      transport: transportOf(city),
      mapping: { module: join(folder, 'map.ts') },
    })
}

/** Starts a hub that checks what is written against the ontology, with a feed for each city. */
function startFeedHub(
  folder: string,
  name: string,
  { definition, cities }: Pick<Trial, 'definition' | 'cities'>,
): Promise<Server> {
  const config = join(folder, `${name}.yaml`)
  const own = cities.map((city) => {
    const file = join(folder, `${name}-${city}.feed.yaml`)
    writeFileSync(file, definition(city))
    return { file, variables: { city } }
  })
  const checked = { validate: [{ mode: 'enforce', convertUnits: true }] }
  const settings = {
    name,
    auth: { mode: 'off' },
    context: { default: 'ontology' },
    ontology: checked,
    feeds: own,
  }
  writeFileSync(config, stringify(settings))
  return startHub(folder, { name, config, everyCore: true })
}

/** What a feed is given, and what it is to make of it. */
interface Trial {
  readonly folder: string
  readonly definition: (city: string) => string
  readonly cities: readonly string[]
  readonly give: (city: string) => Promise<void>
  readonly inputs: readonly Inputs[]
  readonly records: number
}

interface Compared {
  readonly feed: readonly number[]
  readonly ready: readonly number[]
}

/** Records a second through a feed of the hub, and of the same batches ready-made, round after round. */
async function inTurn({ url }: Server, trial: Trial): Promise<Compared> {
  const client = new Client(url)
  const [feed, ready]: [number[], number[]] = [[], []]
  const file = join(trial.folder, 'ready.feed.yaml')
  writeFileSync(file, trial.definition('ready'))
  for (const city of trial.cities) {
    await reached(client, city)
    const given = trial.give(city)
    feed.push(await taken(client, city, trial.records))
    await given
    const own = await loadFeed(file, { city: `ready-${city}` })
    const bodies = await batchesOf(own, trial.inputs)
    const began = performance.now()
    for (const body of bodies) await send(client, upsert(body, own))
    ready.push((1000 * trial.records) / (performance.now() - began))
  }
  await client.close()
  return { feed: feed.slice(1), ready: ready.slice(1) }
}

/** Waits until a feed has reached its source. */
async function reached(client: Client, feed: string): Promise<void> {
  for (;;) {
    const { statusCode, body } = await client.request({ method: 'GET', path: `/hub/v1/feeds/${feed}` })
    await body.dump()
    if (statusCode === 200) return
    await pause(20)
  }
}

/** Waits until a feed has taken so many records, and answers how many it took a second since the first run that was seen began. */
async function taken(client: Client, feed: string, records: number): Promise<number> {
  let first: { readonly began: number; readonly before: number } | undefined
  for (;;) {
    const { statusCode, body } = await client.request({ method: 'GET', path: `/hub/v1/feeds/${feed}` })
    const state = (await body.json()) as {
      counters?: Counters
      lastRun?: { startedAt: string; endedAt: string; summary: Counters }
    } // as the API says
    const { read = 0, written = 0 } = (statusCode === 200 && state.counters) || {}
    if (read > 0 && state.lastRun) {
      const { startedAt, summary } = state.lastRun
      first ??= { began: Date.parse(startedAt), before: read - summary.read }
    }
    if (read >= records && state.lastRun && first) {
      if (written !== records)
        throw new Error(
          `Feed ${feed} wrote ${written} of ${records} records: ${JSON.stringify(state.counters)}`,
        )
      return (1000 * (records - first.before)) / (Date.parse(state.lastRun.endedAt) - first.began)
    }
    await pause(LOOK_MS)
  }
}

interface Counters {
  readonly read: number
  readonly written: number
}

/** Answers the batches that a feed sends to a hub that has nothing of it yet. */
async function batchesOf(feed: Feed, inputs: readonly Inputs[]): Promise<readonly string[]> {
  const { context, batchSize } = feed.definition
  const recent = new RecentObservations()
  const bodies: string[] = []
  for (const together of inputs) {
    const { mapped } = await mapInputs(feed, together)
    const known = new KnownState(context)
    for (let start = 0; start < mapped.length; start += batchSize) {
      const units = planWindow(listedRecords(mapped.slice(start, start + batchSize)), { known, recent })
      bodies.push(JSON.stringify(units.map(({ document }) => document)))
    }
  }
  return bodies
}

function upsert(body: string, { definition: { context } }: Feed): Parameters<typeof send>[1] {
  const link = `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
  const headers = { link, 'hub-late-observations': 'history' }
  return { method: 'POST', path: '/ngsi-ld/v1/entityOperations/upsert?options=update', body, headers }
}

function figuresOf(name: string, what: string, { feed, ready }: Compared): Figure[] {
  const shares = feed.map((rate, at) => rate / (ready[at] ?? Number.NaN))
  return [
    {
      name,
      value: median(shares),
      aim: '>= 0.5',
      text: `${what}, mapped by a feed of the hub, which has every core, and checked against the ontology: ${Math.round(median(feed))} a second, of the same batches sent ready-made to the same hub one after the other (${Math.round(median(ready))}); ${spread(shares)}`,
    },
  ]
}
