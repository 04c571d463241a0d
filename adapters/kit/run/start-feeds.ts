import { watch } from 'chokidar'
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
import { type ConfiguredFeed, FeedSlot, type FeedStanding } from './feed-slot.ts'
import type { FeedEvent, RunningFeed } from './run-feed.ts'
import type { Sent } from './sender-proof.ts'

/** The feeds of a hub that run now, by name. */
export interface StartedFeeds {
  readonly running: {
    readonly tenant: string
    /** How a feed stands that runs here; undefined: it does not. */
    standing(feed: string): FeedStanding | undefined
    receive(feed: string, sent: Sent): Promise<Summary | { readonly refused: string }>
    replay(record: Json): Promise<ReplayOutcome>
  }
  /** How good the data of each feed are today, by attribute. */
  figures(): ReadonlyMap<string, readonly Figures[]>
  stop(): Promise<void>
}

/** How often files of feeds are looked at, and for how long one has to stay as it is before it is read, milliseconds. */
const WATCH_MS = 1000

/**
 * Loads all feeds, then starts them; a file that changes is taken over while the others go on. @throws FeedFault with the faults of all
 * feed files; none is started then
 */
export async function startFeeds(options: {
  readonly feeds: readonly ConfiguredFeed[]
  readonly connection: HubConnection
  readonly places?: FeedPlaces
  readonly environment?: Environment
  readonly onEvent?: (event: FeedEvent) => void
  readonly watchMs?: number
}): Promise<StartedFeeds> {
  const loaded = await Promise.allSettled(
    options.feeds.map(({ file, variables, transport }) =>
      loadFeed(file, variables, {
        ...(options.places && { places: options.places }),
        ...(transport && { transport }),
      }),
    ),
  )
  const faults = loaded.flatMap((result) => (result.status === 'rejected' ? faultsOf(result.reason) : []))
  const feeds = loaded.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  faults.push(...repeatedNames(feeds.map(({ definition }) => definition.name)))
  if (faults.length > 0) throw new FeedFault(faults)
  const slots = feeds.map((feed, at) => {
    const configured = options.feeds[at] ?? { file: feed.definition.file, variables: {} }
    return { configured, name: feed.definition.name, slot: new FeedSlot(feed, configured, options) }
  })
  const watched = watchFiles(slots, options.watchMs ?? WATCH_MS)
  return {
    running: runningFeeds(new Map(slots.map(({ name, slot }) => [name, slot])), options.connection.tenant),
    figures: () => new Map(slots.map(({ name, slot }) => [name, slot.figures()])),
    stop: async () => {
      await watched.close()
      await Promise.all(slots.map(({ slot }) => slot.stop()))
    },
  }
}

/** Looking at files works on every platform and mount, also where one takes the place of another. */
function watchFiles(
  slots: readonly { readonly configured: ConfiguredFeed; readonly slot: FeedSlot }[],
  watchMs: number,
): { close(): Promise<void> } {
  const watcher = watch([...new Set(slots.map(({ configured }) => configured.file))], {
    ignoreInitial: true,
    usePolling: true,
    interval: watchMs,
    awaitWriteFinish: { stabilityThreshold: watchMs, pollInterval: watchMs / 2 },
  })
  let turn = Promise.resolve()
  const reload = (file: string): void => {
    for (const { slot } of slots.filter(({ configured }) => configured.file === file))
      turn = turn.then(() => slot.reload())
  }
  watcher.on('change', reload).on('add', reload)
  // what cannot be watched goes on as it is
  watcher.on('error', () => undefined)
  return {
    close: async () => {
      await watcher.close()
      await turn
    },
  }
}

function runningFeeds(feeds: ReadonlyMap<string, FeedSlot>, tenant: string): StartedFeeds['running'] {
  const known = (name: string): Promise<RunningFeed> => {
    const feed = feeds.get(name)
    if (!feed) throw new FeedFault([`Feed ${name} does not run`])
    return feed.ready()
  }
  return {
    tenant,
    standing: (name) => feeds.get(name)?.standing(),
    receive: async (name, sent) => (await known(name)).receive(sent),
    replay: async (value) => {
      const record = isJsonMap(value) ? quarantineOf(value) : undefined
      if (!record) throw new FeedFault(['Quarantine record cannot be read'])
      return (await known(record.feed)).replay(record)
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
