import { Command, InvalidArgumentError, Option } from 'commander'
import type { ImportOptions } from '../run/import.ts'
import { withHubOptions } from './hub-options.ts'

/** `hub import`: sends a file of past observations to a running hub, whose history they become. */
export function importCommand(): Command {
  return withHubOptions(new Command('import'), 'feeds')
    .description(
      "add a file of past observations to a running hub's history; what the hub has already changes nothing",
    )
    .addOption(
      new Option('--as <form>', 'form; by the name of the file if absent').choices(['csv', 'ndjson']),
    )
    .option('--context <url>', '@context of the names in the file')
    .option('--from-line <number>', 'line to go on from, as a run that failed says', wholeNumber, 1)
    .option('--lines <number>', 'lines of one request', wholeNumber, 50_000)
    .option('--patience <seconds>', 'how long to go on trying while the hub does not answer', wholeNumber, 60)
    .argument('<file>', 'file to send; - for the standard input')
    .action(async (file: string, options: ImportOptions) => {
      const { importFile } = await import('../run/import.ts')
      await importFile(file, options)
    })
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is no whole number.')
}
