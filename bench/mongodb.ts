import { MongoClient } from 'mongodb'
import { type MongoLink, startMongoLink } from '../test/support/mongo-link.ts'
import { missingMongo, startMongo } from '../test/support/mongodb-server.ts'
import { create, createBatch, id, query, retrieve, update } from './entities.ts'
import { fill } from './fill.ts'
import { type LoadRequest, type LoadResult, load } from './load.ts'
import type { BenchPart, Figure } from './notifications.ts'
import { type HubOptions, type Server, startHub } from './servers.ts'
import { median, spread } from './statistics.ts'

/** What the part needs besides. */
export interface MongodbBench extends BenchPart {
  readonly population: number
  readonly pages: number
}

/** What it shows: a table of both stores beside each other, and the ratios. */
export interface BesideEmbedded {
  readonly table: readonly (readonly string[])[]
  readonly figures: readonly Figure[]
}

interface Measure {
  readonly name: string
  readonly make: (at: number) => LoadRequest
  readonly aim?: string
  /** So many different requests are sent once before anything is measured. */
  readonly warm?: number
  /** Neither pages nor fragments nor entities are kept at hand. */
  readonly cold?: true
  /** Absent: as many as the bench has. */
  readonly connections?: number
  /** Entities that one request creates. */
  readonly items?: number
}

/** Two hubs, and what each did. */
interface Pair {
  readonly embedded: Server
  readonly mongodb: Server
}

const DATABASE = 'hub-bench'
const TRIPS = 1000
const PAGES = 10
const COUNTED_SECONDS = 1
const HEADS = ['ops/s embedded', 'ops/s mongodb', 'ratio', 'lowest', 'highest']
const MORE_HEADS = ['p50 ms embedded', 'p50 ms mongodb', 'p99 ms mongodb', 'round trips']

/** Measures a hub on MongoDB, the only one there, in turn with one on the embedded store. */
export async function mongodb(bench: MongodbBench): Promise<BesideEmbedded> {
  const measures = measuresOf(bench).filter(({ name }) => bench.isWanted(name))
  if (measures.length === 0) return { table: [], figures: [] }
  const missing = missingMongo()
  if (missing !== undefined) return { table: [[`mongodb: SKIPPED (${missing})`]], figures: [] }
  const server = await startMongo()
  const closing = { once: undefined as Promise<void> | undefined }
  const close = (): Promise<void> => (closing.once ??= server.close())
  await bench.started(Promise.resolve({ ...UNMEASURED, url: server.url, stop: close }))
  const seen = new Map<string, readonly (readonly [LoadResult, LoadResult])[]>()
  for (const [at, cold] of temperaturesOf(measures).entries()) {
    const pair = await startPair(bench, server.url, cold)
    if (at === 0) for (const { url } of [pair.embedded, pair.mongodb]) await fill(url, bench)
    for (const one of measures)
      if ((one.cold ?? false) === cold) seen.set(one.name, await inTurn(bench, one, pair))
    await Promise.all([pair.embedded.stop(), pair.mongodb.stop()])
  }
  const trips = await roundTrips(bench, server.url, measures)
  const costs = await costsOfTrips(server.url, bench)
  await close()
  const figures = measures.map((measure) => figureOf(measure, seen.get(measure.name) ?? []))
  const lines = measures.map((measure) => [
    ...lineOf(measure, seen.get(measure.name) ?? []),
    (trips.get(measure.name) ?? Number.NaN).toFixed(2),
  ])
  return { table: [['name', ...HEADS, ...MORE_HEADS], ...lines], figures: [...figures, ...costs] }
}

const UNMEASURED = { peakBytes: () => undefined, residentBytes: () => undefined }

function measuresOf({ population, pages }: MongodbBench): readonly Measure[] {
  const page = (at: number) => query(at % PAGES, pages)
  return [
    { name: 'mongodb.retrieve', make: (at) => retrieve(at, population), aim: '>= 0.8', warm: population },
    { name: 'mongodb.query20.warm', make: page, aim: '>= 0.8', warm: PAGES },
    { name: 'mongodb.create', make: (at) => create(at, pages) },
    { name: 'mongodb.batch20', make: (at) => createBatch(at, pages), items: 20 },
    { name: 'mongodb.update', make: (at) => update(at, population) },
    { name: 'mongodb.retrieve.cold', make: (at) => retrieve(at, population), cold: true },
    // one at a time: a server without an index of members looks at every document for each of them
    { name: 'mongodb.query20.cold', make: page, cold: true, connections: 1 },
  ]
}

/** Whether what is measured is cold: first what is not, where there is such. */
function temperaturesOf(measures: readonly Measure[]): readonly boolean[] {
  return [false, true].filter((cold) => measures.some((one) => (one.cold ?? false) === cold))
}

/** A hub on each store, with the same entities. */
async function startPair({ folder, started }: MongodbBench, url: string, cold: boolean): Promise<Pair> {
  const settings = { HUB_CONTEXT_DEFAULT: 'ontology', ...(cold && { HUB_LIMITS_FRAGMENTS: '0' }) }
  return {
    embedded: await started(startHub(folder, { name: 'beside', settings })),
    mongodb: await started(startHub(folder, onMongodb(url, settings))),
  }
}

function onMongodb(url: string, settings: Readonly<Record<string, string>>): HubOptions {
  const store = {
    HUB_STORE_KIND: 'mongodb',
    HUB_STORE_MONGODB_URL: url,
    HUB_STORE_MONGODB_DATABASE: DATABASE,
  }
  return { name: 'mongodb', settings: { ...settings, ...store } }
}

/** Loads both in turn, each first in every other round. */
async function inTurn(
  { seconds, rounds, ...bench }: MongodbBench,
  { make, warm = 0, connections = bench.connections }: Measure,
  pair: Pair,
): Promise<readonly (readonly [LoadResult, LoadResult])[]> {
  const options = { connections, seconds }
  let sent = 0
  const next = (): LoadRequest => make(sent++)
  for (const { url } of [pair.embedded, pair.mongodb]) await warmUp(url, make, warm)
  const results: (readonly [LoadResult, LoadResult])[] = []
  for (let round = 0; round < rounds; round++) {
    const [first, second] = round % 2 === 0 ? [pair.embedded, pair.mongodb] : [pair.mongodb, pair.embedded]
    const one = await load(first.url, options, next)
    const other = await load(second.url, options, next)
    results.push(round % 2 === 0 ? [one, other] : [other, one])
  }
  return results
}

/** Asks each once, one after the other. */
async function warmUp(url: string, make: Measure['make'], requests: number): Promise<void> {
  if (requests > 0) await load(url, { connections: 1, seconds: 0, requests }, make)
}

/** Counts what a hub asks of the server for each request of a load, with all that is done once it is answered. */
async function roundTrips(
  { folder, started, population, ...bench }: MongodbBench,
  url: string,
  measures: readonly Measure[],
): Promise<ReadonlyMap<string, number>> {
  const trips = new Map<string, number>()
  const link: MongoLink = await startMongoLink(url)
  for (const cold of temperaturesOf(measures)) {
    const settings = { HUB_CONTEXT_DEFAULT: 'ontology', ...(cold && { HUB_LIMITS_FRAGMENTS: '0' }) }
    const hub = await started(startHub(folder, onMongodb(link.url, settings)))
    for (const { name, make, warm = 0, cold: ofCold = false, connections = bench.connections } of measures) {
      if (ofCold !== cold) continue
      // behind those that are there already
      let sent = population * TRIPS
      const next = (): LoadRequest => make(sent++)
      const options = { connections, seconds: COUNTED_SECONDS }
      await warmUp(hub.url, make, warm)
      link.asked.length = 0
      const before = sent
      await load(hub.url, options, next)
      trips.set(name, link.asked.length / (sent - before))
    }
    await hub.stop()
  }
  await link.close()
  return trips
}

/** What one round trip costs with nothing but the driver: alone, and with as many at once as the load has connections. */
async function costsOfTrips(
  url: string,
  { connections, population }: MongodbBench,
): Promise<readonly Figure[]> {
  const client = await new MongoClient(url).connect()
  const database = client.db(DATABASE)
  const entities = database.collection<{ _id: string; version: number; text: string }>('default.entity')
  let at = 0
  const findOne = async (): Promise<void> => {
    const found = await entities.findOne(
      { _id: id(at++ % population) },
      { projection: { version: 1, text: 1 } },
    )
    if (!found) throw new Error('An entity that was created is not there')
  }
  const figures: Figure[] = []
  for (const [name, ask] of [
    ['mongodb.trip.ping', async () => void (await database.command({ ping: 1 }))],
    ['mongodb.trip.findOne', findOne],
  ] as const) {
    await times(ask, TRIPS / 10)
    const alone = await times(ask, TRIPS)
    const began = performance.now()
    await Promise.all(Array.from({ length: connections }, () => times(ask, TRIPS / connections)))
    const perSecond = (1000 * TRIPS) / (performance.now() - began)
    const text = `median of ${TRIPS}, ms, one after the other; ${Math.round(perSecond)} a second, ${connections} at once`
    figures.push({ name, value: median(alone), aim: '', text })
  }
  await client.close()
  return figures
}

async function times(ask: () => Promise<void>, count: number): Promise<readonly number[]> {
  const taken: number[] = []
  while (taken.length < count) {
    const began = performance.now()
    await ask()
    taken.push(performance.now() - began)
  }
  return taken
}

type Rounds = readonly (readonly [LoadResult, LoadResult])[]

function ratiosOf(rounds: Rounds): readonly number[] {
  return rounds.map(([embedded, other]) => other.requestsPerSecond / embedded.requestsPerSecond)
}

function figureOf({ name, aim = '' }: Measure, rounds: Rounds): Figure {
  const ratios = ratiosOf(rounds)
  const text = `requests a second of a hub on MongoDB to those of one on the embedded store, in turn; ${spread(ratios)}`
  return { name, value: median(ratios), aim, text }
}

function lineOf({ name, items = 1 }: Measure, rounds: Rounds): readonly string[] {
  const ratios = ratiosOf(rounds)
  const of = (side: 0 | 1, what: keyof LoadResult) => median(rounds.map((pair) => pair[side][what]))
  return [
    name,
    ...([0, 1] as const).map((side) => String(Math.round(of(side, 'requestsPerSecond') * items))),
    ...[median(ratios), Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(3)),
    ...[of(0, 'p50ms'), of(1, 'p50ms'), of(1, 'p99ms')].map((time) => time.toFixed(2)),
  ]
}
