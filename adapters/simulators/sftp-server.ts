import { createHash, generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import ssh2, { type FileEntry, type SFTPWrapper } from 'ssh2'

/** A simulated SFTP server, for reading; its one user is `hub` with the password `secret`. */
export interface SftpServer {
  readonly port: number
  /** Fingerprint of its key, as `ssh-keygen -lf` prints it. */
  readonly hostKey: string
  /** Files by their paths. */
  readonly files: Map<string, { readonly bytes: Buffer; readonly changed: Date }>
  stop(): Promise<void>
}

const { Server, utils } = ssh2
const { OPEN_MODE, STATUS_CODE } = utils.sftp
const [FOLDER_MODE, FILE_MODE] = [0o040755, 0o100644]

/** Starts an SFTP server on a free port of loopback, or on that one. */
export async function startSftpServer(port = 0): Promise<SftpServer> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const key = utils.parseKey(privateKey)
  if (key instanceof Error) throw key
  const files: SftpServer['files'] = new Map()
  const clients = new Set<{ end(): unknown }>()
  const server = new Server({ hostKeys: [privateKey] }, (client) => {
    clients.add(client)
    client.on('error', () => undefined)
    client.on('authentication', (context) => {
      const known =
        context.method === 'password' && context.username === 'hub' && context.password === 'secret'
      if (known) context.accept()
      else context.reject(['password'])
    })
    client.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serve(acceptSftp(), files))
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // it listens
    hostKey: `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`,
    files,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const client of clients) client.end()
      await closed
    },
  }
}

function serve(sftp: SFTPWrapper, files: SftpServer['files']): void {
  const open = new Map<number, { readonly path: string; told: boolean }>()
  let last = 0
  const handleOf = (path: string): Buffer => {
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(++last)
    open.set(last, { path, told: false })
    return handle
  }
  sftp.on('OPENDIR', (id, path) => sftp.handle(id, handleOf(path)))
  sftp.on('READDIR', (id, handle) => {
    const folder = open.get(handle.readUInt32BE())
    if (!folder || folder.told) return sftp.status(id, STATUS_CODE.EOF)
    folder.told = true
    return sftp.name(id, listing(folder.path, files))
  })
  sftp.on('OPEN', (id, path, flags) => {
    const known = files.has(normal(path)) && flags === OPEN_MODE.READ
    return known ? sftp.handle(id, handleOf(path)) : sftp.status(id, STATUS_CODE.NO_SUCH_FILE)
  })
  sftp.on('READ', (id, handle, offset, length) => {
    const bytes = files.get(normal(open.get(handle.readUInt32BE())?.path ?? ''))?.bytes
    if (!bytes || offset >= bytes.length) return sftp.status(id, STATUS_CODE.EOF)
    return sftp.data(id, bytes.subarray(offset, offset + length))
  })
  sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK))
}

function listing(folder: string, files: SftpServer['files']): FileEntry[] {
  const from = `${normal(folder)}/`.replace('//', '/')
  const entries = new Map<string, FileEntry>()
  for (const [path, { bytes, changed }] of files) {
    if (!path.startsWith(from)) continue
    const [name = '', ...deeper] = path.slice(from.length).split('/')
    const time = Math.floor(changed.getTime() / 1000)
    const mode = deeper.length > 0 ? FOLDER_MODE : FILE_MODE
    const attrs = { mode, uid: 0, gid: 0, size: bytes.length, atime: time, mtime: time }
    entries.set(name, { filename: name, longname: name, attrs } as FileEntry) // as they are written
  }
  return [...entries.values()]
}

/** Paths start at the root, with single slashes. */
function normal(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`
}
