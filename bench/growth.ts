import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { freePort } from './free-port.ts'
import { grownEntity, grownUnit, QUERIES } from './grown.ts'
import { HUB_PROGRAM, onServerCore, pinned, type Server, startHub } from './servers.ts'
import { loadStoreAlone } from './store-alone.ts'
import { machine, printTable } from './table.ts'

const SMALL = 10_000
/** Entities that each query matches, whatever the size. */
const MATCHES = 20
const BATCH = 500
const SENDERS = 4
const SAMPLES = 200
/** Whatever the size, each answer is read and rendered anew. */
const UNCACHED = { HUB_LIMITS_FRAGMENTS: '0' }
const STARTS = 5

interface Loaded {
  readonly name: string
  readonly entities: number
  readonly perSecond: number
  readonly peakBytes: number | undefined
  readonly bytes: number
}

/** Measures what growth costs: loading, disk, start and queries with the same number of matches, at two sizes. */
export async function growth(folder: string, entities: number): Promise<void> {
  process.stdout.write(`
${machine()}${pinned ? '; server and load on a core of their own' : ''}
Load: batch upserts of ${BATCH} over ${SENDERS} connections. Queries: first page, ${MATCHES} matches at each size, no count; ${SAMPLES} queries of each kind, none twice, over one connection, sizes in turn.

`)
  const small = await fill(folder, 'small', SMALL)
  const large = await fill(folder, 'large', entities)
  const alone = await loadStoreAlone(join(folder, 'alone'), entities, (at) =>
    grownUnit(at, entities / MATCHES),
  )
  rmSync(join(folder, 'alone'), { recursive: true, force: true })
  printTable([
    ['entities', 'upserts/s', 'of store alone', 'peak MiB', 'bytes/entity'],
    ...[small, large].map(({ entities: count, perSecond, peakBytes, bytes }) => [
      String(count),
      String(Math.round(perSecond)),
      count === entities ? (perSecond / alone).toFixed(3) : '-',
      peakBytes === undefined ? '-' : String(Math.round(peakBytes / 1024 / 1024)),
      String(Math.round(bytes / count)),
    ]),
    [`${entities}, store alone`, String(Math.round(alone)), '1.000', '-', '-'],
  ])
  await measureStarts(folder, large)
  await measureQueries(folder, [small, large])
}

async function fill(folder: string, name: string, entities: number): Promise<Loaded> {
  const hub = await startHub(folder, { name })
  const started = performance.now()
  let next = 0
  const send = async (): Promise<void> => {
    while (next < entities) {
      const first = next
      next += BATCH
      await upsert(hub, first, Math.min(BATCH, entities - first), entities / MATCHES)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  const perSecond = (entities * 1000) / (performance.now() - started)
  const peakBytes = hub.peakBytes()
  await hub.stop()
  return { name, entities, perSecond, peakBytes, bytes: folderBytes(join(folder, name)) }
}

async function upsert(hub: Server, first: number, count: number, groups: number): Promise<void> {
  const items = Array.from({ length: count }, (_, at) => grownEntity(first + at, groups))
  const answer = await request(`${hub.url}/ngsi-ld/v1/entityOperations/upsert`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `[${items.join(',')}]`,
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 201) throw new Error(`Entities were not kept: ${text.slice(0, 300)}`)
}

function folderBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

async function measureStarts(folder: string, large: Loaded): Promise<void> {
  const node = median(Array.from({ length: STARTS }, startNode))
  const empty: number[] = []
  const full: number[] = []
  for (let at = 0; at < STARTS; at++) {
    empty.push(await startToReady(join(folder, `empty-${at}`)))
    full.push(await startToReady(join(folder, large.name)))
  }
  const [none, many] = [median(empty), median(full)]
  process.stdout.write('\n')
  printTable([
    ['start to ready', 'median ms', 'to node -e 0', 'to empty'],
    ['node -e 0', node.toFixed(0), '1.00', '-'],
    ['empty', none.toFixed(0), (none / node).toFixed(2), '1.00'],
    [`${large.entities} entities`, many.toFixed(0), (many / node).toFixed(2), (many / none).toFixed(2)],
  ])
}

function startNode(): number {
  const [command = '', ...rest] = onServerCore([process.execPath, '-e', '0'])
  const started = performance.now()
  spawnSync(command, rest)
  return performance.now() - started
}

/** From the start of the built command to the first 200 of its readiness. */
async function startToReady(data: string): Promise<number> {
  const port = await freePort()
  const parameters = ['serve', '--auth', 'off', '--port', String(port), '--data', data]
  const [command = '', ...rest] = onServerCore([process.execPath, HUB_PROGRAM, ...parameters])
  const started = performance.now()
  const child = spawn(command, rest, { stdio: 'ignore' })
  while (!(await isReady(port))) await new Promise((resolve) => setTimeout(resolve, 2))
  const took = performance.now() - started
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  return took
}

async function isReady(port: number): Promise<boolean> {
  const answer = await request(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
  await answer?.body.dump()
  return answer?.statusCode === 200
}

async function measureQueries(folder: string, sizes: readonly Loaded[]): Promise<void> {
  const hubs = await Promise.all(sizes.map(({ name }) => startHub(folder, { name, settings: UNCACHED })))
  const lines: string[][] = []
  try {
    for (const { name, path } of QUERIES) {
      const times = sizes.map((): number[] => [])
      for (let sample = 0; sample < SAMPLES; sample++) {
        for (const [at, hub] of hubs.entries()) {
          const groups = (sizes[at]?.entities ?? SMALL) / MATCHES
          const group = Math.floor((sample * groups) / SAMPLES)
          times[at]?.push(await timed(`${hub.url}${path(group, groups)}`))
        }
      }
      const [few = 0, many = 0] = times.map((list) => median(list.slice(SAMPLES / 10)))
      lines.push([name, few.toFixed(2), many.toFixed(2), (many / few).toFixed(2)])
    }
  } finally {
    await Promise.all(hubs.map((hub) => hub.stop()))
  }
  process.stdout.write('\n')
  printTable([['query', ...sizes.map(({ entities }) => `${entities} ms`), 'ratio'], ...lines])
}

async function timed(url: string): Promise<number> {
  const started = performance.now()
  const answer = await request(url)
  const text = await answer.body.text()
  const took = performance.now() - started
  const found = answer.statusCode === 200 ? JSON.parse(text).length : undefined
  if (found !== MATCHES) throw new Error(`${url} answered ${answer.statusCode} with ${found} entities`)
  return took
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}
