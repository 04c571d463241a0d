import { mkdtemp, rm } from 'node:fs/promises'
import {
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Logger, pino } from 'pino'
import type { Summary } from '../../adapters/kit/intake/summary.ts'
import { type Ingest, ingest } from '../../adapters/kit/run/ingest.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { type RunningHub, startHub } from '../../broker/main.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { checkAnswer } from '../support/check-answer.ts'
import { testConfig } from '../support/hub.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { LOADING_MILLISECONDS, STOP_MILLISECONDS } from '../support/store-of-tests.ts'

/** The ontology's @context, as a Link header. */
const ONTOLOGY_LINK =
  '<https://thainguyen.gov.vn/ontology/urban/v1/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'

/** Folder of a feed of this project. */
export function feedFolder(feed: string): string {
  return path.join(packageRoot, 'adapters/feeds', feed)
}

/** Header of an hourly air quality table. */
const AIR_QUALITY_HEADER = 'timestamp,city,aqi,wind_speed,humidity,temperature,pm25,pm10,o3,no2,so2,co'

/** An hourly air quality table from the beginning of a day, or so many minutes past it. */
export function airQualityTable(day: string, pm25: readonly number[], minute = 0): string {
  const start = Date.parse(`${day}T00:00:00+07:00`) + minute * 60_000
  const rows = pm25.map((value, hour) => {
    const time = new Date(start + hour * 3_600_000).toISOString().replace('.000Z', '+00:00')
    return `${time},Thái Nguyên,50,1 km/h,50%,20°C,${value},N/A,N/A,N/A,N/A,N/A`
  })
  return `${[AIR_QUALITY_HEADER, ...rows].join('\n')}\n`
}

/** Starts a whole hub on a free port of the loopback, without access control, with feeds. */
export async function startFeedHub(
  feeds: readonly { file: string; variables?: Record<string, string> }[] = [],
  { log = pino({ level: 'silent' }), ...settings }: { log?: Logger } & Record<string, unknown> = {},
): Promise<RunningHub> {
  const config = await testConfig({
    'store.kind': 'memory',
    'auth.mode': 'off',
    'listen.port': 0,
    feeds,
    ...settings,
  })
  return startHub(config, { root: packageRoot, log, stopMilliseconds: STOP_MILLISECONDS })
}

/** Loads files into a hub without waiting long for one that is away. */
export function load(url: string, options: Omit<Ingest, 'connection'>, tenant = ''): Promise<Summary> {
  const connection = {
    baseUrl: url,
    tenant,
    token: () => Promise.resolve(undefined),
    timeoutMs: LOADING_MILLISECONDS,
  }
  return ingest({ retry: { attempts: 1 }, ...options, connection })
}

/** Asks a hub for JSON. */
export async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, {
    ...init,
    headers: { link: ONTOLOGY_LINK, ...(init.headers as Record<string, string>) },
  })
  const text = await answer.text()
  const body: unknown = text === '' ? undefined : JSON.parse(text)
  const { pathname, search } = new URL(url)
  const headers = Object.fromEntries(answer.headers)
  checkAnswer(init.method ?? 'GET', pathname + search, { status: answer.status, headers, body, text })
  return { status: answer.status, body }
}

/** All entities of the types that feeds write, by id. */
export async function entitiesOf(hub: RunningHub, headers = {}): Promise<Record<string, unknown>[]> {
  const types =
    'AirQualityObserved,WaterQualityObserved,OffStreetParking,ServiceRequest,WeatherObserved,Thing'
  const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities?type=${types}&limit=1000`, { headers })
  return (body as Record<string, unknown>[]).sort((left, right) =>
    String(left.id) < String(right.id) ? -1 : 1,
  )
}

/** Everything that history keeps of some entities, without the times at which it was kept. */
export async function historyOf(
  hub: RunningHub,
  ids: readonly string[],
  tenant = DEFAULT_TENANT,
): Promise<unknown[]> {
  const histories: unknown[] = []
  for (const id of ids) {
    const instances = await recordedInstances(hub.store, tenant, id, {
      limit: 100_000,
    })
    histories.push(
      instances
        .map(({ attribute, datasetId, observedAt, text }) => {
          const { createdAt, modifiedAt, attributes, ...instance } = JSON.parse(text ?? '{}') as Record<
            string,
            unknown
          >
          const kept =
            observedAt === undefined
              ? [attribute, datasetId, instance.value]
              : [attribute, datasetId, observedAt, instance.value]
          return { kept, place: JSON.stringify(kept) }
        })
        .sort((left, right) => (left.place < right.place ? -1 : 1))
        .map(({ kept }) => kept),
    )
  }
  return histories
}

/** A folder that is removed after the task. */
export async function inFolder(task: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'feeds-'))
  try {
    await task(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A road to a hub on which requests wait for good as soon as it is told to hold them. */
export async function heldRoad(
  target: string,
  holds: () => Promise<boolean>,
): Promise<{ url: string; held: Promise<void>; close: () => void }> {
  let told = (): void => undefined
  const held = new Promise<void>((resolve) => {
    told = resolve
  })
  const { url, close } = await listening(async (incoming, outgoing) => {
    if (await holds()) told()
    else
      incoming.pipe(
        forwarded(target, incoming, (answer) =>
          answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers)),
        ),
      )
  })
  return { url, held, close }
}

/** A server on a free port of loopback. */
async function listening(answer: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, close }
}

function forwarded(
  target: string,
  { url = '', method, headers }: IncomingMessage,
  answered: (answer: IncomingMessage) => void,
): ClientRequest {
  return httpRequest(new URL(url, target), { method, headers }, answered)
}

/** A road to a hub that breaks at one of its requests: before the hub has it, or before its answer is back. */
export async function brokenRoad(
  target: string,
  breaksAt: number,
  when: 'before' | 'after',
): Promise<{ url: string; count: () => number; mend: () => void; close: () => void }> {
  let [count, mended] = [0, false]
  const { url, close } = await listening((incoming, outgoing) => {
    count++
    const breaks = count >= breaksAt && !mended
    if (breaks && (when === 'before' || count > breaksAt)) {
      incoming.socket.destroy()
      return
    }
    const forward = forwarded(target, incoming, (answer) => {
      if (breaks) answer.resume().on('end', () => incoming.socket.destroy())
      else answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers))
    })
    incoming.pipe(forward)
  })
  return {
    url,
    count: () => count,
    mend: () => {
      mended = true
    },
    close,
  }
}
