import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { type Ingest, ingest } from '../../adapters/kit/ingest.ts'
import type { Summary } from '../../adapters/kit/summary.ts'
import { readConfig } from '../../broker/config.ts'
import { type RunningHub, startHub } from '../../broker/main.ts'
import { packageRoot } from '../../ontology/package-root.ts'

/** The ontology's @context, as a Link header. */
const ONTOLOGY_LINK =
  '<https://thainguyen.gov.vn/ontology/urban/v1/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'

/** Folder of a feed of this project. */
export function feedFolder(feed: string): string {
  return path.join(packageRoot, 'adapters/feeds', feed)
}

/** Starts a whole hub on a free port of the loopback, without access control, with feeds. */
export function startFeedHub(
  feeds: readonly { file: string; variables?: Record<string, string> }[] = [],
): Promise<RunningHub> {
  const given = {
    'store.kind': 'memory',
    'auth.mode': 'off',
    'listen.host': '127.0.0.1',
    'listen.port': 0,
    feeds,
  }
  const flags = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, { flag: `--${name}`, value }]),
  )
  const config = readConfig({ environment: {}, flags })
  return startHub(config, { root: packageRoot, log: pino({ level: 'silent' }) })
}

/** Loads files into a hub without waiting long for one that is away. */
export function load(url: string, options: Omit<Ingest, 'connection'>): Promise<Summary> {
  const connection = { baseUrl: url, tenant: '', token: () => Promise.resolve(undefined) }
  return ingest({ retry: { attempts: 1 }, ...options, connection })
}

/** Asks a hub for JSON. */
export async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, {
    ...init,
    headers: { link: ONTOLOGY_LINK, ...(init.headers as Record<string, string>) },
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

/** All entities of the types that feeds write, by id. */
export async function entitiesOf(hub: RunningHub): Promise<Record<string, unknown>[]> {
  const types =
    'AirQualityObserved,WaterQualityObserved,OffStreetParking,ServiceRequest,WeatherObserved,Thing'
  const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities?type=${types}&limit=1000`)
  return (body as Record<string, unknown>[]).sort((left, right) =>
    String(left.id) < String(right.id) ? -1 : 1,
  )
}

/** Everything that history keeps of some entities, without the times at which it was kept. */
export async function historyOf(hub: RunningHub, ids: readonly string[]): Promise<unknown[]> {
  const histories: unknown[] = []
  for (const id of ids) {
    const instances = await hub.store.history('' as Parameters<typeof hub.store.history>[0], id, {
      limit: 100_000,
    })
    histories.push(
      instances
        .map(({ attribute, datasetId, observedAt, text }) => {
          const { createdAt, modifiedAt, attributes, ...instance } = JSON.parse(text ?? '{}') as Record<
            string,
            unknown
          >
          return observedAt === undefined
            ? [attribute, datasetId, instance.value]
            : [attribute, datasetId, observedAt, instance.value]
        })
        .sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1)),
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

/** A road to a hub that breaks at one of its requests: before the hub has it, or before its answer is back. */
export async function brokenRoad(
  target: string,
  breaksAt: number,
  when: 'before' | 'after',
): Promise<{ url: string; count: () => number; mend: () => void; close: () => void }> {
  let [count, mended] = [0, false]
  const server: Server = createServer((incoming, outgoing) => {
    count++
    const breaks = count >= breaksAt && !mended
    if (breaks && (when === 'before' || count > breaksAt)) {
      incoming.socket.destroy()
      return
    }
    const forward = httpRequest(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (breaks) {
          answer.resume().on('end', () => incoming.socket.destroy())
          return
        }
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(forward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    count: () => count,
    mend: () => {
      mended = true
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
