import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { request } from 'undici'
import { stringify } from 'yaml'
import { demoToken } from '../broker/cli/demo-token.ts'
import { packageRoot } from '../ontology/package-root.ts'
import { access } from './access.ts'
import { create, createBatch, query, retrieve, update } from './entities.ts'
import { federation } from './federation.ts'
import { federationMatch } from './federation-match.ts'
import { feeds } from './feeds.ts'
import { fill } from './fill.ts'
import { growth } from './growth.ts'
import { history } from './history.ts'
import { type LoadRequest, type LoadResult, load } from './load.ts'
import { mongodb } from './mongodb.ts'
import { type Figure, notifications } from './notifications.ts'
import { pinLoad, pinned, type Server, startBare, startHub } from './servers.ts'
import { storeAlone } from './store-alone.ts'
import { machine, printTable } from './table.ts'

/** One row of the table. */
interface Row {
  readonly name: string
  readonly opsPerSecond: number
  readonly ratioToBare: number | null
  readonly p50ms: number
  readonly p99ms: number
  /** Lowest and highest ratio to the bare server among the rounds. */
  readonly ratios?: readonly [number, number]
  /** p99 as a multiple of the bare server's. */
  readonly p99ToBare?: number
}

/** What share of another row's operations a row reaches. */
interface Share {
  readonly name: string
  readonly of: string
  readonly ratio: number
}

/** What one row measures. */
interface Measure {
  readonly name: string
  readonly make: (at: number) => LoadRequest
  /** Entities that one request creates. */
  readonly items?: number
  readonly connections?: number
  /** So many requests are sent before anything is measured, a second long at least. */
  readonly warm?: number
  /** The same on a hub without access control, in turn with it: the row's share is of that. */
  readonly beside?: { readonly url: string; readonly measure: Measure }
}

/** Numbers of entities that no row before has created. */
const UNUSED = 10_000_000

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
    entities: { type: 'string' },
    instances: { type: 'string', default: '1000000' },
    bytes: { type: 'string', default: '20000000' },
    columns: { type: 'string', default: '0' },
    growth: { type: 'boolean', default: false },
    only: { type: 'string' },
    store: { type: 'string', default: 'embedded' },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const connections = Number(values.connections)
const beside = values.store === 'mongodb'
const population = Number(values.entities ?? (values.growth ? 1_000_000 : beside ? 500 : 10_000))
/** So many different pages of 20 the entities make: each query matches one of them. */
const pages = Math.max(Math.floor(population / 20), 1)
const folder = mkdtempSync(join(tmpdir(), 'hub-bench-'))
const servers: Pick<Server, 'stop'>[] = []
const rows: Row[] = []
const shares: Share[] = []
const figures: Figure[] = []

async function measureAll(): Promise<void> {
  const hub = await filled(await startHub(folder, { name: 'warm', settings: CONTEXT }), {})
  const sample = await text(hub.url, retrieve(1, population))
  const page = await text(hub.url, query(1, pages))
  const bare = await startBare(folder, sample, page)
  servers.push(bare)
  for (const measure of MEASURES) await row(measure, hub.url, bare.url)
  await cold(bare)
  await secured(bare, hub.url)
  if (isWanted('store')) rows.push(...(await storeAlone(join(folder, 'store'), seconds, pages)))
  const part = { folder, seconds, rounds, connections, isWanted, started }
  figures.push(...(await notifications(part)))
  figures.push(...(await access(part)))
  figures.push(...(await federation(part)))
  figures.push(...(await federationMatch(part)))
  figures.push(...(await history({ ...part, instances: Number(values.instances) })))
  figures.push(...(await feeds({ ...part, bytes: Number(values.bytes), columns: Number(values.columns) })))
  share('batch20', 'create')
  share('batch20', 'store.commit20')
  print()
  writeJson({ machine: machine(), results: rows, shares, figures })
}

function writeJson(results: object): void {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
}

/** Shared by both hubs: with and without access control the same terms stand for the same names. */
const CONTEXT = { HUB_CONTEXT_DEFAULT: 'ontology' }

const READS: readonly Measure[] = [
  { name: 'retrieve', make: (at) => retrieve(at, population), warm: population },
  { name: 'query20.warm', make: (at) => query(at % 10, pages) },
]

const WRITES: readonly Measure[] = [
  { name: 'create', make: (at) => create(at, pages) },
  { name: 'batch20', make: (at) => createBatch(at, pages), items: 20 },
  { name: 'update', make: (at) => update(at, population) },
]

const MEASURES: readonly Measure[] = [
  ...READS,
  { name: 'retrieve.200', make: (at) => retrieve(at, population), connections: 200 },
  { name: 'query20.mixed', make: (at) => (at % 10 === 0 ? update(at, population) : query(at % 10, pages)) },
  ...WRITES,
]

/** Without the caches of fragments and pages every entity is read, judged and rendered again. */
async function cold(bare: Server): Promise<void> {
  if (!isWanted('query20.cold')) return
  const settings = { ...CONTEXT, HUB_LIMITS_FRAGMENTS: '0' }
  const hub = await filled(await startHub(folder, { name: 'cold', settings }), {})
  await row({ name: 'query20.cold', make: (at) => query(at % 10, pages) }, hub.url, bare.url)
  await hub.stop()
}

/** The same with access control: an operator's token, policies with masks, answers in the operator's view. */
async function secured(bare: Server, open: string): Promise<void> {
  if (![...READS, ...WRITES].some(({ name }) => isWanted(`${name}.auth`))) return
  const config = join(folder, 'secured.yaml')
  writeFileSync(config, stringify(SECURED))
  const hub = await startHub(folder, { name: 'secured', config })
  const headers = { authorization: `Bearer ${await demoToken(ACCOUNT.name, hub.url)}` }
  await filled(hub, headers)
  for (const { make, ...rest } of [...READS, ...WRITES]) {
    const measure = { ...rest, make: (at: number) => make(at + UNUSED) }
    const withToken = (at: number): LoadRequest => ({ ...measure.make(at), headers })
    const beside = { url: open, measure }
    await row({ ...measure, name: `${rest.name}.auth`, make: withToken, beside }, hub.url, bare.url)
  }
  await hub.stop()
}

const ACCOUNT = { name: 'operator', roles: ['operator'], organisation: 'ioc', city: 'bench' }
const SECURED = {
  name: 'bench',
  city: ACCOUNT.city,
  context: { default: 'ontology' },
  auth: { policies: [join(packageRoot, 'config', 'policies', 'demo.yaml')] },
  // one caller asks as fast as it can: it is counted, and never refused
  limits: { requestsPerSecond: 1_000_000, burst: 1_000_000 },
  identity: { enabled: true, demoGrant: true, accounts: [ACCOUNT] },
}

/** Measures servers in turn, so that all meet the same moods of the machine; answers medians. */
async function row(measure: Measure, hub: string, bare: string): Promise<void> {
  const { name, make, items = 1, beside } = measure
  if (!isWanted(name)) return
  const options = { connections: measure.connections ?? connections, seconds }
  let sent = 0
  const next = (): LoadRequest => make(sent++)
  const warm = { ...options, seconds: Math.min(seconds, 1), requests: measure.warm ?? 0 }
  await load(hub, warm, next)
  const nextBeside = (): LoadRequest => beside?.measure.make(sent++) ?? next()
  if (beside) await load(beside.url, warm, nextBeside)
  const pairs: (readonly [LoadResult, LoadResult])[] = []
  const besides: number[] = []
  for (let round = 0; round < rounds; round++) {
    const ours = await load(hub, options, next)
    pairs.push([ours, await load(bare, options, next)])
    if (!beside) continue
    const other = await load(beside.url, options, nextBeside)
    besides.push(ours.requestsPerSecond / other.requestsPerSecond)
  }
  if (beside) shares.push({ name, of: beside.measure.name, ratio: rounded(median(besides)) })
  const ours = pairs.map(([one]) => one)
  const ratios = pairs.map(([one, other]) => one.requestsPerSecond / other.requestsPerSecond)
  rows.push({
    name,
    opsPerSecond: Math.round(median(ours.map((one) => one.requestsPerSecond)) * items),
    ratioToBare: rounded(median(ratios)),
    ratios: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
    p50ms: rounded(median(ours.map(({ p50ms }) => p50ms))),
    p99ms: rounded(median(ours.map(({ p99ms }) => p99ms))),
    p99ToBare: rounded(median(pairs.map(([one, other]) => one.p99ms / other.p99ms))),
  })
}

async function started<One extends Pick<Server, 'stop'>>(starting: Promise<One>): Promise<One> {
  const server = await starting
  servers.push(server)
  return server
}

function isWanted(name: string): boolean {
  return values.only === undefined || values.only.split(',').includes(name)
}

function share(name: string, of: string): void {
  const [mine, other] = [name, of].map((one) => rows.find((each) => each.name === one))
  if (mine && other) shares.push({ name, of, ratio: rounded(mine.opsPerSecond / other.opsPerSecond) })
}

async function filled(hub: Server, headers: Readonly<Record<string, string>>): Promise<Server> {
  servers.push(hub)
  await fill(hub.url, { population, pages, headers })
  return hub
}

async function text(url: string, { path }: LoadRequest): Promise<string> {
  const answer = await request(`${url}${path}`)
  return answer.body.text()
}

function median(list: readonly number[]): number {
  return [...list].sort((left, right) => left - right)[Math.floor(list.length / 2)] ?? Number.NaN
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}

/** Both stores beside each other, in place of all else. */
async function besideEmbedded(): Promise<void> {
  const part = { folder, seconds, rounds, connections, isWanted, started, population, pages }
  const { tables, figures: ratios } = await mongodb(part)
  figures.push(...ratios)
  process.stdout.write(`
${machine()}
${heading('both hubs')}${pinned ? '; hubs and load on a core of their own, the database server on all' : ''}
`)
  for (const { title, table } of tables) {
    process.stdout.write(`\n${title}\n`)
    printTable(table)
  }
  printFigures()
  writeJson({ machine: machine(), tables, figures })
}

function heading(who: string): string {
  return `${connections} connections, ${rounds} rounds of ${seconds} s for each row, ${who} in turn, medians; ${population} entities; one log line for each request in both servers`
}

function print(): void {
  process.stdout.write(`
${machine()}
${heading('hub and bare server')}${pinned ? '; server and load on a core of their own' : ''}
Bare: a node:http server of the same run. Reads: the same bytes. Writes: it parses the body, appends it to a file, and answers after an fdatasync that waiting requests share.

`)
  printTable([
    ['name', 'ops/s', 'ratio to bare', 'lowest', 'highest', 'p50 ms', 'p99 ms', 'p99 to bare'],
    ...rows.map((each) => [
      each.name,
      String(each.opsPerSecond),
      each.ratioToBare?.toFixed(3) ?? '-',
      ...(each.ratios ?? [undefined, undefined]).map((ratio) => ratio?.toFixed(3) ?? '-'),
      each.p50ms.toFixed(2),
      each.p99ms.toFixed(2),
      each.p99ToBare?.toFixed(2) ?? '-',
    ]),
  ])
  process.stdout.write('\n')
  printTable([
    ['row', 'of row', 'share'],
    ...shares.map(({ name, of, ratio }) => [name, of, ratio.toFixed(3)]),
  ])
  printFigures()
}

function printFigures(): void {
  process.stdout.write('\n')
  printTable([
    ['figure', 'value', 'aim', ''],
    ...figures.map(({ name, value, aim }) => [name, value.toFixed(3), aim, '']),
  ])
  for (const { name, text } of figures) process.stdout.write(`${name}: ${text}\n`)
}

try {
  pinLoad()
  if (values.growth) await growth(folder, population)
  else if (beside) await besideEmbedded()
  else await measureAll()
} finally {
  await Promise.all(servers.map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
}
