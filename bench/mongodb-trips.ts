import { MongoClient } from 'mongodb'
import { type MongoTrip, startMongoLink } from '../test/support/mongo-link.ts'
import { id } from './entities.ts'
import type { Figure } from './notifications.ts'
import type { Server } from './servers.ts'
import { median } from './statistics.ts'

/** What is counted. */
export interface Counted {
  readonly name: string
  /** Asks beforehand for what is at hand then. */
  readonly warmUp: (hub: Server) => Promise<void>
  /** Answers how many requests it sent. */
  readonly load: (hub: Server) => Promise<number>
}

/** One kind of command that a hub asks, for each request of a load. */
export interface CommandCost {
  readonly asked: string
  readonly perRequest: number
  /** Median of what the server took to answer. */
  readonly milliseconds: number
}

const TRIPS = 1000

/** Counts what a hub behind a link asks of the server while it is loaded, with all that is done once it has answered. */
export async function countTrips(
  url: string,
  startHubOn: (url: string) => Promise<Server>,
  all: readonly Counted[],
): Promise<ReadonlyMap<string, readonly CommandCost[]>> {
  const link = await startMongoLink(url)
  const hub = await startHubOn(link.url)
  const costs = new Map<string, readonly CommandCost[]>()
  for (const { name, warmUp, load } of all) {
    await warmUp(hub)
    link.trips.length = 0
    costs.set(name, costsOf(link.trips, await load(hub)))
  }
  await hub.stop()
  await link.close()
  return costs
}

function costsOf(trips: readonly MongoTrip[], requests: number): readonly CommandCost[] {
  const kinds = new Map<string, number[]>()
  for (const { asked, milliseconds } of trips) {
    const taken = kinds.get(asked) ?? []
    taken.push(milliseconds)
    kinds.set(asked, taken)
  }
  return [...kinds]
    .map(([asked, taken]) => ({
      asked,
      perRequest: taken.length / requests,
      milliseconds: median(taken),
    }))
    .sort((left, right) => right.perRequest - left.perRequest)
}

/** What one round trip costs with nothing but the driver: alone, and with as many at once as the load has connections. */
export async function costsOfTrips(
  name: string,
  { url, database, population, connections }: Aimed,
): Promise<readonly Figure[]> {
  const client = await new MongoClient(url).connect()
  const entities = client.db(database).collection<{ _id: string }>('default.entity')
  let at = 0
  const findOne = async (): Promise<void> => {
    const _id = id(at++ % population)
    if (!(await entities.findOne({ _id }, { projection: { version: 1, text: 1 } })))
      throw new Error(`Entity ${_id}, which was created, is not there`)
  }
  const figures: Figure[] = []
  for (const [command, ask] of [
    ['ping', async () => void (await client.db(database).command({ ping: 1 }))],
    ['findOne', findOne],
  ] as const) {
    await times(ask, TRIPS / 10)
    const alone = await times(ask, TRIPS)
    const began = performance.now()
    await Promise.all(Array.from({ length: connections }, () => times(ask, TRIPS / connections)))
    const perSecond = (1000 * TRIPS) / (performance.now() - began)
    const text = `median of ${TRIPS}, ms, one after the other; ${Math.round(perSecond)} a second, ${connections} at once`
    figures.push({ name: `${name}.trip.${command}`, value: median(alone), aim: '', text })
  }
  await client.close()
  return figures
}

/** Where round trips go. */
export interface Aimed {
  readonly url: string
  readonly database: string
  readonly population: number
  readonly connections: number
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
