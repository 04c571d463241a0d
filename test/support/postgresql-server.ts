import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** A PostgreSQL server of tests; its superuser is `owner` with the password `p@ss:word`. */
export interface PostgresqlServer {
  readonly port: number
  stop(): Promise<void>
}

const DEBIAN = '/usr/lib/postgresql'
const folders = [
  ...(process.env.PATH ?? '').split(delimiter),
  ...(existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : []),
]

function program(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

/** Tells whether PostgreSQL is on this machine. */
export function hasPostgresql(): boolean {
  return program('initdb') !== undefined && program('postgres') !== undefined
}

/** It does not run as root: then it is somebody without rights. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

/** Starts PostgreSQL on a free port of loopback. @throws Error where it does not start */
export async function startPostgresql(): Promise<PostgresqlServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-postgresql-'))
  const [data, password, port] = [join(folder, 'data'), join(folder, 'password'), await freePort()]
  writeFileSync(password, 'p@ss:word\n')
  // the folder of the run is this user's alone
  if (nobody.uid !== undefined && process.env.TEST_RUN_FOLDER) chmodSync(process.env.TEST_RUN_FOLDER, 0o711)
  if (nobody.uid !== undefined)
    for (const place of [folder, password]) chownSync(place, nobody.uid, nobody.gid)
  const made = spawnSync(
    program('initdb') ?? 'initdb',
    [
      '-D',
      data,
      '-U',
      'owner',
      '-A',
      'scram-sha-256',
      `--pwfile=${password}`,
      '--no-sync',
      '--locale=C',
      '-E',
      'UTF8',
    ],
    { ...nobody, cwd: folder, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`PostgreSQL cannot be set up: ${made.stderr}`)
  const child = spawn(
    program('postgres') ?? 'postgres',
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'],
    { ...nobody, cwd: folder, stdio: 'ignore' },
  )
  // it says so in the file of its process
  const state = join(data, 'postmaster.pid')
  await until(
    'PostgreSQL to be ready',
    () => existsSync(state) && /^ready/m.test(readFileSync(state, 'utf8')),
  )
  return {
    port,
    stop: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGINT')
      await exit
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
