import { Command } from 'commander'
import type { MoveOptions } from '../run/move/move-command.ts'

/** `hub move`: moves all that a hub keeps between the embedded store and MongoDB, while it answers reads. */
export function moveCommand(): Command {
  return new Command('move')
    .description(
      'move a hub between the embedded store and MongoDB, while it answers reads; goes on where it was cut off',
    )
    .requiredOption(
      '--from <store>',
      'data folder, connection string, or "mongodb" for HUB_STORE_MONGODB_URL',
    )
    .option('--to <store>', 'the same; what is there must be new')
    .option('--database <name>', 'database of MongoDB', 'hub')
    .option('--ahead', 'only copy, and let the hub go on writing: what is left later is less', false)
    .option(
      '--without-totals',
      'leave totals behind whose numbers are kept no longer: MongoDB has none of these',
      false,
    )
    .option('--release', 'let the hub write again to where it was to be moved from', false)
    .action(async (options: MoveOptions) => {
      const { runMove } = await import('../run/move/move-command.ts')
      await runMove(options)
    })
}
