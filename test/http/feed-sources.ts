import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { connectAsync, type MqttClient } from 'mqtt'
import { type FtpFault, startFtpServer } from '../../adapters/simulators/ftp-server.ts'
import { startSftpServer } from '../../adapters/simulators/sftp-server.ts'
import { WAY_FAULTS } from '../../adapters/simulators/simulator.ts'
import { startTcpProxy, type TcpProxy } from '../../adapters/simulators/tcp-proxy.ts'
import { type Broker, PASSWORD, USER } from '../support/mosquitto.ts'
import { selfSigned } from '../support/self-signed.ts'

/** One record, or bytes that are none. */
export type Given = Readonly<Record<string, unknown>> | Buffer

/** What goes wrong, with what comes meanwhile. */
export type FeedFault = (trial: {
  /** The source has more from now on. */
  give(): Promise<void>
  /** Waits until the feed tells that its source failed. */
  told(): Promise<void>
}) => Promise<void>

/** The source of a feed, as an agency would run it, and what goes wrong with it. */
export interface FeedSource {
  /** Lines of `transport` in a feed.yaml. */
  readonly transport: string
  /** Lines of `format`. */
  readonly format: string
  give(records: readonly Given[]): Promise<void>
  /** Faults by what they are called; all is well again after each. */
  readonly faults: Readonly<Record<string, FeedFault>>
  close(): Promise<void>
}

/** Faults on the way to a server. */
function faultsOn(proxy: TcpProxy): FeedSource['faults'] {
  const broken =
    (fault: (typeof WAY_FAULTS)[number]): FeedFault =>
    async ({ give, told }) => {
      proxy.breaks(fault)
      await give()
      await told()
      proxy.breaks(undefined)
    }
  return Object.fromEntries(WAY_FAULTS.map((fault) => [fault, broken(fault)]))
}

const LINES = '  kind: json\n  lines: true\n'

function linesOf(records: readonly Given[]): Buffer {
  return Buffer.concat(
    records.flatMap((record) => [
      record instanceof Buffer ? record : Buffer.from(JSON.stringify(record)),
      Buffer.from('\n'),
    ]),
  )
}

/** Files that something else puts into a folder. */
export async function folderSource(folder: string): Promise<FeedSource> {
  const [drop, away] = [path.join(folder, 'drop'), path.join(folder, 'away')]
  await mkdir(drop)
  let [files, half]: [number, boolean] = [0, false]
  return {
    transport: '  kind: directory\n  path: drop\n  stableMs: 60\n',
    format: LINES,
    give: async (records) => {
      const [file, bytes] = [path.join(drop, `${++files}.json`), linesOf(records)]
      if (!half) {
        await writeFile(`${file}.part`, bytes)
        return rename(`${file}.part`, file)
      }
      // the rest comes when what is there was taken for all
      await writeFile(file, bytes.subarray(0, bytes.length / 2))
      await wait(400)
      return appendFile(file, bytes.subarray(bytes.length / 2))
    },
    faults: {
      down: async ({ give, told }) => {
        await rename(drop, away)
        await told()
        await rename(away, drop)
        await give()
      },
      half: async ({ give }) => {
        half = true
        await give()
        half = false
      },
    },
    close: async () => undefined,
  }
}

/** An FTP server of an agency that asks for encryption. */
export async function ftpSource(folder: string): Promise<FeedSource> {
  const certificate = selfSigned('localhost')
  const server = await startFtpServer(certificate)
  await writeFile(path.join(folder, 'authority.pem'), certificate.certificate)
  await writeFile(path.join(folder, 'password'), 'secret\n')
  let files = 0
  const spoilt =
    (fault: FtpFault): FeedFault =>
    async ({ give, told }) => {
      server.fault = fault
      await give()
      await told()
      server.fault = undefined
    }
  return {
    transport: `  kind: ftp
  url: ftp://localhost:${server.port}/data
  user: hub
  password: { file: password }
  authorities: { file: authority.pem }
  stableMs: 30
  everySeconds: 1
  timeoutMs: 600
`,
    format: LINES,
    give: async (records) => {
      // late files have smaller names
      const place = `/data/2025/11/15/TNG_${999 - ++files}.txt`
      server.files.set(place, { bytes: linesOf(records), changed: new Date('2031-01-01T00:00:00Z') })
    },
    faults: {
      down: async ({ give, told }) => {
        await server.stop()
        await give()
        await told()
        await server.start()
      },
      slow: spoilt('stall'),
      half: spoilt('cut'),
    },
    close: () => server.stop(),
  }
}

/** An SFTP server of an agency. */
export async function sftpSource(folder: string): Promise<FeedSource> {
  const server = await startSftpServer()
  const proxy = await startTcpProxy(server.port, 9_000)
  await writeFile(path.join(folder, 'password'), 'secret\n')
  let files = 0
  return {
    transport: `  kind: sftp
  url: sftp://127.0.0.1:${proxy.port}/data
  user: hub
  password: { file: password }
  hostKey: ${server.hostKey}
  stableMs: 30
  everySeconds: 1
  timeoutMs: 600
`,
    format: LINES,
    give: async (records) => {
      server.files.set(`/data/${999 - ++files}.txt`, { bytes: linesOf(records), changed: new Date(0) })
    },
    faults: faultsOn(proxy),
    close: async () => {
      await proxy.close()
      await server.stop()
    },
  }
}

/** An HTTP server that has its records on pages, and wants a token. */
export async function httpSource(folder: string): Promise<FeedSource> {
  const given: Given[] = []
  const server = createServer((request, response) => {
    if (request.url === '/token') return answerToken(request.headers.authorization, response)
    if (request.headers.authorization !== 'Bearer good') return response.writeHead(401).end()
    const from = Number(new URL(request.url ?? '/', 'http://source').searchParams.get('from') ?? 0)
    const page = given.slice(from, from + 100)
    if (from + 100 < given.length) response.setHeader('Link', `</records?from=${from + 100}>; rel="next"`)
    return response.end(linesOf(page))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = await startTcpProxy((server.address() as AddressInfo).port, 5_000) // it listens
  await writeFile(path.join(folder, 'secret'), 'of-the-client')
  const url = `http://127.0.0.1:${proxy.port}`
  return {
    transport: `  kind: http-poll
  url: ${url}/records
  authentication: { kind: oauth, tokenUrl: '${url}/token', client: hub, secret: { file: secret } }
  paging: { by: link }
  everySeconds: 1
  timeoutMs: 400
`,
    format: LINES,
    give: async (records) => void given.push(...records),
    faults: faultsOn(proxy),
    close: async () => {
      await proxy.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answerToken(authorization: string | undefined, response: ServerResponse): void {
  const known = authorization === `Basic ${Buffer.from('hub:of-the-client').toString('base64')}`
  response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify(known ? { access_token: 'good', expires_in: 3600 } : { error: 'invalid_client' }),
  )
}

/** Devices that publish to an MQTT server. */
export async function mqttSource(
  folder: string,
  { broker, version, qos }: { readonly broker: Broker; readonly version: '3.1.1' | '5'; readonly qos: 1 | 2 },
): Promise<FeedSource> {
  const proxy = await startTcpProxy(broker.port, 5_000)
  await writeFile(path.join(folder, 'password'), PASSWORD)
  const name = `feed-${version}`
  const publisher: MqttClient = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    username: USER,
    password: PASSWORD,
    reconnectPeriod: 0,
  })
  return {
    transport: `  kind: mqtt
  url: mqtt://127.0.0.1:${proxy.port}
  version: '${version}'
  topics: ['${name}/+/up']
  qos: ${qos}
  client: ${name}
  user: ${USER}
  password: { file: password }
  gatherMs: 60
  timeoutMs: 400
`,
    format: '  kind: json\n',
    give: async (records) => {
      const texts = records.map((record) => (record instanceof Buffer ? record : JSON.stringify(record)))
      // of more at once with QoS 2 servers drop some that they acknowledge
      for (let at = 0; at < texts.length; at += 16) {
        const some = texts.slice(at, at + 16)
        await Promise.all(
          some.map((text, more) => publisher.publishAsync(`${name}/${at + more}/up`, text, { qos })),
        )
      }
    },
    faults: faultsOn(proxy),
    close: async () => {
      await publisher.endAsync(true)
      await proxy.close()
    },
  }
}

/** A database that another program writes. */
export async function sqliteSource(folder: string): Promise<FeedSource> {
  const file = path.join(folder, 'readings.db')
  const database = new DatabaseSync(file, { timeout: 5000 })
  database.exec('CREATE TABLE readings (id INTEGER PRIMARY KEY, key TEXT, count, at TEXT, changed TEXT)')
  const insert = database.prepare('INSERT INTO readings (key, count, at, changed) VALUES (?, ?, ?, ?)')
  let [second, locked] = [0, false]
  return {
    transport: `  kind: sql
  url: sqlite:readings.db
  query: SELECT id, key, count, at, changed FROM readings
  watermark: { column: changed, key: id, overlap: 0 }
  pageRows: 70
  everySeconds: 1
  timeoutMs: 100
`,
    format: '  kind: json\n',
    give: async (records) => {
      const changed = `2025-11-15 08:00:${String(++second).padStart(2, '0')}`
      if (!locked) database.exec('BEGIN IMMEDIATE')
      for (const record of records) {
        if (record instanceof Buffer) continue
        const { key = null, count = null, at = null } = record as Record<string, string | number>
        insert.run(key, count, at, changed)
      }
      if (!locked) database.exec('COMMIT')
    },
    faults: {
      down: async ({ give, told }) => {
        await rename(file, `${file}.away`)
        await told()
        await rename(`${file}.away`, file)
        await give()
      },
      slow: async ({ give, told }) => {
        database.exec('BEGIN EXCLUSIVE')
        locked = true
        await give()
        await told()
        database.exec('COMMIT')
        locked = false
      },
    },
    close: async () => database.close(),
  }
}
