import { Command, InvalidArgumentError } from 'commander'
import type { IngestOptions } from '../run/ingest.ts'

/** `hub ingest`: loads files through a feed into a running hub, once. */
export function ingestCommand(): Command {
  return new Command('ingest')
    .description('load files through a feed into a running hub; what the hub has already changes nothing')
    .requiredOption('--adapter <file>', 'feed definition (feed.yaml)')
    .option('--hub <url>', 'hub to write to', process.env.HUB_URL ?? 'http://127.0.0.1:1027')
    .option(
      '--issuer <url>',
      'hub that gives the demo token',
      process.env.HUB_ISSUER ?? 'http://127.0.0.1:1026',
    )
    .option('--tenant <name>', 'tenant to write to', '')
    .option('--account <name>', 'demo account to write as; a token in HUB_TOKEN wins', 'feeds')
    .option('--variable <name=value>', 'variable of the feed definition; may be repeated', collect, {})
    .option(
      '--boundaries <file@day>',
      'boundaries of administrative units (GeoJSON) and a day on which they were valid; may be repeated',
      collectBoundaries,
      [],
    )
    .argument('<input...>', 'files or folders')
    .action(async (inputs: readonly string[], options: IngestOptions) => {
      const { ingestFiles } = await import('../run/ingest.ts')
      await ingestFiles(inputs, options)
    })
}

function collectBoundaries(text: string, before: IngestOptions['boundaries']): IngestOptions['boundaries'] {
  const [, file, on] = /^(.+)@(\d{4}-\d{2}-\d{2})$/.exec(text) ?? []
  if (file === undefined || on === undefined)
    throw new InvalidArgumentError('It is a file and a day, such as communes.geojson@2025-07-01.')
  return [...before, { file, on }]
}

function collect(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [name = '', ...value] = text.split('=')
  return { ...before, [name]: value.join('=') }
}
