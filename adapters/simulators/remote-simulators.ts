import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { startFtpServer } from './ftp-server.ts'
import { startSftpServer } from './sftp-server.ts'
import type { Message, Simulator } from './simulator.ts'
import { startTcpProxy } from './tcp-proxy.ts'

const [USER, PASSWORD] = ['hub', 'secret']

/** An FTP server whose account finds files in folders by days; what it gives can be cut or stall while it is fetched. */
export async function ftpSimulator(folder: string): Promise<Simulator> {
  const server = await startFtpServer()
  const password = await passwordIn(folder)
  const url = `ftp://127.0.0.1:${server.port}/data`
  let gone = false
  return {
    place: `${url} as ${USER}`,
    variables: {},
    transport: { kind: 'ftp', url, user: USER, password: { file: password }, encryption: 'none' },
    give: async (messages) => {
      for (const message of messages) server.files.set(placeOf(message), fileOf(message))
    },
    breaks: async (fault) => {
      server.fault = fault === 'half' ? 'cut' : fault === 'slow' ? 'stall' : undefined
      if ((fault === 'down') === gone) return
      gone = fault === 'down'
      await (gone ? server.stop() : server.start())
    },
    stop: () => (gone ? Promise.resolve() : server.stop()),
  }
}

/** An SFTP server with the same files. */
export async function sftpSimulator(folder: string): Promise<Simulator> {
  const server = await startSftpServer()
  const proxy = await startTcpProxy(server.port, 4_000)
  const password = await passwordIn(folder)
  const url = `sftp://127.0.0.1:${proxy.port}/data`
  return {
    place: `${url} as ${USER}`,
    variables: {},
    transport: { kind: 'sftp', url, user: USER, password: { file: password }, hostKey: server.hostKey },
    give: async (messages) => {
      for (const message of messages) server.files.set(placeOf(message), fileOf(message))
    },
    breaks: async (fault) => proxy.breaks(fault),
    stop: async () => {
      await proxy.close()
      await server.stop()
    },
  }
}

async function passwordIn(folder: string): Promise<string> {
  const file = path.join(folder, 'password')
  await writeFile(file, `${PASSWORD}\n`, { mode: 0o600 })
  return file
}

function placeOf({ name }: Message): string {
  return `/data/${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/${name}`
}

function fileOf({ bytes }: Message) {
  return { bytes: Buffer.from(bytes), changed: new Date() }
}
