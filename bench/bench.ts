import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { request } from 'undici'
import { type LoadRequest, type LoadResult, load } from './load.ts'
import { storeAlone } from './store-alone.ts'

/** One row of the table. */
interface Row {
  readonly name: string
  readonly opsPerSecond: number
  readonly ratioToBare: number | null
  readonly p50ms: number
  readonly p99ms: number
}

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    entities: { type: 'string', default: '10000' },
  },
})
const options = { connections: Number(values.connections), seconds: Number(values.seconds) }
const population = Number(values.entities)
/** So many different pages of 20 the entities make: each query matches one of them. */
const PAGES = Math.max(Math.floor(population / 20), 1)
const folder = mkdtempSync(join(tmpdir(), 'hub-bench-'))
const here = fileURLToPath(new URL('.', import.meta.url))
const cores = availableParallelism()
const pinned = cores > 1 && spawnSync('taskset', ['-V']).status === 0
const children: ChildProcess[] = []

try {
  if (pinned) spawnSync('taskset', ['-cp', '1', String(process.pid)])
  const rows = [...(await hubRows()), ...(await storeAlone(join(folder, 'store'), options.seconds))]
  print(rows)
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine: machine(), results: rows }, null, 2)}\n`)
} finally {
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(
    children.map((child) => child.exitCode === null && new Promise((ended) => child.once('exit', ended))),
  )
  rmSync(folder, { recursive: true, force: true })
}

async function hubRows(): Promise<Row[]> {
  const hub = await startHub('warm', {})
  await fill(hub)
  const sample = await text(`${hub}/ngsi-ld/v1/entities/${id(1)}`)
  const page = await text(`${hub}/ngsi-ld/v1/entities?${query(1)}`)
  const bare = await startBare(sample, page)
  const reads = await measured('retrieve', hub, bare, (at) => ({
    method: 'GET',
    path: `/ngsi-ld/v1/entities/${id(at % population)}`,
  }))
  const warm = await measured('query20.warm', hub, bare, (at) => ({
    method: 'GET',
    path: `/ngsi-ld/v1/entities?${query(at % 10)}`,
  }))
  const mixed = await measured('query20.mixed', hub, bare, (at) =>
    at % 10 === 0 ? update(at) : { method: 'GET', path: `/ngsi-ld/v1/entities?${query(at % 10)}` },
  )
  const cold = await coldRow(bare)
  const create = await measured('create', hub, bare, (at) => ({
    method: 'POST',
    path: '/ngsi-ld/v1/entities',
    body: entity(`c-${at}`, at),
  }))
  const batch = await measured(
    'batch20',
    hub,
    bare,
    (at) => ({
      method: 'POST',
      path: '/ngsi-ld/v1/entityOperations/create',
      body: `[${Array.from({ length: 20 }, (_, item) => entity(`b-${at}-${item}`, at)).join(',')}]`,
    }),
    20,
  )
  const updates = await measured('update', hub, bare, update)
  return [reads, warm, mixed, cold, create, batch, updates]
}

/** Leaves pm25 alone, so that the queries go on matching as many entities. */
function update(at: number): LoadRequest {
  return {
    method: 'PATCH',
    path: `/ngsi-ld/v1/entities/${id(at % population)}/attrs`,
    body: JSON.stringify({ pm10: { type: 'Property', value: at / 10, unitCode: 'GQ' } }),
  }
}

/** Without the caches of fragments and pages every entity is read, judged and rendered again. */
async function coldRow(bare: string): Promise<Row> {
  const hub = await startHub('cold', { HUB_LIMITS_FRAGMENTS: '0' })
  await fill(hub)
  return measured('query20.cold', hub, bare, (at) => ({
    method: 'GET',
    path: `/ngsi-ld/v1/entities?${query(at % 10)}`,
  }))
}

async function measured(
  name: string,
  hub: string,
  bare: string,
  make: (at: number) => LoadRequest,
  items = 1,
): Promise<Row> {
  await load(hub, { ...options, seconds: Math.min(options.seconds, 1) }, (at) => make(at + 1_000_000))
  const ours: LoadResult = await load(hub, options, make)
  const theirs: LoadResult = await load(bare, options, make)
  const { p50ms, p99ms } = ours
  return {
    name,
    opsPerSecond: Math.round(ours.requestsPerSecond * items),
    ratioToBare: round(ours.requestsPerSecond / theirs.requestsPerSecond),
    p50ms: round(p50ms),
    p99ms: round(p99ms),
  }
}

async function startHub(name: string, settings: Readonly<Record<string, string>>): Promise<string> {
  const program = join(here, '..', 'broker', 'cli', 'main.js')
  const parameters = [program, 'serve', '--auth', 'off', '--port', '0', '--data', join(folder, name)]
  const log = openSync(join(folder, `${name}.log`), 'a')
  const [command = process.execPath, ...rest] = [...pin(0), process.execPath, ...parameters]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', log], env: { ...process.env, ...settings } })
  children.push(child)
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Hub stopped with ${code}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      const url = /listens on (\S+)/.exec(chunk.toString())?.[1]
      if (url !== undefined) resolve(url)
    })
  })
}

async function startBare(sample: string, page: string): Promise<string> {
  const log = openSync(join(folder, 'bare.log'), 'a')
  const child = fork(join(here, 'bare-server.js'), [join(folder, 'bare.data'), sample, page], {
    stdio: ['ignore', 'ignore', log, 'ipc'],
  })
  children.push(child)
  if (pinned && child.pid !== undefined) spawnSync('taskset', ['-acp', '0', String(child.pid)])
  const address = await new Promise<AddressInfo>((resolve) =>
    child.once('message', (message) => resolve(message as AddressInfo)),
  ) // sent by the bare server
  return `http://127.0.0.1:${address.port}`
}

function pin(core: number): readonly string[] {
  return pinned ? ['taskset', '-c', String(core)] : []
}

async function fill(hub: string): Promise<void> {
  for (let first = 0; first < population; first += 500) {
    const items = Array.from({ length: Math.min(500, population - first) }, (_, at) =>
      entity(String(first + at), first + at),
    )
    const answer = await request(`${hub}/ngsi-ld/v1/entityOperations/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `[${items.join(',')}]`,
    })
    if (answer.statusCode !== 201) throw new Error(`Entities were not created: ${await answer.body.text()}`)
    await answer.body.dump()
  }
}

/** Five attributes, about 550 bytes. */
function entity(name: string, at: number): string {
  return JSON.stringify({
    id: id(name),
    type: 'AirQualityObserved',
    pm25: { type: 'Property', value: at % PAGES, unitCode: 'GQ', observedAt: '2026-01-01T00:00:00Z' },
    pm10: { type: 'Property', value: (at * 7) % 600, unitCode: 'GQ', observedAt: '2026-01-01T00:00:00Z' },
    stationCode: { type: 'Property', value: `TNG-${at}` },
    refDevice: { type: 'Relationship', object: `urn:ngsi-ld:Device:bench-${at}` },
    location: {
      type: 'GeoProperty',
      value: { type: 'Point', coordinates: [105.7 + (at % 100) / 400, 21.4 + ((at / 100) % 100) / 400] },
    },
  })
}

function id(name: string | number): string {
  return `urn:ngsi-ld:AirQualityObserved:bench-${name}`
}

function query(at: number): string {
  return `type=AirQualityObserved&q=pm25==${at % PAGES}&limit=20`
}

async function text(url: string): Promise<string> {
  const answer = await request(url)
  return answer.body.text()
}

function machine(): string {
  return `${cpus()[0]?.model ?? 'unknown'}, ${cores} cores, Node ${process.version}`
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

function print(rows: readonly Row[]): void {
  process.stdout.write(
    `\n${machine()}; ${options.connections} connections, ${options.seconds} s each, access log on in both servers`,
  )
  process.stdout.write(`${pinned ? ', server and load on different cores' : ''}\n\n`)
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(16) : cell.padStart(14))).join('')
  process.stdout.write(`${line(['name', 'ops/s', 'ratio to bare', 'p50 ms', 'p99 ms'])}\n`)
  for (const { name, opsPerSecond, ratioToBare, p50ms, p99ms } of rows) {
    process.stdout.write(
      `${line([name, String(opsPerSecond), ratioToBare === null ? '-' : ratioToBare.toFixed(3), p50ms.toFixed(2), p99ms.toFixed(2)])}\n`,
    )
  }
}
