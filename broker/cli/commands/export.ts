import { Command, Option } from 'commander'
import type { ExportOptions } from '../run/export.ts'
import { withHubOptions } from './hub-options.ts'

/** `hub export`: writes what a running hub itself has, and the account may see, to a file or to the output. */
export function exportCommand(): Command {
  return withHubOptions(new Command('export'), 'analyst')
    .description(
      "write a running hub's own entities, as the account may see them, one a line or as GeoJSON Features",
    )
    .addOption(new Option('--as <form>', 'form').choices(['ndjson', 'geojson-seq']).default('ndjson'))
    .option('--output <file>', 'file to write; the standard output if absent')
    .argument('[query]', 'parameters of a query, such as "type=OffStreetParking&format=concise"', 'type=*')
    .action(async (query: string, options: ExportOptions) => {
      const { exportTo } = await import('../run/export.ts')
      await exportTo(query, options)
    })
}
