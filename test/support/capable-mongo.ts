import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { MongoClient } from 'mongodb'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from './free-port.ts'
import { firstLine, isNewer, type MongoServer, RUN_FOLDER } from './mongodb-server.ts'
import { until } from './until.ts'

const SOURCE = join(packageRoot, 'test/support/mongo-java-server')
const SOURCES = ['ChangeEvents.java', 'MongoJavaServer.java', 'build.js', 'jars.sha256', 'pom.xml'].map(
  (file) => join(SOURCE, file),
)
const FOLDER = join(packageRoot, 'dist/mongo-java-server')
const PROGRAM = join(FOLDER, 'MongoJavaServer.class')
const BUILD_MILLIS = 120_000
/** What could not be built once is not tried by every file of a run. */
const TRIED = RUN_FOLDER === undefined ? undefined : join(RUN_FOLDER, 'mongo-java-server-tried')
const SET = 'hub'

/** A server that several processes can work on, and what it is. */
export interface CapableMongo extends MongoServer {
  readonly kind: 'MONGODB_URL' | 'mongod' | 'mongo-java-server'
}

/** Tells why no server for several processes can be had, in words for the title of a skipped suite; undefined: there is one. */
export function missingCapableMongo(): string | undefined {
  if (process.env.MONGODB_URL || hasMongod() || isBuilt()) return undefined
  const without = 'no MONGODB_URL, no mongod'
  for (const program of ['java', 'javac', 'mvn'])
    if (spawnSync(program, ['-version'], { timeout: 20_000 }).status !== 0) return `${without}, no ${program}`
  if (TRIED === undefined || !isNewer(TRIED, SOURCES)) {
    spawnSync(process.execPath, [join(SOURCE, 'build.js')], { timeout: BUILD_MILLIS, stdio: 'ignore' })
    if (TRIED !== undefined) writeFileSync(TRIED, '')
  }
  return isBuilt() ? undefined : `${without}, and mongo-java-server cannot be built here`
}

/** Starts a server for several processes, or takes that of MONGODB_URL. @throws Error where it does not start */
export async function startCapableMongo(): Promise<CapableMongo> {
  if (process.env.MONGODB_URL)
    return { url: process.env.MONGODB_URL, kind: 'MONGODB_URL', close: async () => {} }
  return hasMongod() ? startReplicaSet() : startJavaServer()
}

function hasMongod(): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'mongod')))
}

function isBuilt(): boolean {
  return isNewer(PROGRAM, SOURCES)
}

async function startJavaServer(): Promise<CapableMongo> {
  const classes = [join(FOLDER, 'jars', '*'), FOLDER].join(delimiter)
  // what lives for seconds is not worth being compiled well
  const sparing = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx512m']
  const child = spawn('java', [...sparing, '-cp', classes, 'MongoJavaServer'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const url = await firstLine(child)
  return {
    url,
    kind: 'mongo-java-server',
    async close() {
      const exit = once(child, 'exit')
      child.stdin?.end()
      await exit
    },
  }
}

/** A replica set of one member: change streams and majorities are those of any replica set. */
async function startReplicaSet(): Promise<CapableMongo> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-mongod-'))
  const port = await freePort()
  const at = `127.0.0.1:${port}`
  const child = spawn(
    'mongod',
    ['--replSet', SET, '--bind_ip', '127.0.0.1', '--port', `${port}`, '--dbpath', folder],
    { stdio: 'ignore' },
  )
  const client = new MongoClient(`mongodb://${at}/?directConnection=true`)
  await client.connect()
  const members = [{ _id: 0, host: at }]
  await client.db('admin').command({ replSetInitiate: { _id: SET, members } })
  await until(
    'a primary',
    async () => (await client.db('admin').command({ hello: 1 })).isWritablePrimary === true,
  )
  await client.close()
  return {
    url: `mongodb://${at}/?replicaSet=${SET}`,
    kind: 'mongod',
    async close() {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
