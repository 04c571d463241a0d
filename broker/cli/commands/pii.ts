import { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'
import type { HubOptions } from '../run/ask-hub.ts'
import { withHubOptions } from './hub-options.ts'

interface RotateOptions {
  readonly from?: string
  readonly name?: string
  readonly sealing?: true
}

/** `hub pii`: what a data-protection officer does about personal data that has to be masked. */
export function piiCommand(): Command {
  return new Command('pii')
    .description('personal data that has to be masked: what carries identifiers, and the keys of pseudonyms')
    .addCommand(scanCommand())
    .addCommand(rotateCommand())
}

function scanCommand(): Command {
  return withHubOptions(new Command('scan'), 'dpo')
    .description(
      'list attributes of a running hub that carry identifiers and that nobody classified; never a value',
    )
    .option('--noted', 'what the hub noted of all that was written, instead of what is there now')
    .action(async ({ noted, ...hub }: HubOptions & { readonly noted?: true }) => {
      const { printNoted, scanHub } = await import('../run/scan-unclassified.ts')
      await (noted ? printNoted(hub) : scanHub(hub))
    })
}

function rotateCommand(): Command {
  return new Command('rotate-key')
    .description(
      'add the next secret of pseudonyms to a file of keys (masking.keyFile), or the next key that data is encrypted with ' +
        '(sealing.keyFile); running hubs take it by themselves',
    )
    .argument('<file>', 'file of keys; it is made if it is not there')
    .option('--from <time>', 'when it comes into force (ISO 8601); at once if absent')
    .option('--name <name>', 'name of the epoch; its day if absent')
    .option('--sealing', 'a file of sealing.keyFile: older keys stay, since they open what they sealed')
    .action(async (file: string, { from, name, sealing }: RotateOptions) => {
      const time = from === undefined ? Date.now() : Date.parse(from)
      if (Number.isNaN(time)) throw new CommandFailure(`Time ${from} is no date`)
      const { addKeyEpoch } = await import('../run/add-key-epoch.ts')
      const epoch = await addKeyEpoch(file, {
        from: time,
        name: name ?? new Date(time).toISOString().slice(0, 10),
        ...(sealing && { ended: 'keep' }),
      })
      process.stdout.write(`Epoch ${epoch} is in force from ${new Date(time).toISOString()}\n`)
    })
}
