import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { type Speaking, speak, startAgencies, stopAgencies } from '../../../adapters/simulators/simulation.ts'
import { type Agency, simulatedFeeds } from '../../../adapters/simulators/start-agency.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { CITIES } from '../demo-cities.ts'
import { pollSecondsOf } from './simulate.ts'

/** The simulated sources of the demonstration. */
export interface DemoSources {
  /** Files with the configuration of each city, with the feeds that listen to its sources. */
  readonly configs: ReadonlyMap<string, string>
  /** What there is, for people. */
  readonly summary: string
  /** Has the sources speak until the signal fires, then stops them. */
  speak(speaking: Omit<Speaking, 'seed'>): Promise<void>
}

/** Starts the sources of all feeds in all cities, with their files beside the data of the hubs. */
export async function startDemoSources(data: string, everySeconds: number): Promise<DemoSources> {
  const feeds = await simulatedFeeds()
  const sources = CITIES.flatMap(({ name: city, port }) =>
    feeds
      .filter(({ cities }) => cities.includes(city))
      .map(({ feed }) => ({ feed, city, hub: `http://127.0.0.1:${port}` })),
  )
  const folder = join(data, 'sources')
  mkdirSync(folder, { recursive: true })
  const agencies = await startAgencies({ sources, folder, pollSeconds: pollSecondsOf(everySeconds) })
  return {
    configs: new Map(CITIES.map(({ name }) => [name, writeConfig(name, folder, agencies)])),
    summary: `\n${agencies.length} simulated sources of ${feeds.length} feeds say something every ${everySeconds} seconds.\n`,
    speak: async (speaking) => {
      await speak(agencies, { ...speaking, seed: 'demo' })
      await stopAgencies(agencies)
    },
  }
}

/** Writes the configuration of a city with these feeds in place of those of samples. */
function writeConfig(city: string, folder: string, agencies: readonly Agency[]): string {
  const file = join(packageRoot, 'config', 'demo', `${city}.yaml`)
  const config = parse(readFileSync(file, 'utf8')) as {
    readonly auth: { readonly policies: readonly string[] }
  } // one of this package
  const policies = config.auth.policies.map((policy) => resolve(dirname(file), policy))
  const feeds = agencies.filter((agency) => agency.city === city).map(({ toStart }) => toStart)
  const written = resolve(folder, `${city}.yaml`)
  writeFileSync(written, stringify({ ...config, auth: { ...config.auth, policies }, feeds }))
  return written
}
