import { once } from 'node:events'
import path from 'node:path'
import { loadDefinition } from '../../../../adapters/kit/definition/load-definition.ts'
import { loadFeed } from '../../../../adapters/kit/intake/feed.ts'
import type { Summary } from '../../../../adapters/kit/intake/summary.ts'
import { packagedPlaces } from '../../../../adapters/kit/mapping/feed-places.ts'
import { ingest } from '../../../../adapters/kit/run/ingest.ts'
import { type FeedEvent, runOnce } from '../../../../adapters/kit/run/run-feed.ts'
import { startFeeds } from '../../../../adapters/kit/run/start-feeds.ts'
import { CommandFailure } from '../../command-failure.ts'
import type { HubOptions } from '../ask-hub.ts'
import { summaryText } from '../summary-text.ts'
import { tokenSource } from '../token-source.ts'
import { feedFile, withFaults } from './feed-file.ts'

/** Command line options of `hub feed run`. */
export interface RunOptions extends HubOptions {
  readonly variable: Readonly<Record<string, string>>
  readonly once?: true
}

/** Runs a feed in this process against a running hub. @throws CommandFailure */
export async function runFeedHere(feed: string, options: RunOptions): Promise<void> {
  const file = feedFile(feed)
  const { transport } = await withFaults(() => loadDefinition(file, options.variable))
  if (transport.kind === 'webhook' || transport.kind === 'ngsi')
    throw new CommandFailure(
      `Feed takes what is sent to it (${transport.kind}): name it in \`feeds\` of the configuration of a hub`,
      2,
    )
  if (options.once && transport.kind === 'mqtt')
    throw new CommandFailure('Feed listens to messages, which have no end: run it without --once', 2)
  const connection = {
    baseUrl: options.hub.replace(/\/$/, ''),
    tenant: options.tenant,
    token: tokenSource(options),
  }
  if (!options.once) return withFaults(() => runOn(file, options, connection))
  const summary = await withFaults(async () =>
    transport.kind === 'directory'
      ? ingest({
          feedFile: file,
          inputs: [path.resolve(path.dirname(file), transport.path)],
          variables: options.variable,
          connection,
        })
      : runOnce(await loadFeed(file, options.variable), { connection, environment: process.env }),
  )
  process.stdout.write(`${summaryText(summary)}\n`)
}

async function runOn(
  file: string,
  { variable }: RunOptions,
  connection: Parameters<typeof startFeeds>[0]['connection'],
): Promise<void> {
  const feeds = await startFeeds({
    feeds: [{ file, variables: variable }],
    environment: process.env,
    connection,
    places: packagedPlaces(),
    onEvent: print,
  })
  process.stdout.write('Feed runs; Ctrl-C stops it\n')
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await feeds.stop()
}

function print({ text, summary }: FeedEvent): void {
  const counts = summary ? `: ${countsOf(summary)}` : ''
  process.stdout.write(`${new Date().toISOString()} ${text}${counts}\n`)
}

function countsOf(summary: Summary): string {
  return summaryText(summary).split('\n').join(';')
}
