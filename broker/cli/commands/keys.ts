import { Command } from 'commander'
import type { HubOptions } from '../run/ask-hub.ts'
import { withHubOptions } from './hub-options.ts'

/** `hub keys`: shows and changes the keys that the built-in identity provider of a running hub signs with. */
export function keysCommand(): Command {
  const command = new Command('keys').description(
    'show or change the keys that the identity provider of a running hub signs with',
  )
  command.addCommand(
    withHubOptions(new Command('list'), '')
      .description('list the keys that are published')
      .action(async (hub: HubOptions) => {
        const { listKeys } = await import('../run/keys.ts')
        await listKeys(hub)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('rotate'), '')
      .description('let the next key sign; what was signed before is good until it ends')
      .option(
        '--withdraw',
        'after a theft: replace all keys, with every token that one of them signed',
        false,
      )
      .action(async ({ withdraw, ...hub }: HubOptions & { readonly withdraw: boolean }) => {
        const { rotateKeys } = await import('../run/keys.ts')
        await rotateKeys(withdraw, hub)
      }),
  )
  return command
}
