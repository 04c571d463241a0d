import { Command } from 'commander'
import type { BackupOptions, RestoreOptions } from '../run/backup/backup-commands.ts'

/** `hub backup`: saves what a hub on the embedded store holds, while it runs. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('save the embedded store and the audit log of a hub, which may go on reading and writing')
    .option('--config <file>', 'configuration (YAML) that says where they are')
    .option('--data <dir>', "data folder of the hub, with its audit log in its folder 'audit'")
    .requiredOption('--to <dir>', 'folder of the backup; a new one')
    .option('--verify', 'read the backup again when it is there')
    .action(async (options: BackupOptions) => {
      const { runBackup } = await import('../run/backup/backup-commands.ts')
      await runBackup(options)
    })
}

/** `hub restore`: makes a data folder of a backup. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('make a data folder of a backup, or check one')
    .argument('<backup>', 'folder that hub backup has written')
    .option('--data <dir>', 'data folder to make; a new one')
    .option('--audit <dir>', 'audit log of the lost hub, where it is left: names what was erased since')
    .option('--check', 'only say whether the backup is as it was written', false)
    .action(async (backup: string, options: RestoreOptions) => {
      const { runRestore } = await import('../run/backup/backup-commands.ts')
      await runRestore(backup, options)
    })
}
