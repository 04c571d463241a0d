import { listFiles, readInput } from '../../transports/directory.ts'
import type { Variables } from '../definition/load-definition.ts'
import type { RetryPlan } from '../hub/backoff.ts'
import { hubClient } from '../hub/hub-client.ts'
import type { HubConnection } from '../hub/hub-connection.ts'
import { type Feed, loadFeed } from '../intake/feed.ts'
import { FeedStore } from '../intake/feed-store.ts'
import type { Input } from '../intake/input.ts'
import { mapInput } from '../intake/map-input.ts'
import { addSummaries, NOTHING, type Summary } from '../intake/summary.ts'
import { piecesOf, takeInputs } from '../intake/take-inputs.ts'
import type { FeedPlaces } from '../mapping/feed-places.ts'
import { compareTimes } from '../values/local-time.ts'

/** How far a load has come. */
export interface IngestProgress {
  readonly input: string
  /** Inputs before this one, of how many. */
  readonly inputsDone: number
  readonly inputs: number
  /** Records of this input. */
  readonly done: number
  readonly total: number
}

/** A one-off load: a feed, its files or folders, and the hub. */
export interface Ingest {
  readonly feedFile: string
  readonly inputs: readonly string[]
  readonly connection: HubConnection
  readonly variables?: Variables
  readonly places?: FeedPlaces
  readonly retry?: Partial<RetryPlan>
  readonly onProgress?: (progress: IngestProgress) => void
}

/**
 * Loads files through a feed, those with the oldest observations first. What the hub has already changes nothing;
 * a load that was killed goes on where it was. @throws FeedFault, HubAway, HubRefusal, or the error of a file
 */
export async function ingest(options: Ingest): Promise<Summary> {
  const feed = await loadFeed(options.feedFile, options.variables, options)
  const client = hubClient(options.connection, options.retry)
  const store = new FeedStore(client, feed.definition)
  const files = await inputFiles(feed, options.inputs)
  let summary = NOTHING
  await store.declare()
  for (const [index, file] of files.entries()) {
    const input = await readInput(file, feed.definition.maxBytes)
    const startedAt = new Date().toISOString()
    const place = { input: input.name, inputsDone: index, inputs: files.length }
    const onProgress = (done: number, total: number): void => options.onProgress?.({ ...place, done, total })
    const taken = await takeInputs({ feed, client, store, onProgress }, [input])
    await store.end({ input: input.name, startedAt, endedAt: new Date().toISOString(), summary: taken })
    summary = addSummaries(summary, taken)
  }
  await store.close()
  return summary
}

async function inputFiles(feed: Feed, places: readonly string[]): Promise<readonly string[]> {
  const { transport, maxBytes } = feed.definition
  const pattern = transport.kind === 'directory' ? transport.pattern : '*'
  const lists = await Promise.all(places.map((place) => listFiles(place, pattern)))
  const files = [...new Set(lists.flat())]
  if (files.length < 2) return files
  const timed: { file: string; time: string }[] = []
  for (const file of files) {
    timed.push({ file, time: await firstTime(feed, await readInput(file, maxBytes)) })
  }
  return timed.sort(earlierFirst).map(({ file }) => file)
}

/** Answers the oldest observation of an input, or of its first piece; nothing for one that has none. */
async function firstTime(feed: Feed, input: Input): Promise<string> {
  for await (const piece of piecesOf(feed, input)) {
    const { mapped } = await mapInput(feed, piece)
    return mapped.find(({ time }) => time !== undefined)?.time ?? ''
  }
  return ''
}

function earlierFirst(left: { time: string; file: string }, right: { time: string; file: string }): number {
  if (left.time === right.time) return left.file < right.file ? -1 : 1
  if (left.time === '' || right.time === '') return left.time.length - right.time.length
  return compareTimes(left.time, right.time)
}
