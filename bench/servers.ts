import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadReport } from './feed-load.ts'

/** How a hub under measurement is started. */
export interface HubOptions {
  readonly name: string
  readonly settings?: Readonly<Record<string, string>>
  /** Configuration file; absent: no access control. */
  readonly config?: string
  readonly port?: number
  /** Its threads may run on the core of the load too: what it does beside answering is measured, not how fast one core is. */
  readonly everyCore?: boolean
}

/** A server under measurement: a process of its own, with all its threads on one core. */
export interface Server {
  readonly url: string
  /** Peak of its resident memory so far, bytes; undefined where the system does not tell. */
  peakBytes(): number | undefined
  /** Its resident memory now. */
  residentBytes(): number | undefined
  /** Seconds that it has had a processor so far, with all its threads; undefined where the system does not tell. */
  processorSeconds(): number | undefined
  stop(): Promise<void>
}

const HERE = fileURLToPath(new URL('.', import.meta.url))
const SERVER_CORE = 0
const LOAD_CORE = 1
/** As many as there were before this process was put on one of them. */
const CORES = availableParallelism()

/** Whether servers and load have a core of their own each. */
export const pinned = CORES > 1 && spawnSync('taskset', ['-V']).status === 0

/** The command that starts what the hub is started with, for others who measure it. */
export const HUB_PROGRAM = join(HERE, '..', 'broker', 'cli', 'main.js')

/** Puts this process, which makes the load, on the core that servers leave alone. */
export function pinLoad(): void {
  if (pinned) spawnSync('taskset', ['-acp', String(LOAD_CORE), String(process.pid)])
}

/** Starts what shall have every core, though this process, which starts it, has one. */
export async function startOnEveryCore<Started>(start: () => Promise<Started>): Promise<Started> {
  if (pinned) spawnSync('taskset', ['-acp', everyCore(), String(process.pid)])
  try {
    return await start()
  } finally {
    pinLoad()
  }
}

/** Answers a command that runs on the core of the servers. */
export function onServerCore(command: readonly string[]): readonly string[] {
  return pinned ? ['taskset', '-c', String(SERVER_CORE), ...command] : command
}

/** The load is on a core of its own, which a process started by it would share. */
function onEveryCore(command: readonly string[]): readonly string[] {
  return pinned ? ['taskset', '-c', everyCore(), ...command] : command
}

function everyCore(): string {
  return `0-${CORES - 1}`
}

/** Starts a hub with its data and its log in a folder, and answers when it listens. */
export function startHub(folder: string, options: HubOptions): Promise<Server> {
  const { name, settings = {}, config, port = 0, everyCore = false } = options
  const access = config === undefined ? ['--auth', 'off'] : ['--config', config]
  const parameters = ['serve', ...access, '--port', String(port), '--data', join(folder, name)]
  const program = [process.execPath, HUB_PROGRAM, ...parameters]
  const [command = '', ...rest] = everyCore ? onEveryCore(program) : onServerCore(program)
  const log = openSync(join(folder, `${name}.log`), 'a')
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', log], env: { ...process.env, ...settings } })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Hub stopped with ${code}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      const url = /listens on (\S+)/.exec(chunk.toString())?.[1]
      if (url !== undefined) resolve(serverOf(child, url))
    })
  })
}

/** Starts the bare server, which answers these texts. */
export async function startBare(folder: string, sample: string, page: string): Promise<Server> {
  const log = openSync(join(folder, 'bare.log'), 'a')
  const child = fork(join(HERE, 'bare-server.js'), [join(folder, 'bare.data'), sample, page], {
    stdio: ['ignore', 'ignore', log, 'ipc'],
  })
  if (pinned && child.pid !== undefined)
    spawnSync('taskset', ['-acp', String(SERVER_CORE), String(child.pid)])
  const address = await new Promise<AddressInfo>((resolve) =>
    child.once('message', (message) => resolve(message as AddressInfo)),
  ) // sent by the bare server
  return serverOf(child, `http://127.0.0.1:${address.port}`)
}

/** Starts a receiver of notifications on the core of the load; `silent`: it takes everything and never answers. */
export async function startReceiver(kind: 'takes' | 'silent' = 'takes'): Promise<Server> {
  const child = forkProgram('receiver', [kind])
  if (pinned && child.pid !== undefined) spawnSync('taskset', ['-acp', String(LOAD_CORE), String(child.pid)])
  return serverOf(child, await addressOf(child))
}

/** Loads a file through a feed in a process of its own on the core of the load: see feed-load. Answers what it says in the end. */
export async function startFeedLoad(
  parameters: readonly string[],
  onReport: (report: LoadReport) => Promise<void>,
): Promise<string> {
  const child = fork(join(HERE, 'feed-load.js'), parameters, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  if (pinned && child.pid !== undefined) spawnSync('taskset', ['-acp', String(LOAD_CORE), String(child.pid)])
  const reports: Promise<void>[] = []
  child.on('message', (report) => reports.push(onReport(report as LoadReport))) // what a load sends
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const [code] = (await once(child, 'close')) as [number | null] // as Node says it
  await Promise.all(reports)
  if (code !== 0) throw new Error(`Load ended with ${code}`)
  return said.trim()
}

/** A way to another server that can be cut. */
export interface Link extends Server {
  cut(): Promise<void>
  heal(): Promise<void>
}

/** Starts a link to a server, whose round trips take so much longer. */
export async function startLink({ url }: Server, roundTripMs: number): Promise<Link> {
  const child = forkProgram('link', [new URL(url).port, String(roundTripMs)])
  const tell = async (message: string): Promise<void> => {
    const done = new Promise((resolve) => child.once('message', resolve))
    child.send(message)
    await done
  }
  return {
    ...serverOf(child, await addressOf(child)),
    cut: () => tell('cut'),
    heal: () => tell('heal'),
  }
}

/** Starts a bare server that asks these URLs and merges what they answer. */
export async function startFanOut(folder: string, urls: readonly string[]): Promise<Server> {
  const child = forkProgram('fan-out', urls, openSync(join(folder, 'fan-out.log'), 'a'))
  return serverOf(child, await addressOf(child))
}

/** Such a process shares the core of the load unless it is moved. */
function forkProgram(
  name: string,
  parameters: readonly string[],
  log: number | 'inherit' = 'inherit',
): ChildProcess {
  const child = fork(join(HERE, `${name}.js`), parameters, { stdio: ['ignore', 'ignore', log, 'ipc'] })
  if (pinned && child.pid !== undefined) spawnSync('taskset', ['-acp', everyCore(), String(child.pid)])
  return child
}

async function addressOf(child: ChildProcess): Promise<string> {
  const { port } = await new Promise<AddressInfo>((resolve) =>
    child.once('message', (message) => resolve(message as AddressInfo)),
  ) // what such a process says first
  return `http://127.0.0.1:${port}`
}

function serverOf(child: ChildProcess, url: string): Server {
  return {
    url,
    peakBytes: () => statusBytes(child.pid, 'VmHWM'),
    residentBytes: () => statusBytes(child.pid, 'VmRSS'),
    processorSeconds: () => processorSeconds(child.pid),
    stop: () => ended(child),
  }
}

/** Counted in hundredths. */
function processorSeconds(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

function statusBytes(pid: number | undefined, name: 'VmHWM' | 'VmRSS'): number | undefined {
  try {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(
      readFileSync(`/proc/${pid}/status`, 'utf8'),
    )?.[1]
    return found === undefined ? undefined : Number(found) * 1024
  } catch {
    return undefined
  }
}
