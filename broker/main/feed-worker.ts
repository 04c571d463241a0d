import { parentPort, workerData } from 'node:worker_threads'
import { createBirpc } from 'birpc'
import { type StartedFeeds, startFeeds } from '../../adapters/kit/run/start-feeds.ts'
import { FeedFault } from '../../adapters/kit/values/fault.ts'
import type { JsonMap } from '../../adapters/kit/values/json.ts'
import { readOntology } from '../../ontology/ontology.ts'
import type { FeedThreadCalls, FeedWork, HubCalls } from './feed-thread.ts'
import { loadPlaces } from './places.ts'

/** Milliseconds that a token is used again without asking for it; it is good for longer. */
const TOKEN_MS = 1000

if (parentPort) serve(parentPort, workerData)

// The thread: whatever feeds read and map keeps nobody waiting who asks the hub.
function serve(port: NonNullable<typeof parentPort>, work: FeedWork): void {
  let started: StartedFeeds | undefined
  const feeds = (): StartedFeeds => {
    if (!started) throw new Error('Feeds do not run yet')
    return started
  }
  const calls: FeedThreadCalls = {
    start: async () => {
      try {
        started = await start(work, hub)
        return []
      } catch (error) {
        if (error instanceof FeedFault) return error.faults
        throw error
      }
    },
    stop: async () => started?.stop(),
    standing: async (feed) => feeds().running.standing(feed),
    receive: (feed, sent) => feeds().running.receive(feed, sent),
    replay: (record) => feeds().running.replay(record as JsonMap), // a JSON object
    figures: () => started?.figures() ?? new Map(),
  }
  const hub = createBirpc<HubCalls, FeedThreadCalls>(calls, {
    post: (message) => port.postMessage(message),
    on: (take) => port.on('message', take),
    eventNames: ['told'],
    timeout: -1,
  })
}

async function start(
  { root, feeds, places, baseUrl, environment }: FeedWork,
  hub: { token(): Promise<string | undefined>; told(event: unknown): unknown },
): Promise<StartedFeeds> {
  let known: Promise<string | undefined> | undefined
  /** Asking takes a turn of two threads, and feeds ask before each request. */
  const token = (): Promise<string | undefined> => {
    if (!known) {
      known = hub.token()
      setTimeout(() => {
        known = undefined
      }, TOKEN_MS).unref()
    }
    return known
  }
  return startFeeds({
    feeds: feeds.map(({ file, variables = {}, transport }) => ({
      ...{ file, variables },
      ...(transport && { transport: transport as JsonMap }), // settings are JSON
    })),
    environment,
    connection: { baseUrl, tenant: '', token },
    places: await loadPlaces({ places }, readOntology(root)),
    onEvent: ({ cause, ...event }) =>
      void hub.told({ ...event, ...(cause !== undefined && { cause: nameOf(cause) }) }),
  })
}

/** What an error says may be of a record. */
function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : String(cause)
}
