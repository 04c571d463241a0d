import { Worker } from 'node:worker_threads'
import { type BirpcReturn, createBirpc } from 'birpc'
import type { FeedEvent } from '../../adapters/kit/run/run-feed.ts'
import type { StartedFeeds } from '../../adapters/kit/run/start-feeds.ts'
import type { Config } from '../config.ts'
import type { RunningFeeds } from '../operations/feeds/running-feeds.ts'

/** What the thread of the feeds is given. */
export interface FeedWork extends Pick<Config, 'feeds' | 'places'> {
  readonly root: string
  /** Where its hub is reached. */
  readonly baseUrl: string
  /** Variables that feeds may take credentials from. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What the thread does for the hub. */
export interface FeedThreadCalls extends Omit<RunningFeeds, 'tenant'> {
  /** Starts the feeds; answers what is wrong with their files, and starts none then. */
  start(): Promise<readonly string[]>
  stop(): Promise<void>
  figures(): ReturnType<StartedFeeds['figures']>
}

/** What the hub does for the thread. */
export interface HubCalls {
  token(): Promise<string | undefined>
  told(event: FeedEvent): void
}

/** Calls into the thread, which are refused once it ended. */
export type FeedThread = BirpcReturn<FeedThreadCalls, HubCalls>

/** Opens a thread for feeds; `ended` is told when it is no more, with what it failed by if it did. */
export function openFeedThread(
  work: FeedWork,
  { ended, ...calls }: HubCalls & { readonly ended: (failure?: unknown) => void },
): { readonly thread: FeedThread; readonly terminate: () => Promise<unknown> } {
  const worker = new Worker(new URL('./feed-worker.js', import.meta.url), {
    workerData: work,
    name: 'feeds',
  })
  const thread = createBirpc<FeedThreadCalls, HubCalls>(calls, {
    post: (message) => worker.postMessage(message),
    on: (take) => worker.on('message', take),
    eventNames: [],
    // what a feed is sent takes as long as it takes
    timeout: -1,
  })
  let failure: unknown
  worker.on('error', (error) => {
    failure = error
  })
  worker.on('exit', () => {
    thread.$close(new Error('Thread of the feeds ended'))
    ended(failure)
  })
  return { thread, terminate: () => worker.terminate() }
}
