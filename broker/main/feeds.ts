import type { Logger } from 'pino'
import type { StartedFeeds } from '../../adapters/kit/run/start-feeds.ts'
import type { JsonMap } from '../../adapters/kit/values/json.ts'
import type { Config } from '../config.ts'
import { NO_FEEDS, type RunningFeeds } from '../operations/feeds/running-feeds.ts'
import type { KnownPlaces } from './places.ts'

/** How the feeds of this process reach their own hub: over its HTTP API, like any other client. */
export interface FeedConnection {
  readonly baseUrl: string
  readonly token: () => Promise<string | undefined>
  readonly places: KnownPlaces
  readonly log: Logger
  /** Variables that feeds may take credentials from. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Starts the feeds that the configuration names. @throws FeedFault with the faults of all feed files */
export async function startConfiguredFeeds(
  config: Config,
  { baseUrl, token, places, log, environment }: FeedConnection,
): Promise<{ readonly running: RunningFeeds } & Pick<StartedFeeds, 'figures' | 'stop'>> {
  if (config.feeds.length === 0)
    return { running: NO_FEEDS, figures: () => new Map(), stop: async () => undefined }
  const { startFeeds } = await import('../../adapters/kit/run/start-feeds.ts')
  const { running, ...others } = await startFeeds({
    feeds: config.feeds.map(({ file, variables = {}, transport }) => ({
      ...{ file, variables },
      ...(transport && { transport: transport as JsonMap }), // settings are JSON
    })),
    environment,
    connection: { baseUrl, tenant: '', token },
    places,
    onEvent: (event) => (event.kind === 'misdefined' ? log.error(event, 'feed') : log.info(event, 'feed')),
  })
  return { running: { ...running, tenant: '' }, ...others }
}
