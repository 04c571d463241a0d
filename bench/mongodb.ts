import { COMMIT_MILLISECONDS, commitMeanwhile, commitOnce } from './commits-meanwhile.ts'
import { create, createBatch, query, retrieve, update } from './entities.ts'
import { fill } from './fill.ts'
import { type LoadRequest, load } from './load.ts'
import { historyOnMongodb } from './mongodb-history.ts'
import {
  ARRANGEMENTS,
  type Arrangement,
  arrange,
  COUNTED,
  DATABASE,
  type Hubs,
  STALENESS,
  startHubs,
  startOnMongodb,
  stopHubs,
} from './mongodb-servers.ts'
import {
  besideTable,
  commandTable,
  type Found,
  figuresOf,
  type HubResult,
  type Measure,
  type Round,
  type TitledTable,
} from './mongodb-tables.ts'
import { type CommandCost, costsOfTrips, countTrips } from './mongodb-trips.ts'
import type { BenchPart, Figure } from './notifications.ts'
import type { Server } from './servers.ts'

/** What the part needs besides. */
export interface MongodbBench extends BenchPart {
  readonly population: number
  readonly pages: number
}

/** What the part shows: both stores beside each other, what was asked of the server, and ratios. */
export interface BesideEmbedded {
  readonly tables: readonly TitledTable[]
  readonly figures: readonly Figure[]
}

type Commands = ReadonlyMap<string, readonly CommandCost[]>

const PAGES = 10

/** Measures hubs on MongoDB, one alone and one of two, in turn with one on the embedded store. */
export async function mongodb(bench: MongodbBench): Promise<BesideEmbedded> {
  const shown: BesideEmbedded[] = []
  for (const arrangement of ARRANGEMENTS) {
    const measures = measuresOf(arrangement, bench).filter(({ name }) => bench.isWanted(name))
    if (measures.length > 0) shown.push(await measureIn(arrangement, measures, bench))
    shown.push(...(await historyIn(arrangement, bench)))
  }
  return {
    tables: shown.flatMap(({ tables }) => tables),
    figures: shown.flatMap(({ figures }) => figures),
  }
}

function measuresOf(
  { name, processes }: Arrangement,
  { population, pages }: MongodbBench,
): readonly Measure[] {
  const page = (at: number) => query(at % PAGES, pages)
  const one = (at: number) => retrieve(at, population)
  const mixed = (at: number) => (at % 10 === 0 ? update(at, population) : page(at))
  // who is alone forgets pages at once, and may read them slowly
  const commits = processes === 1 ? 'before' : 'meanwhile'
  const measures: readonly Measure[] = [
    { name: 'retrieve', make: one, aim: '>= 0.8', warm: population, commits },
    { name: 'query20.warm', make: page, aim: '>= 0.8', warm: PAGES, commits },
    { name: 'retrieve.200', make: one, warm: population, connections: 200 },
    { name: 'query20.mixed', make: mixed },
    { name: 'update', make: (at) => update(at, population) },
    // what creates comes last: a server without an index of members looks at every document again and again
    { name: 'create', make: (at) => create(at, pages) },
    { name: 'batch20', make: (at) => createBatch(at, pages), items: 20 },
    { name: 'retrieve.cold', make: one, cold: true },
    { name: 'query20.cold', make: page, cold: true, connections: 1 },
  ]
  return measures.map((measure) => ({ ...measure, name: `${name}.${measure.name}` }))
}

async function measureIn(
  arrangement: Arrangement,
  measures: readonly Measure[],
  bench: MongodbBench,
): Promise<BesideEmbedded> {
  const missing = arrangement.missing()
  if (missing !== undefined) return skipped(measures, missing)
  const { url, is, lacks, close } = await arrange(arrangement, bench)
  if (lacks !== undefined) {
    await close()
    return skipped(measures, `${is} ${lacks}`)
  }
  const found: Omit<Found, 'commands'>[] = []
  for (const [at, cold] of temperaturesOf(measures).entries()) {
    const hubs = await startHubs(arrangement, bench, { url, database: DATABASE, cold })
    if (at === 0) for (const hub of [hubs.embedded, hubs.mongodb]) await fill(hub.url, bench)
    for (const measure of ofTemperature(measures, cold)) found.push(await inTurn(bench, measure, hubs))
    await stopHubs(hubs)
  }
  const commands = await commandsOf(arrangement, measures, { ...bench, url })
  const costs = await costsOfTrips(arrangement.name, { ...bench, url, database: DATABASE })
  await close()
  const all = found.map((one) => ({ ...one, commands: commands.get(one.measure.name) ?? [] }))
  const who =
    arrangement.processes === 1
      ? 'one process, which commits before each round of retrieve and query20.warm'
      : `one of two processes, the other of which commits every ${COMMIT_MILLISECONDS} ms of retrieve and query20.warm, staleness ${STALENESS} ms`
  return {
    tables: [
      besideTable(`${who}; ${is}`, all),
      commandTable('what was asked of the server under load, and what it took', all),
    ],
    figures: [...all.flatMap(figuresOf), ...costs],
  }
}

/** Totals of history are of one process, whichever arrangement that is in. */
async function historyIn(arrangement: Arrangement, bench: MongodbBench): Promise<readonly BesideEmbedded[]> {
  const name = `${arrangement.name}.history.avg`
  if (arrangement.processes > 1 || !bench.isWanted(name)) return []
  const missing = arrangement.missing()
  if (missing !== undefined) return [skipped([{ name }], missing)]
  const { url, is, close } = await arrange(arrangement, bench)
  const figure = await historyOnMongodb(name, bench, { url, database: DATABASE })
  await close()
  return [{ tables: [{ title: `one process; ${is}`, table: [] }], figures: [figure] }]
}

function skipped(measures: readonly Pick<Measure, 'name'>[], why: string): BesideEmbedded {
  return {
    tables: measures.map(({ name }) => ({ title: `${name}: SKIPPED (${why})`, table: [] })),
    figures: [],
  }
}

/** Whether what is measured is cold: first what is, where there is such. */
function temperaturesOf(measures: readonly Measure[]): readonly boolean[] {
  return [true, false].filter((cold) => ofTemperature(measures, cold).length > 0)
}

function ofTemperature(measures: readonly Measure[], wanted: boolean): readonly Measure[] {
  return measures.filter(({ cold = false }) => cold === wanted)
}

/** Loads both in turn, each first in every other round. */
async function inTurn(
  bench: MongodbBench,
  measure: Measure,
  { embedded, mongodb, other }: Hubs,
): Promise<Omit<Found, 'commands'>> {
  const late: number[] = []
  let sent = 0
  const next = (): LoadRequest => measure.make(sent++)
  for (const { url } of [embedded, mongodb]) await warmUp(url, measure)
  const loadOne = async (name: keyof Round): Promise<HubResult> => {
    const hub = { embedded, mongodb }[name]
    const hubs = { hub, other: name === 'mongodb' ? other : undefined }
    const { seen, ...result } = await loadWithCommits(bench, measure, hubs, next)
    if (name === 'mongodb') late.push(...seen)
    return result
  }
  const results: Round[] = []
  for (let round = 0; round < bench.rounds; round++) {
    const first = round % 2 === 0 && (await loadOne('embedded'))
    const mongodb = await loadOne('mongodb')
    results.push({ embedded: first || (await loadOne('embedded')), mongodb })
  }
  return { measure, rounds: results, late }
}

/** Answers what a load showed, and how late commits were seen, where there were any. */
async function loadWithCommits(
  { pages, ...bench }: MongodbBench,
  measure: Measure,
  { hub, other }: { readonly hub: Server; readonly other: Server | undefined },
  next: () => LoadRequest,
): Promise<HubResult & { readonly seen: readonly number[] }> {
  const { make, commits, connections = bench.connections } = measure
  // what another process commits may be seen late
  const places = { reader: hub.url, writer: other?.url ?? hub.url, staleness: other ? STALENESS : 0 }
  const loaded = async (): Promise<HubResult> => {
    const before = hub.processorSeconds() ?? Number.NaN
    const result = await load(hub.url, { connections, seconds: bench.seconds }, next)
    const taken = (hub.processorSeconds() ?? Number.NaN) - before
    return { ...result, processorMicros: (taken * 1_000_000) / result.requests }
  }
  if (commits === 'meanwhile') {
    const committing = commitMeanwhile(places, Math.min(PAGES, pages), make)
    return { ...(await loaded()), seen: await committing.end() }
  }
  const seen = commits ? [await commitOnce(places, 0, make(0))] : []
  if (commits) await warmUp(hub.url, measure)
  return { ...(await loaded()), seen }
}

/** Asks each once, one after the other. */
async function warmUp(url: string, { make, warm = 0 }: Measure): Promise<void> {
  if (warm > 0) await load(url, { connections: 1, seconds: 0, requests: warm }, make)
}

/** Counts what is asked of the server for each request, from an empty database. */
async function commandsOf(
  { name, processes }: Arrangement,
  measures: readonly Measure[],
  bench: MongodbBench & { readonly url: string },
): Promise<Commands> {
  const commands = new Map<string, readonly CommandCost[]>()
  for (const [at, cold] of temperaturesOf(measures).entries()) {
    const kept = { url: bench.url, database: COUNTED, cold }
    const start = async (url: string): Promise<Server> => {
      const hub = await startOnMongodb(`${name}.measured`, bench, { ...kept, url })
      if (at === 0) await fill(hub.url, bench)
      return hub
    }
    const other =
      processes === 1 ? undefined : await startOnMongodb(`${name}.other`, bench, { ...kept, everyCore: true })
    const counted = ofTemperature(measures, cold).map((measure) => ({
      name: measure.name,
      warmUp: (hub: Server) => warmUp(hub.url, measure),
      load: async (hub: Server) => {
        let sent = 0
        const next = (): LoadRequest => measure.make(sent++)
        return (await loadWithCommits(bench, measure, { hub, other }, next)).requests
      },
    }))
    for (const [one, costs] of await countTrips(bench.url, start, counted)) commands.set(one, costs)
    await other?.stop()
  }
  return commands
}
