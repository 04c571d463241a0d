import { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'
import type { PlanOptions } from '../run/mongodb-plan.ts'

/** `hub mongodb`: what operators of a MongoDB under a hub ask. */
export function mongodbCommand(): Command {
  return new Command('mongodb').description('MongoDB under one or several hubs').addCommand(
    new Command('plan')
      .description(
        'print, for mongosh, how the collections of hubs are sharded, with indexes, reach of requests and what a load takes',
      )
      .option('--url <url>', 'connection string: looks at that server, and prints what is missing there')
      .option('--config <file>', 'configuration (YAML) that has the connection string')
      .option('--database <name>', 'database of the hubs', 'hub')
      .option('--shards <n>', 'so many shards', whole, 1)
      .option('--entities <n>', 'so many entities', whole, 1_000_000)
      .option('--attributes <n>', 'so many numbers in each', whole, 10)
      .option('--writes-per-second <n>', 'so many changes of one attribute each', whole, 100)
      .option('--days <n>', 'history is kept for so many days', whole, 365)
      .option('--processes <n>', 'so many processes of hubs', whole, 2)
      .action(async (options: PlanOptions) => {
        const { printPlan } = await import('../run/mongodb-plan.ts')
        await printPlan(options)
      }),
  )
}

function whole(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new CommandFailure(`Value ${text} is no whole number from 1`, 2)
}
