import { MongoClient } from 'mongodb'
import { lackedBySeveral, probeGuarantees } from '../broker/store/mongodb/processes/probe-guarantees.ts'
import { type CapableMongo, missingCapableMongo, startCapableMongo } from '../test/support/capable-mongo.ts'
import { dropDatabase, type MongoServer, missingMongo, startMongo } from '../test/support/mongodb-server.ts'
import type { BenchPart } from './notifications.ts'
import { type HubOptions, type Server, startHub, startOnEveryCore } from './servers.ts'

/** Processes on a database, and where such are to be had. */
export interface Arrangement {
  /** What names of its rows begin with. */
  readonly name: string
  readonly processes: 1 | 2
  readonly missing: () => string | undefined
  readonly start: () => Promise<MongoServer & Partial<CapableMongo>>
}

/** A server that was started for an arrangement. */
export interface Arranged {
  readonly url: string
  /** What it is, and what it says of itself. */
  readonly is: string
  /** Why the arrangement cannot be had on it; undefined: it can. */
  readonly lacks: string | undefined
  readonly close: () => Promise<void>
}

/** A hub on each store, with the same entities, and another process that works on the database of one of them. */
export interface Hubs {
  readonly embedded: Server
  readonly mongodb: Server
  readonly other: Server | undefined
}

export const DATABASE = 'hub-bench'
/** Where commands are counted, with nothing in it but what the bench begins with. */
export const COUNTED = 'hub-bench-counted'
/** What another process committed may be seen so many milliseconds late. */
export const STALENESS = 1000
const CONTEXT = { HUB_CONTEXT_DEFAULT: 'ontology' }
/** Neither pages nor fragments nor entities are kept at hand. */
const COLD = { HUB_LIMITS_FRAGMENTS: '0' }

export const ARRANGEMENTS: readonly Arrangement[] = [
  { name: 'mongodb', processes: 1, missing: missingMongo, start: startMongo },
  { name: 'mongodb.several', processes: 2, missing: missingCapableMongo, start: startCapableMongo },
]

/** Starts the server of an arrangement, whose database is empty then. */
export async function arrange({ processes, start }: Arrangement, { started }: BenchPart): Promise<Arranged> {
  const server = await startOnEveryCore(start)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= server.close())
  await started(Promise.resolve({ stop: close }))
  for (const name of [DATABASE, COUNTED]) await dropDatabase(server.url, name)
  const client = await new MongoClient(server.url).connect()
  const guarantees = await probeGuarantees(client.db(DATABASE))
  await client.close()
  const lacked = lackedBySeveral(guarantees)
  const withoutStreams = guarantees.changeStreams ? undefined : 'has no change streams that tell at once'
  const kind = server.kind === 'mongo-java-server' ? 'mongo-java-server, in memory and no replica set: ' : ''
  return {
    url: server.url,
    is: `${kind}${guarantees.server}`,
    lacks: processes === 1 ? undefined : (lacked ?? withoutStreams),
    close,
  }
}

/** Where hubs keep their state, and whether anything is at hand. */
export interface Kept {
  readonly url: string
  readonly database: string
  readonly cold: boolean
}

/** Starts the hubs of an arrangement. */
export async function startHubs(arrangement: Arrangement, bench: BenchPart, kept: Kept): Promise<Hubs> {
  const { folder, started } = bench
  const options = { name: `${arrangement.name}.embedded`, settings: settingsOf(kept.cold) }
  return {
    embedded: await started(startHub(folder, options)),
    mongodb: await startOnMongodb(`${arrangement.name}.measured`, bench, kept),
    other:
      arrangement.processes === 1
        ? undefined
        : await startOnMongodb(`${arrangement.name}.other`, bench, { ...kept, everyCore: true }),
  }
}

/** Starts one that keeps its state in MongoDB. */
export function startOnMongodb(
  name: string,
  { folder, started }: BenchPart,
  { url, database, cold, everyCore = false }: Kept & Pick<HubOptions, 'everyCore'>,
): Promise<Server> {
  const settings = { ...settingsOf(cold), ...onMongodb(url, database) }
  return started(startHub(folder, { name, settings, everyCore }))
}

function settingsOf(cold: boolean): Readonly<Record<string, string>> {
  return { ...CONTEXT, ...(cold && COLD) }
}

/** Ends them. */
export async function stopHubs({ embedded, mongodb, other }: Hubs): Promise<void> {
  await Promise.all([embedded, mongodb, other].map((hub) => hub?.stop()))
}

/** What a hub keeps its state on a server by. */
function onMongodb(url: string, database: string): Readonly<Record<string, string>> {
  return {
    HUB_STORE_KIND: 'mongodb',
    HUB_STORE_MONGODB_URL: url,
    HUB_STORE_MONGODB_DATABASE: database,
    HUB_STORE_MONGODB_STALENESS: String(STALENESS),
  }
}
