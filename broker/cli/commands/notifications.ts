import { Command } from 'commander'
import type { HubOptions } from '../run/ask-hub.ts'
import { withHubOptions } from './hub-options.ts'

/** `hub notifications`: shows how the subscriptions of a running hub fare, and delivers again what was given up. */
export function notificationsCommand(): Command {
  const command = new Command('notifications').description(
    'show how the notifications of a running hub fare, and deliver again what was given up',
  )
  command.addCommand(
    withHubOptions(new Command('list'), 'dpo')
      .description('list subscriptions with what waits, fails and was given up')
      .option('--q <query>', 'only those that match, such as status=="failed" or delivery[behind]==true', '')
      .action(async ({ q, ...hub }: HubOptions & { readonly q: string }) => {
        const { listSubscriptions } = await import('../run/notifications.ts')
        await listSubscriptions(q, hub)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('letters'), 'dpo')
      .description('list the notifications of a subscription that were given up, and why')
      .argument('<subscription>', 'id of the subscription')
      .action(async (id: string, hub: HubOptions) => {
        const { listLetters } = await import('../run/notifications.ts')
        await listLetters(id, hub)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('replay'), 'dpo')
      .description('deliver notifications once more that were given up')
      .argument('<subscription>', 'id of the subscription')
      .option('--letter <id>', 'only this one')
      .action(async (id: string, { letter, ...hub }: HubOptions & { readonly letter?: string }) => {
        const { replayLetters } = await import('../run/notifications.ts')
        await replayLetters(id, letter, hub)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('test'), 'dpo')
      .description('send one notification of a subscription as a trial')
      .argument('<subscription>', 'id of the subscription')
      .action(async (id: string, hub: HubOptions) => {
        const { testSubscription } = await import('../run/notifications.ts')
        await testSubscription(id, hub)
      }),
  )
  return command
}
