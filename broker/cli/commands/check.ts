import { Command } from 'commander'
import { packageRoot } from '../../../ontology/package-root.ts'

/** `hub check`: reads a configuration with its policies and says all that is wrong with it. */
export function checkCommand(): Command {
  return new Command('check')
    .description('check a configuration file with its indicators, boundaries and the policies that it names')
    .argument('<config>', 'configuration (YAML)')
    .action(async (file: string) => {
      const { readConfig } = await import('../../read-config.ts')
      const { readPolicies } = await import('../../main/policies.ts')
      const config = await readConfig({ file, environment: process.env })
      readPolicies(config, { root: packageRoot })
      if (config.places.boundaries.length + config.places.systems.length > 0) {
        const { loadPlaces } = await import('../../main/places.ts')
        const { readOntology } = await import('../../../ontology/ontology.ts')
        await loadPlaces(config, readOntology(packageRoot))
      }
      if (config.indicators.length > 0) {
        const { readIndicators } = await import('../../main/indicators.ts')
        readIndicators(config.indicators, (name) => name)
      }
      for (const warning of config.warnings) process.stderr.write(`warning: ${warning}\n`)
      process.stdout.write(
        `Configuration ${file} is in order: hub ${config.name} on ${config.listen.host}:${config.listen.port}\n`,
      )
    })
}
