import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import { packageRoot } from '../../../ontology/package-root.ts'
import { CommandFailure } from '../command-failure.ts'
import { CITIES } from '../demo-cities.ts'
import { demoToken } from '../demo-token.ts'
import { addKeyEpoch } from './add-key-epoch.ts'
import { startDemoSources } from './demo-sources.ts'
import { faultsOf } from './simulate.ts'

/** The hubs of the demonstration: name of the configuration and its port. The first runs the identity provider. */
const HUBS = [{ name: 'province', title: 'Thái Nguyên province', port: 1026 }, ...CITIES] as const

const PROVINCE = 'http://127.0.0.1:1026'
const READY_SECONDS = 60

/** What of the demonstration is said on the command line. */
export interface DemoOptions {
  readonly data: string
  /** The cities have all feeds, from sources that are simulated. */
  readonly feeds: boolean
  /** How often those say something, seconds. */
  readonly every: number
  /** What goes wrong with them, one after the other. */
  readonly faults: readonly string[]
}

/** Runs the hubs of the demonstration until they are told to stop. @throws CommandFailure */
export async function demo({ data, ...options }: DemoOptions): Promise<void> {
  const faults = faultsOf(options.faults)
  await checkPorts()
  mkdirSync(data, { recursive: true })
  const password = demoPassword(data)
  const keys = await sealingKeys(data)
  const sources = options.feeds ? await startDemoSources(data, options.every) : undefined
  process.stdout.write('Starting four hubs …\n')
  const hubs = HUBS.map(({ name }) => {
    const config = sources?.configs.get(name) ?? join(packageRoot, 'config', 'demo', `${name}.yaml`)
    return startHub({ name, config }, data, { password, keys })
  })
  const stop = stopTogether(hubs)
  const speaking = sources
    ?.speak({ everySeconds: options.every, faults, signal: stop.asked })
    .catch((error: Error) => process.stderr.write(`Simulated sources stopped: ${error.message}\n`))
  try {
    await Promise.race([waitForData(stop.asked), firstEnd(hubs, data)])
  } catch (error) {
    const early = stop.asked.aborted
    stop.now()
    await ended(hubs)
    await speaking
    if (early) return
    throw error
  }
  process.stdout.write(welcome(password, sources?.summary ?? ''))
  reportEnds(hubs, { data, asked: stop.asked })
  await ended(hubs)
  const asked = stop.asked.aborted
  stop.now()
  await speaking
  if (!asked) throw new CommandFailure('All hubs have stopped')
}

async function checkPorts(): Promise<void> {
  const taken: number[] = []
  for (const { port } of HUBS) if (!(await isFree(port))) taken.push(port)
  if (taken.length === 0) return
  const ports = taken.length === 1 ? `Port ${taken[0]} is` : `Ports ${taken.join(', ')} are`
  throw new CommandFailure(
    `${ports} taken on 127.0.0.1: stop the program that listens there (perhaps another demonstration)`,
  )
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolvePort) => {
    const probe = createServer()
    probe.once('error', () => resolvePort(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolvePort(true)))
  })
}

/** Each installation has a demo password of its own, kept beside its data. */
function demoPassword(data: string): string {
  const file = join(data, 'demo-password')
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(9).toString('base64url')}\n`, { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** The keys that personal data is encrypted with lie beside the folders of the hubs; a real hub has them elsewhere. */
async function sealingKeys(data: string): Promise<string> {
  const file = keysIn(data)
  if (!existsSync(file)) await addKeyEpoch(file, { name: 'demo', from: Date.now() })
  return file
}

function keysIn(data: string): string {
  return resolve(data, 'sealing-keys.yaml')
}

function startHub(
  { name, config }: Pick<RunningHub, 'name' | 'config'>,
  data: string,
  { password, keys }: DemoSecrets,
): RunningHub {
  const log = openSync(join(data, `${name}.log`), 'a')
  const hub = spawn(
    process.execPath,
    [join(packageRoot, 'broker', 'cli', 'hub.js'), 'serve', '--config', config, '--data', join(data, name)],
    {
      stdio: ['ignore', 'ignore', log],
      env: {
        ...process.env,
        HUB_SEALING_KEY_FILE: keys,
        ...(name === 'province' && { HUB_IDENTITY_DEMO_PASSWORD: password }),
      },
    },
  )
  closeSync(log)
  return {
    name,
    config,
    process: hub,
    ended: new Promise((resolveEnd) => hub.once('exit', () => resolveEnd())),
  }
}

interface DemoSecrets {
  readonly password: string
  readonly keys: string
}

interface RunningHub {
  readonly name: string
  /** File of its configuration. */
  readonly config: string
  readonly process: ChildProcess
  readonly ended: Promise<void>
}

/** Ctrl-C and SIGTERM end all hubs, each after it has drained; so does `now`. */
function stopTogether(hubs: readonly RunningHub[]): {
  readonly asked: AbortSignal
  readonly now: () => void
} {
  const stopping = new AbortController()
  const now = (): void => {
    stopping.abort()
    for (const hub of hubs) hub.process.kill('SIGTERM')
  }
  process.on('SIGINT', now)
  process.on('SIGTERM', now)
  return { asked: stopping.signal, now }
}

function ended(hubs: readonly RunningHub[]): Promise<unknown> {
  return Promise.all(hubs.map((hub) => hub.ended))
}

/** Before the demonstration is ready it needs all of its hubs. */
async function firstEnd(hubs: readonly RunningHub[], data: string): Promise<never> {
  const name = await Promise.race(hubs.map((hub) => hub.ended.then(() => hub.name)))
  throw new CommandFailure(`Hub ${name} stopped: its log is ${join(data, `${name}.log`)}`)
}

/** Later the others go on without one, as hubs do. */
function reportEnds(
  hubs: readonly RunningHub[],
  { data, asked }: { readonly data: string; readonly asked: AbortSignal },
): void {
  for (const { name, config, ended: end } of hubs) {
    end.then(() => {
      if (asked.aborted) return
      process.stderr.write(
        `Hub ${name} stopped, the others go on: its log is ${join(data, `${name}.log`)}\n` +
          `To start it again: HUB_SEALING_KEY_FILE=${keysIn(data)} npx hub serve --config ${config} ` +
          `--data ${join(data, name)}\n`,
      )
    })
  }
}

/** Waits until the province answers with entities of all three cities. */
async function waitForData(asked: AbortSignal): Promise<void> {
  const until = Date.now() + READY_SECONDS * 1000
  let seen = 0
  while (Date.now() < until) {
    seen = await citiesWithData().catch(() => 0)
    if (seen === 3) return
    await pause(500, undefined, { signal: asked })
  }
  throw new CommandFailure(`Demonstration has data of ${seen} of 3 cities after ${READY_SECONDS} seconds`)
}

async function citiesWithData(): Promise<number> {
  const token = await demoToken('analyst', PROVINCE)
  const path = '/ngsi-ld/v1/entities?type=AirQualityObserved&format=simplified&limit=100'
  const answer = await request(`${PROVINCE}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const entities = (await answer.body.json()) as unknown // checked below
  if (!Array.isArray(entities)) return 0
  const ids = entities.map((entity: { id?: unknown }) => String(entity.id))
  return ['thai-nguyen', 'song-cong', 'pho-yen'].filter((city) => ids.some((id) => id.includes(city))).length
}

function welcome(password: string, sources: string): string {
  const query = `${PROVINCE}/ngsi-ld/v1/entities?type`
  const lines = HUBS.map(({ title, port }) => `  ${title.padEnd(22)} http://127.0.0.1:${port}/`)
  return `
The hubs are running, with sample data of fictional persons:
${lines.join('\n')}
  API reference          ${PROVINCE}/docs     Ontology ${PROVINCE}/ontology/
${sources}
Demo accounts (password ${password}):
  dpo, analyst, operator.thai-nguyen, operator.song-cong, operator.pho-yen, public

Try, in another terminal in this folder:

1. Air quality of all three cities, as the provincial analyst
   curl -s -H "Authorization: Bearer $(npx hub token analyst)" '${query}=AirQualityObserved&format=simplified'

2. Citizen feedback, as a public application: the same entities without personal data
   curl -s -H "Authorization: Bearer $(npx hub token public)" '${query}=ServiceRequest&format=simplified'

3. Parking as GeoJSON, with free places
   curl -s -H "Authorization: Bearer $(npx hub token analyst)" -H 'Accept: application/geo+json' '${query}=OffStreetParking&q=availableSpotNumber>0&format=simplified'

Ctrl-C stops all hubs; the data stays.
`
}
