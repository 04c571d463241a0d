import { Command } from 'commander'

/** `hub token`: prints an access token of a demo account and nothing else. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('print an access token of a demo account (offered on loopback by a hub with the demo grant)')
    .argument('<account>', 'such as dpo, analyst, operator.thai-nguyen, public')
    .option(
      '--hub <url>',
      'hub that runs the identity provider',
      process.env.HUB_ISSUER ?? process.env.HUB_URL ?? 'http://127.0.0.1:1026',
    )
    .action(async (account: string, { hub }: { hub: string }) => {
      const { demoToken } = await import('../demo-token.ts')
      process.stdout.write(`${await demoToken(account, hub.replace(/\/$/, ''))}\n`)
    })
}
