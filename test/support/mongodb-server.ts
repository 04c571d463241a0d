import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { MongoClient } from 'mongodb'
import { packageRoot } from '../../ontology/package-root.ts'

/** A server of tests that speaks the protocol of MongoDB. */
export interface MongoServer {
  readonly url: string
  close(): Promise<void>
}

const BUILD_MILLIS = 300_000
const SOURCE = join(packageRoot, 'test/support/ferretdb')
const PROGRAM = join(packageRoot, 'dist', `ferretdb${process.platform === 'win32' ? '.exe' : ''}`)
/** The folder that all share that run files of this run; without one this process is alone. */
export const RUN_FOLDER = process.env.TEST_RUN_FOLDER

/** Tells why no server can be had, in words for the title of a skipped suite; undefined: there is one. */
export function missingMongo(): string | undefined {
  if (process.env.MONGODB_URL || isBuilt()) return undefined
  if (spawnSync('go', ['version'], { timeout: 10_000 }).status !== 0) return 'no MONGODB_URL, no Go'
  buildOnce()
  return isBuilt() ? undefined : 'no MONGODB_URL, and FerretDB cannot be built here'
}

/** Builds the server, or waits until another process of this run has done so: Go would compile all of it for each. */
function buildOnce(): void {
  if (RUN_FOLDER === undefined) {
    build()
    return
  }
  const folder = join(RUN_FOLDER, 'ferretdb-build')
  const ended = join(folder, 'ended')
  // whoever makes it builds
  if (mkdirSync(folder, { recursive: true }) !== undefined) {
    build()
    writeFileSync(ended, '')
  }
  const patience = Date.now() + BUILD_MILLIS
  const clock = new Int32Array(new SharedArrayBuffer(4))
  while (!existsSync(ended) && Date.now() < patience) Atomics.wait(clock, 0, 0, 100)
}

function build(): void {
  spawnSync(process.execPath, [join(SOURCE, 'build.js')], { timeout: BUILD_MILLIS, stdio: 'ignore' })
}

/** Starts a server, or takes that of MONGODB_URL. @throws Error where it does not start */
export async function startMongo(): Promise<MongoServer> {
  if (process.env.MONGODB_URL) return { url: process.env.MONGODB_URL, close: async () => {} }
  const folder = mkdtempSync(join(tmpdir(), 'hub-ferretdb-'))
  const child = spawn(PROGRAM, [folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const url = await firstLine(child)
  return {
    url,
    async close() {
      const exit = once(child, 'exit')
      child.stdin?.end()
      await exit
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Takes a database away. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  const client = await new MongoClient(url).connect()
  await client.db(name).dropDatabase()
  await client.close()
}

function isBuilt(): boolean {
  return isNewer(
    PROGRAM,
    ['main.go', 'build.js', 'go.mod', 'go.sum'].map((file) => join(SOURCE, file)),
  )
}

/** Tells whether a program was built since these files changed. */
export function isNewer(program: string, sources: readonly string[]): boolean {
  const built = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return sources.every((source) => statSync(source).mtimeMs <= built)
}

/** Answers the first line that a server prints. @throws Error when it ends before */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('Server has no output')
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('Server ended before it said where it listens')
}
