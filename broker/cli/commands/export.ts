import { Command, Option } from 'commander'
import type { ExportOptions } from '../run/export.ts'

/** `hub export`: writes what a running hub itself has, and the account may see, to a file or to the output. */
export function exportCommand(): Command {
  return new Command('export')
    .description(
      "write a running hub's own entities, as the account may see them, one a line or as GeoJSON Features",
    )
    .option('--hub <url>', 'hub to read from', process.env.HUB_URL ?? 'http://127.0.0.1:1027')
    .option('--issuer <url>', 'hub that gives the demo token', 'http://127.0.0.1:1026')
    .option('--tenant <name>', 'tenant to read', '')
    .option('--account <name>', 'demo account to read as; a token in HUB_TOKEN wins; "" for none', 'analyst')
    .addOption(new Option('--as <form>', 'form').choices(['ndjson', 'geojson-seq']).default('ndjson'))
    .option('--output <file>', 'file to write; the standard output if absent')
    .argument('[query]', 'parameters of a query, such as "type=OffStreetParking&format=concise"', 'type=*')
    .action(async (query: string, options: ExportOptions) => {
      const { exportTo } = await import('../run/export.ts')
      await exportTo(query, options)
    })
}
