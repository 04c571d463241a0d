import { resolve } from 'node:path'
import { Command } from 'commander'
import type { DemoOptions } from '../run/demo.ts'
import { addSpeakingOptions } from './speaking-options.ts'

/** `hub demo`: the province and the three cities as four processes, with sample feeds. */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('run the province and the three city hubs on this machine, with sample feeds')
    .option('--data <dir>', 'folder of the data', 'data')
    .option('--feeds', 'all feeds, from simulated sources that go on speaking', false)
  return addSpeakingOptions(command).action(async (options: DemoOptions) => {
    const { demo } = await import('../run/demo.ts')
    await demo({ ...options, data: resolve(options.data) })
  })
}
