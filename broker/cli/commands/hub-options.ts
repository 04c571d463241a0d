import type { Command } from 'commander'

/** Adds the options that say which running hub a command asks, and as whom. */
export function withHubOptions(command: Command, account: string): Command {
  return command
    .option('--hub <url>', 'hub to ask', process.env.HUB_URL ?? 'http://127.0.0.1:1027')
    .option(
      '--issuer <url>',
      'hub that gives the demo token',
      process.env.HUB_ISSUER ?? 'http://127.0.0.1:1026',
    )
    .option('--tenant <name>', 'tenant to ask about', '')
    .option('--account <name>', 'demo account to ask as; a token in HUB_TOKEN wins; "" for none', account)
}
