import { Command, Option } from 'commander'

/** `hub serve`: runs one hub until it is told to stop. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run one hub')
    .option('--config <file>', 'configuration (YAML)')
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port to listen on', wholeNumber)
    .option('--data <dir>', 'folder of the embedded store')
    .addOption(new Option('--store <kind>', 'where data is kept').choices(['memory', 'embedded', 'mongodb']))
    .option('--mongodb <url>', 'connection string of the MongoDB store')
    .addOption(new Option('--auth <mode>', 'access control').choices(['required', 'off']))
    .option('--insecure', 'allow --auth off on other addresses than loopback')
    .addOption(new Option('--egress <mode>', 'which servers the hub may call').choices(['guarded', 'open']))
    .addOption(
      new Option('--log-level <level>', 'least level that is logged').choices([
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    )
    .action(async (options: Record<string, unknown>) => {
      const { serve } = await import('../run/serve.ts')
      await serve(options)
    })
}

function wholeNumber(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text
}
