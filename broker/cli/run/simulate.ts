import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { stringify } from 'yaml'
import {
  SOURCE_FAULTS,
  type SourceFault,
  speak,
  startAgencies,
  stopAgencies,
} from '../../../adapters/simulators/simulation.ts'
import { type Agency, simulatedFeeds } from '../../../adapters/simulators/start-agency.ts'
import { CommandFailure } from '../command-failure.ts'
import { tableText } from './print-table.ts'

/** Options of `hub simulate`, as they were given. */
export interface SimulateOptions {
  readonly city: readonly string[]
  readonly faults: readonly string[]
  readonly seed: string
  readonly every: number
  readonly folder: string
  readonly hub: Readonly<Record<string, string>>
}

/** Runs sources until it is told to stop, and prints where each of them speaks. @throws CommandFailure */
export async function simulate(feeds: readonly string[], options: SimulateOptions): Promise<void> {
  const faults = faultsOf(options.faults)
  const folder = resolve(options.folder)
  const sources = await sourcesOf(feeds, options)
  const agencies = await startAgencies({ sources, folder, pollSeconds: pollSecondsOf(options.every) })
  const files = await writeFeeds(agencies, folder)
  process.stdout.write(tableText(agencies.map(({ feed, city, simulator }) => [feed, city, simulator.place])))
  process.stdout.write(`
What the hubs of the cities have to be told of their feeds:
${files.map((file) => `  ${file}\n`).join('')}
Ctrl-C stops all sources.
`)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())
  await speak(agencies, {
    everySeconds: options.every,
    seed: options.seed,
    faults,
    signal: stopping.signal,
    onFault: ({ feed, city }, fault) =>
      process.stdout.write(`${new Date().toISOString()} ${feed} ${city}: ${fault}\n`),
  })
  await stopAgencies(agencies)
}

/** What is said is fetched before the next is said. */
export function pollSecondsOf(everySeconds: number): number {
  return Math.max(1, everySeconds / 2)
}

/** Answers the faults that are meant. @throws CommandFailure */
export function faultsOf(names: readonly string[]): readonly SourceFault[] {
  if (names.includes('all')) return SOURCE_FAULTS
  const unknown = names.filter((name) => !(SOURCE_FAULTS as readonly string[]).includes(name))
  if (unknown.length > 0)
    throw new CommandFailure(`Fault ${unknown[0]} is none of ${SOURCE_FAULTS.join(', ')} and all`, 2)
  return SOURCE_FAULTS.filter((fault) => names.includes(fault))
}

async function sourcesOf(feeds: readonly string[], { city, hub }: SimulateOptions) {
  const all = await simulatedFeeds()
  const names = all.map(({ feed }) => feed)
  const unknown = feeds.find((feed) => !names.includes(feed))
  if (unknown !== undefined)
    throw new CommandFailure(
      `Feed ${unknown} has no simulated source; there are those of ${names.join(', ')}`,
      2,
    )
  const stranger = city.find((name) => hub[name] === undefined)
  if (stranger !== undefined)
    throw new CommandFailure(`City ${stranger} has no hub: say one with --hub ${stranger}=URL`, 2)
  const wanted = feeds.length > 0 ? all.filter(({ feed }) => feeds.includes(feed)) : all
  return wanted.flatMap(({ feed, cities }) =>
    cities
      .filter((name) => city.length === 0 || city.includes(name))
      .map((name) => ({ feed, city: name, hub: hub[name] ?? '' })),
  )
}

/** Writes for each city what its hub has to be told of its feeds. */
async function writeFeeds(agencies: readonly Agency[], folder: string): Promise<readonly string[]> {
  const cities = [...new Set(agencies.map(({ city }) => city))]
  return Promise.all(
    cities.map(async (city) => {
      const file = resolve(folder, `${city}.yaml`)
      const feeds = agencies.filter((agency) => agency.city === city).map(({ toStart }) => toStart)
      await writeFile(file, stringify({ feeds }))
      return file
    }),
  )
}
