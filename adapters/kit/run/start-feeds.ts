import type { Variables } from '../definition/load-definition.ts'
import type { Environment } from '../definition/secret.ts'
import type { HubConnection } from '../hub/hub-connection.ts'
import { loadFeed } from '../intake/feed.ts'
import { quarantineOf } from '../intake/quarantine-record.ts'
import type { ReplayOutcome } from '../intake/replay.ts'
import type { Summary } from '../intake/summary.ts'
import type { FeedPlaces } from '../mapping/feed-places.ts'
import type { Figures } from '../quality/quality-account.ts'
import { FeedFault } from '../values/fault.ts'
import { isJsonMap, type Json } from '../values/json.ts'
import { type FeedEvent, type RunningFeed, runFeed } from './run-feed.ts'
import type { Sent } from './sender-proof.ts'

/** The feeds of a hub that run now, by name. */
export interface StartedFeeds {
  readonly running: {
    readonly tenant: string
    /** Tells whether a feed runs here. */
    runs(feed: string): boolean
    /** From whom a feed takes records: from callers who may, or from senders who prove who they are; undefined: from nobody. */
    takesFrom(feed: string): 'callers' | 'senders' | undefined
    receive(feed: string, sent: Sent): Promise<Summary | { readonly refused: string }>
    replay(record: Json): Promise<ReplayOutcome>
  }
  /** How good the data of each feed are today, by attribute. */
  figures(): ReadonlyMap<string, readonly Figures[]>
  stop(): Promise<void>
}

/** Loads all feeds, then starts them. @throws FeedFault with the faults of all feed files; none is started then */
export async function startFeeds(options: {
  readonly feeds: readonly { readonly file: string; readonly variables: Variables }[]
  readonly connection: HubConnection
  readonly places?: FeedPlaces
  readonly environment?: Environment
  readonly onEvent?: (event: FeedEvent) => void
}): Promise<StartedFeeds> {
  const loaded = await Promise.allSettled(
    options.feeds.map(({ file, variables }) => loadFeed(file, variables, options.places)),
  )
  const faults = loaded.flatMap((result) => (result.status === 'rejected' ? faultsOf(result.reason) : []))
  const feeds = loaded.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  faults.push(...repeatedNames(feeds.map(({ definition }) => definition.name)))
  if (faults.length > 0) throw new FeedFault(faults)
  const running = new Map(feeds.map((feed) => [feed.definition.name, runFeed(feed, options)]))
  return {
    running: runningFeeds(running, options.connection.tenant),
    figures: () => new Map([...running].map(([name, feed]) => [name, feed.figures()])),
    stop: async () => {
      await Promise.all([...running.values()].map((feed) => feed.stop()))
    },
  }
}

function runningFeeds(feeds: ReadonlyMap<string, RunningFeed>, tenant: string): StartedFeeds['running'] {
  const known = (name: string): RunningFeed => {
    const feed = feeds.get(name)
    if (!feed) throw new FeedFault([`Feed ${name} does not run`])
    return feed
  }
  return {
    tenant,
    runs: (name) => feeds.has(name),
    takesFrom: (name) => feeds.get(name)?.takesFrom,
    receive: async (name, sent) => known(name).receive(sent),
    replay: async (value) => {
      const record = isJsonMap(value) ? quarantineOf(value) : undefined
      if (!record) throw new FeedFault(['Quarantine record cannot be read'])
      return known(record.feed).replay(record)
    },
  }
}

function faultsOf(reason: unknown): readonly string[] {
  if (reason instanceof FeedFault) return reason.faults
  throw reason
}

function repeatedNames(names: readonly string[]): string[] {
  const repeated = names.filter((name, at) => names.indexOf(name) < at)
  return repeated.map((name) => `Feed ${name} is configured more than once`)
}
