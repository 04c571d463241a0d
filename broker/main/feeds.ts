import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { StartedFeeds } from '../../adapters/kit/run/start-feeds.ts'
import type { Config } from '../config.ts'
import { NO_FEEDS, type RunningFeeds } from '../operations/feeds/running-feeds.ts'
import type { FeedThread, FeedWork } from './feed-thread.ts'

/** How the feeds of this process reach their own hub: over its HTTP API, like any other client. */
export interface FeedConnection extends Pick<FeedWork, 'root' | 'baseUrl' | 'environment'> {
  readonly token: () => Promise<string | undefined>
  readonly log: Logger
}

/** The feeds that a configuration names, on a thread of their own. */
export interface ConfiguredFeeds {
  readonly running: RunningFeeds
  /** How good the data of each feed are today, by attribute. */
  figures(): Promise<ReturnType<StartedFeeds['figures']>>
  stop(): Promise<void>
}

/** Milliseconds until feeds whose thread failed start again. */
const AGAIN_MS = 2000
/** Milliseconds that a thread may take to say how its feeds are: one that maps without end says nothing. */
const TELLS_MS = 2000
/** Milliseconds that feeds have to finish what is under way when the hub stops; what they did not is sent again after the next start. */
const STOPS_MS = 10_000

/** Starts the feeds that the configuration names, and again where a fault in one of them ends all. @throws FeedFault with the faults of all feed files */
export async function startConfiguredFeeds(
  { feeds, places }: Pick<Config, 'feeds' | 'places'>,
  { token, log, ...where }: FeedConnection,
): Promise<ConfiguredFeeds> {
  if (feeds.length === 0)
    return { running: NO_FEEDS, figures: async () => new Map(), stop: async () => undefined }
  const { openFeedThread } = await import('./feed-thread.ts')
  const ending = new AbortController()
  let current: ReturnType<typeof openFeedThread> | undefined
  const open = async (): Promise<readonly string[]> => {
    const opened = openFeedThread(
      { feeds, places, ...where },
      {
        token,
        told: (event) => (event.kind === 'misdefined' ? log.error(event, 'feed') : log.info(event, 'feed')),
        ended: (failure) => {
          if (current !== opened) return
          current = undefined
          if (ending.signal.aborted) return
          // what a mapping throws may say something of a record
          const fault = failure instanceof Error ? failure.name : undefined
          log.error({ fault }, 'thread of the feeds ended, and starts again')
          void again()
        },
      },
    )
    current = opened
    return opened.thread.start()
  }
  const again = async (): Promise<void> => {
    try {
      await pause(AGAIN_MS, undefined, ending)
      for (const fault of await open()) log.error({ fault }, 'feed cannot start')
    } catch (err) {
      if (!ending.signal.aborted) log.error({ err }, 'feeds cannot start')
    }
  }
  const stop = async (): Promise<void> => {
    ending.abort()
    // a thread that ended, or does not end, has nothing to finish
    if (current) await within(STOPS_MS, current.thread.stop()).catch(() => undefined)
    await current?.terminate()
  }
  const faults = await open().catch(async (error: unknown) => {
    await stop()
    throw error
  })
  if (faults.length > 0) {
    await stop()
    const { FeedFault } = await import('../../adapters/kit/values/fault.ts')
    throw new FeedFault(faults)
  }
  const thread = (): FeedThread => {
    if (!current) throw new Error('Thread of the feeds is not there')
    return current.thread
  }
  return {
    running: {
      tenant: '',
      standing: async (feed) => within(TELLS_MS, thread().standing(feed)),
      receive: async (feed, sent) => thread().receive(feed, sent),
      replay: async (record) => thread().replay(record),
    },
    figures: async () =>
      current ? within(TELLS_MS, current.thread.figures()).catch(() => new Map()) : new Map(),
    stop,
  }
}

/** Answers what a thread answers in time. @throws Error where it does not */
async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  const answered = new AbortController()
  const late = pause(milliseconds, undefined, { ref: false, signal: answered.signal }).then(() => {
    throw new Error('Thread of the feeds does not answer')
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([answer, late])
  } finally {
    answered.abort()
  }
}
