import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'

/** `hub compact`: gives the space that is free in the files of a stopped hub back to the disk. */
export function compactCommand(): Command {
  return new Command('compact')
    .description('make the files of a stopped hub as small as what they hold')
    .requiredOption('--data <dir>', 'folder of the embedded store')
    .action(async ({ data }: { readonly data: string }) => {
      if (!existsSync(data)) throw new CommandFailure(`Folder ${data} is not there`)
      const { compactFolder } = await import('../../store/sqlite/compact-folder.ts')
      for (const { tenant, bytesBefore, bytesAfter } of compactFolder(data)) {
        process.stdout.write(
          `${tenant || 'default tenant'}: ${megabytes(bytesBefore)} -> ${megabytes(bytesAfter)}\n`,
        )
      }
    })
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
