import { resolve } from 'node:path'
import { Command } from 'commander'

/** `hub demo`: the province and the three cities as four processes, with sample feeds. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('run the province and the three city hubs on this machine, with sample feeds')
    .option('--data <dir>', 'folder of the data', 'data')
    .action(async ({ data }: { data: string }) => {
      const { demo } = await import('../run/demo.ts')
      await demo(resolve(data))
    })
}
