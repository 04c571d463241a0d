import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'
import type { ConfiguredFeed } from '../kit/run/feed-slot.ts'
import { AGENCY_SOURCES, type AgencySource } from './agency-sources.ts'
import { folderSimulator } from './folder-simulator.ts'
import { httpSimulator } from './http-simulator.ts'
import { latestOf, moveMessage, rewrite } from './move-message.ts'
import { mqttSimulator } from './mqtt-simulator.ts'
import { ngsiSimulator } from './ngsi-simulator.ts'
import { ftpSimulator, sftpSimulator } from './remote-simulators.ts'
import type { Message, Simulator } from './simulator.ts'
import { sqlSimulator } from './sql-simulator.ts'
import { type Course, vary } from './vary.ts'
import { webhookSimulator } from './webhook-simulator.ts'

/** Whose source is simulated, for which hub, and where its files may lie. */
export interface AgencyOptions {
  readonly feed: string
  readonly city: string
  /** Where the hub of the feed is, for those who send to it. */
  readonly hub: string
  readonly folder: string
  /** Pause between two visits of the feed, where it visits, seconds; absent: that of its feed.yaml. */
  readonly pollSeconds?: number
  /** Variables of the feed.yaml besides those that say where the source is. */
  readonly variables?: Readonly<Record<string, string>>
}

/** The system behind a feed in one city, and what it says. */
export interface Agency {
  readonly feed: string
  readonly city: string
  readonly source: AgencySource
  readonly simulator: Simulator
  /** How a hub runs the feed that listens to it. */
  readonly toStart: ConfiguredFeed
  /** When the latest of its samples was; undefined: they have no times. */
  readonly latest: number | undefined
  /** All samples, so many milliseconds later; what is spoilt in them apart, before the rest. */
  samples(byMs: number): readonly (readonly Message[])[]
  /** What it says again and again, so many milliseconds after its samples, with numbers that moved. */
  again(byMs: number, course?: Course): readonly Message[]
}

/** When the samples were taken. */
const SAMPLED_UNTIL = Date.parse('2025-11-16T00:00:00+07:00')
const SPOILT = /half|nua-tep|loi\.|failed/

/** Feeds whose sources can be simulated, and the cities of each. */
export async function simulatedFeeds(): Promise<
  readonly { readonly feed: string; readonly cities: readonly string[] }[]
> {
  const feeds = Object.keys(AGENCY_SOURCES)
  return Promise.all(feeds.map(async (feed) => ({ feed, cities: await readdir(samplesOf(feed)) })))
}

/** Starts the system behind a feed on free ports of loopback; it has nothing to say yet. */
export async function startAgency(options: AgencyOptions): Promise<Agency> {
  const { feed, city } = options
  const source = AGENCY_SOURCES[feed]
  if (!source) throw new Error(`Feed ${feed} has no simulated source`)
  const messages = await messagesOf(path.join(samplesOf(feed), city), source)
  const folder = path.join(options.folder, city, feed)
  await mkdir(folder, { recursive: true })
  const simulator = await startSimulator(source, { ...options, folder })
  const repeated = messages.filter(({ name }) => source.again?.test(name) ?? !SPOILT.test(name))
  const times = messages
    .map((message) => latestOf(message, SAMPLED_UNTIL))
    .filter((time) => time !== undefined)
  return {
    feed,
    city,
    source,
    simulator,
    toStart: await feedToStart(options, { source, folder, simulator }),
    latest: times.length === 0 ? undefined : Math.max(...times),
    samples: (byMs) => {
      const moved = messages.map((message) => moveMessage(message, byMs))
      const [spoilt, good] = [
        moved.filter(({ name }) => SPOILT.test(name)),
        moved.filter(({ name }) => !SPOILT.test(name)),
      ]
      return [spoilt, good].filter((group) => group.length > 0)
    },
    again: (byMs, course) =>
      repeated.map((message) => {
        const { name, bytes } = moveMessage(message, byMs)
        const { varies } = source
        return {
          name: nameAt(name, byMs),
          bytes: varies && course ? rewrite(bytes, (text) => vary(text, varies, course)) : bytes,
        }
      }),
  }
}

function samplesOf(feed: string): string {
  return path.join(packageRoot, 'adapters/feeds', feed, 'samples')
}

/** What a folder keeps needs a name of its own each time, unless that has a time in it already. */
function nameAt(name: string, byMs: number): string {
  return /20\d{12}|#|W\d\d/.test(name) ? name : name.replace(/(\.[a-z]+)?$/, `-${Math.round(byMs / 1000)}$1`)
}

async function messagesOf(folder: string, { splits, http }: AgencySource): Promise<readonly Message[]> {
  const names = (await readdir(folder)).sort()
  const messages = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(path.join(folder, name))
      // half a file is called as a whole one
      const own = SPOILT.test(name) ? `${path.parse(name).name}${path.extname(names[0] ?? name)}` : name
      return itemsOf({ name: own, bytes }, splits)
    }),
  )
  // a document that stays is a good one
  const inOrder = http && !http.pages ? messages.toReversed() : messages
  return inOrder.flat()
}

function itemsOf(message: Message, splits: true | undefined): readonly Message[] {
  const list = splits ? listIn(message.bytes) : undefined
  if (!list) return [message]
  return list.map((item, at) => ({ name: `${message.name}#${at}`, bytes: Buffer.from(JSON.stringify(item)) }))
}

function listIn(bytes: Uint8Array): readonly unknown[] | undefined {
  try {
    const found: unknown = JSON.parse(Buffer.from(bytes).toString())
    return Array.isArray(found) ? found : undefined
  } catch {
    return undefined
  }
}

function startSimulator(source: AgencySource, { feed, hub, folder }: AgencyOptions): Promise<Simulator> {
  const { topic = () => feed } = source
  switch (source.speaks) {
    case 'directory':
      return folderSimulator(path.join(folder, 'drop'))
    case 'ftp':
      return ftpSimulator(folder)
    case 'sftp':
      return sftpSimulator(folder)
    case 'http':
      return httpSimulator(folder, source.http ?? { path: `/${feed}` })
    case 'mqtt':
      return mqttSimulator(folder, ({ bytes }) => topic(Buffer.from(bytes).toString()))
    case 'webhook':
      return webhookSimulator(folder, { hub, feed })
    case 'sql':
      return sqlSimulator(folder, source.columns ?? [])
    case 'ngsi':
      return ngsiSimulator(folder, { hub })
    default:
      return source.speaks satisfies never
  }
}

const VISITED: readonly AgencySource['speaks'][] = ['ftp', 'sftp', 'http', 'sql', 'ngsi']

async function feedToStart(
  { feed, city, variables, pollSeconds }: AgencyOptions,
  {
    source,
    folder,
    simulator,
  }: { readonly source: AgencySource; readonly folder: string; readonly simulator: Simulator },
): Promise<ConfiguredFeed> {
  const pauses =
    pollSeconds !== undefined && VISITED.includes(source.speaks) ? { everySeconds: pollSeconds } : {}
  const transport = { ...simulator.transport, ...pauses }
  const plateKey = path.join(folder, 'hash-key')
  // hashes of another start are those of this one
  if (feed === 'plate-readings' && !existsSync(plateKey))
    await writeFile(plateKey, randomBytes(48).toString('base64url'), { mode: 0o600 })
  return {
    file: path.join(packageRoot, 'adapters/feeds', feed, 'feed.yaml'),
    variables: { city, plateKey, ...simulator.variables, ...variables },
    ...(Object.keys(transport).length > 0 && { transport }),
  }
}
