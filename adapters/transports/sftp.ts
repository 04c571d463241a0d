import { createHash, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Client, ConnectConfig, SFTPWrapper } from 'ssh2'
import type { RemoteFolderTransport } from '../kit/definition/transport-definition.ts'
import type { FileContent, OpenFolder } from './folder.ts'
import type { Limits } from './http-source.ts'
import { listRemote, type RemoteItem } from './remote-folder.ts'
import { SourceFault } from './transport.ts'

const FOLDER_TYPE = 0o040000
const FILE_TYPE = 0o100000
const TYPE_MASK = 0o170000
const PIECE_BYTES = 262_144
/** What SFTP answers to a file that is not there or not to be read. */
const UNAVAILABLE = new Set([2, 3, 4])

/** Opens a folder of an SSH server, whose key has to be the one that is expected. */
export function sftpFolder(
  definition: RemoteFolderTransport,
  limits: Limits,
): (signal: AbortSignal) => Promise<OpenFolder> {
  const root = decodeURIComponent(new URL(definition.url).pathname)
  return async (signal) => {
    const { Client } = await import('ssh2') // loaded with the first such feed
    const client = new Client()
    const end = (): void => void client.destroy()
    signal.addEventListener('abort', end)
    const close = async (): Promise<void> => {
      signal.removeEventListener('abort', end)
      client.destroy()
    }
    try {
      const sftp = await connected(client, await configOf(definition, limits))
      const session = new Session(client, sftp, definition.timeoutMs)
      return {
        list: () => listRemote((folder) => session.items(`${root}/${folder}`), definition),
        read: (entry, maxBytes) => session.read(`${root}/${entry.path}`, Math.min(entry.size, maxBytes + 1)),
        close,
      }
    } catch (error) {
      await close()
      throw error
    }
  }
}

async function configOf(
  { url, user, password, privateKey, passphrase, hostKey, timeoutMs }: RemoteFolderTransport,
  { secrets }: Limits,
): Promise<ConnectConfig> {
  const { hostname, port } = new URL(url)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 22 : Number(port),
    readyTimeout: timeoutMs,
    keepaliveInterval: 15_000,
    hostVerifier: (key: Buffer) => isKey(key, hostKey ?? ''),
    ...(user !== undefined && { username: user }),
    ...(password && { password: await secrets(password) }),
    ...(privateKey && { privateKey: await secrets(privateKey) }),
    ...(passphrase && { passphrase: await secrets(passphrase) }),
  }
}

/** Tells whether a key has the fingerprint that `ssh-keygen -lf` prints of it. */
function isKey(key: Buffer, fingerprint: string): boolean {
  const expected = Buffer.from(fingerprint.replace(/^SHA256:/, ''), 'base64')
  const actual = createHash('sha256').update(key).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function connected(client: Client, config: ConnectConfig): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.on('error', (cause: Error & { readonly level?: string }) => reject(faultOf(cause)))
    client.on('close', () => reject(new SourceFault('Server closes the connection')))
    client.on('ready', () => {
      client.sftp((error, sftp) => {
        if (error) reject(new SourceFault('Server has no SFTP', { cause: error }))
        else resolve(sftp)
      })
    })
    client.connect(config)
  })
}

function faultOf(cause: Error & { readonly level?: string }): SourceFault {
  if (cause.level === 'client-authentication') return new SourceFault('Server refuses to sign in', { cause })
  if (cause.message.includes('Host denied'))
    return new SourceFault('Server shows another key than expected', { cause })
  return new SourceFault('Server cannot be reached', { cause })
}

/** What is asked of a server in one visit; one that does not answer in time is hung up on. */
class Session {
  readonly #client: Client
  readonly #sftp: SFTPWrapper
  readonly #timeoutMs: number
  readonly #closed: Promise<never>

  constructor(client: Client, sftp: SFTPWrapper, timeoutMs: number) {
    this.#client = client
    this.#sftp = sftp
    this.#timeoutMs = timeoutMs
    this.#closed = new Promise((_, reject) => {
      client.on('close', () => reject(new SourceFault('Server closes the connection')))
    })
    this.#closed.catch(() => undefined)
  }

  async items(folder: string): Promise<readonly RemoteItem[]> {
    const list = await this.#inTime(promisify(this.#sftp.readdir.bind(this.#sftp))(folder))
    return list
      .map(({ filename, attrs }) => ({ filename, attrs, type: attrs.mode & TYPE_MASK }))
      .filter(({ type }) => type === FOLDER_TYPE || type === FILE_TYPE)
      .map(({ filename, attrs, type }) => ({
        name: filename,
        isFolder: type === FOLDER_TYPE,
        size: attrs.size,
        changed: String(attrs.mtime),
      }))
  }

  async read(file: string, length: number): Promise<FileContent | undefined> {
    try {
      const handle = await this.#inTime(promisify(this.#open.bind(this))(file))
      const bytes = await this.#pieces(handle, length)
      await this.#inTime(promisify(this.#sftp.close.bind(this.#sftp))(handle))
      return { bytes }
    } catch (error) {
      if (UNAVAILABLE.has((error as { readonly code?: number }).code ?? 0)) return undefined // of SFTP, or another
      throw error
    }
  }

  #open(file: string, done: (error: Error | undefined, handle: Buffer) => void): void {
    this.#sftp.open(file, 'r', done)
  }

  async #pieces(handle: Buffer, length: number): Promise<Uint8Array> {
    const bytes = Buffer.alloc(length)
    let at = 0
    while (at < length) {
      const read = await this.#inTime(this.#piece(handle, bytes, at))
      if (read === 0) break
      at += read
    }
    return bytes.subarray(0, at)
  }

  #piece(handle: Buffer, bytes: Buffer, at: number): Promise<number> {
    const length = Math.min(PIECE_BYTES, bytes.length - at)
    return new Promise((resolve, reject) => {
      this.#sftp.read(handle, bytes, at, length, at, (error, read) => {
        if (error && (error as { readonly code?: number }).code !== 1)
          reject(error) // 1: the end of the file
        else resolve(error ? 0 : read)
      })
    })
  }

  async #inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const late = setTimeout(() => this.#client.destroy(), this.#timeoutMs)
    try {
      return await Promise.race([answer, this.#closed])
    } finally {
      clearTimeout(late)
    }
  }
}
