import { Command, InvalidArgumentError, Option } from 'commander'
import { CITIES } from '../demo-cities.ts'
import type { SimulateOptions } from '../run/simulate.ts'
import { addSpeakingOptions } from './speaking-options.ts'

/** `hub simulate`: the sources of feeds as they would really speak, with faults on demand. */
export function simulateCommand(): Command {
  const hubs = Object.fromEntries(CITIES.map(({ name, port }) => [name, `http://127.0.0.1:${port}`]))
  const command = new Command('simulate')
    .description(
      'run the sources of feeds on this machine: servers, folders and devices, with faults on demand',
    )
    .argument('[feed...]', 'feeds whose sources are run; none: all')
    .addOption(
      new Option('--city <name>', 'city whose sources are run; may be repeated')
        .argParser((name: string, before: readonly string[]) => [...before, name])
        .default([], 'all'),
    )
    .option('--seed <text>', 'the same seed, the same numbers', '1')
    .option('--folder <dir>', 'folder of drop folders, databases and credentials', 'data/sources')
    .addOption(
      new Option('--hub <city=url>', 'hub of a city, which some sources send to; may be repeated')
        .argParser(withHub)
        .default(hubs, 'those of the demonstration'),
    )
  return addSpeakingOptions(command).action(async (feeds: readonly string[], options: SimulateOptions) => {
    const { simulate } = await import('../run/simulate.ts')
    await simulate(feeds, options)
  })
}

function withHub(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, city, url] = /^([a-z-]+)=(https?:\/\/.+)$/.exec(text) ?? []
  if (city === undefined || url === undefined)
    throw new InvalidArgumentError('It is a city and its hub, such as song-cong=http://127.0.0.1:1028.')
  return { ...before, [city]: url.replace(/\/$/, '') }
}
