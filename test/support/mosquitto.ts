import { spawn, spawnSync } from 'node:child_process'
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Certificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** An MQTT server of tests; its one user is `hub` with the password `p@ss:word`. */
export interface Broker {
  readonly port: number
  /** Asks for client certificates; there when it was started with certificates. */
  readonly tlsPort?: number
  stop(): Promise<void>
  /** Starts again on the same ports. */
  start(): Promise<void>
}

export const USER = 'hub'
export const PASSWORD = 'p@ss:word'

const environment = {
  ...process.env,
  PATH: [process.env.PATH, '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'].join(delimiter),
}

/** Tells whether Mosquitto is on this machine. */
export function hasMosquitto(): boolean {
  return spawnSync('mosquitto', ['-h'], { env: environment, stdio: 'ignore' }).error === undefined
}

/** Starts Mosquitto on free ports of loopback, with user and password. @throws Error where it does not start */
export async function startMosquitto(certificates?: Certificates): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-mosquitto-'))
  const [port, tlsPort] = [await freePort(), await freePort()]
  writeFileSync(join(folder, 'users'), `${USER}:${hashed(PASSWORD)}\n`)
  writeFileSync(join(folder, 'mosquitto.conf'), configuration(folder, { port, tlsPort, certificates }))
  const run = async (): Promise<ReturnType<typeof spawn>> => {
    const child = spawn('mosquitto', ['-c', join(folder, 'mosquitto.conf')], {
      env: environment,
      stdio: 'ignore',
    })
    await until('Mosquitto to listen', () => listens(port))
    return child
  }
  let child = await run()
  return {
    port,
    ...(certificates && { tlsPort }),
    start: async () => {
      child = await run()
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill()
      await exit
      rmSync(join(folder, 'mosquitto.db'), { force: true })
    },
  }
}

function configuration(
  folder: string,
  {
    port,
    tlsPort,
    certificates,
  }: { readonly port: number; readonly tlsPort: number; readonly certificates: Certificates | undefined },
): string {
  const plain = [
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'allow_anonymous false',
    `password_file ${join(folder, 'users')}`,
    `listener ${port} 127.0.0.1`,
  ]
  if (!certificates) return `${plain.join('\n')}\n`
  const { authority, server } = certificates
  return `${[
    ...plain,
    `listener ${tlsPort} 127.0.0.1`,
    `cafile ${authority.certificateFile}`,
    `certfile ${server.certificateFile}`,
    `keyfile ${server.keyFile}`,
    'require_certificate true',
  ].join('\n')}\n`
}

/** As `mosquitto_passwd` writes it. */
function hashed(password: string): string {
  const salt = randomBytes(12)
  return `$7$101$${salt.toString('base64')}$${pbkdf2Sync(password, salt, 101, 64, 'sha512').toString('base64')}`
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1', () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', () => resolve(false))
  })
}
