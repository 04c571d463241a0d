import { Writable } from 'node:stream'
import type { Client } from 'basic-ftp'
import type { RemoteFolderTransport } from '../kit/definition/transport-definition.ts'
import type { FileContent, OpenFolder } from './folder.ts'
import type { Limits } from './http-source.ts'
import { listRemote, type RemoteItem } from './remote-folder.ts'
import { SourceFault } from './transport.ts'

/** What FTP answers to a file or folder that is not there or not to be read (RFC 959, 4.2). */
const UNAVAILABLE = new Set([450, 550])

/** Opens a folder of an FTP server: encrypted unless that is given up in words. */
export function ftpFolder(
  definition: RemoteFolderTransport,
  limits: Limits,
): (signal: AbortSignal) => Promise<OpenFolder> {
  const root = decodeURIComponent(new URL(definition.url).pathname)
  return async (signal) => {
    const session = new Session(definition, limits, signal)
    await session.client()
    return {
      list: () => listRemote((folder) => session.items(`${root}/${folder}`), definition),
      read: (entry, maxBytes) => session.read(`${root}/${entry.path}`, maxBytes),
      close: async () => session.close(),
    }
  }
}

/** A connection that is opened again when a transfer had to be cut. */
class Session {
  readonly #definition: RemoteFolderTransport
  readonly #limits: Limits
  readonly #signal: AbortSignal
  readonly #end = (): void => this.#client?.close()
  #client: Client | undefined

  constructor(definition: RemoteFolderTransport, limits: Limits, signal: AbortSignal) {
    this.#definition = definition
    this.#limits = limits
    this.#signal = signal
    signal.addEventListener('abort', this.#end)
  }

  async client(): Promise<Client> {
    this.#signal.throwIfAborted()
    if (this.#client?.closed === false) return this.#client
    const { Client, FTPError } = await import('basic-ftp') // loaded with the first such feed
    const client = new Client(this.#definition.timeoutMs)
    this.#client = client
    try {
      await client.access(await this.#access())
    } catch (cause) {
      client.close()
      if (cause instanceof FTPError)
        throw new SourceFault(`Server answers ${cause.code} to signing in`, { cause })
      throw cause
    }
    return client
  }

  async items(folder: string): Promise<readonly RemoteItem[]> {
    const client = await this.client()
    return (await client.list(folder)).map(({ name, size, isDirectory, modifiedAt, rawModifiedAt }) => ({
      name,
      size,
      isFolder: isDirectory,
      changed: modifiedAt?.toISOString() ?? rawModifiedAt,
    }))
  }

  async read(file: string, maxBytes: number): Promise<FileContent | undefined> {
    const client = await this.client()
    const { FTPError } = await import('basic-ftp')
    const target = new Collected(maxBytes, () => client.close())
    try {
      await client.downloadTo(target, file)
    } catch (error) {
      if (target.isFull) return { bytes: target.bytes }
      if (error instanceof FTPError && UNAVAILABLE.has(error.code)) return undefined
      throw error
    }
    return { bytes: target.bytes }
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#end)
    this.#client?.close()
  }

  async #access(): Promise<Parameters<Client['access']>[0]> {
    const { url, user = 'anonymous', password, encryption, authorities } = this.#definition
    const { protocol, hostname, port } = new URL(url)
    const { secrets } = this.#limits
    const implicit = protocol === 'ftps:'
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (implicit ? 990 : 21) : Number(port),
      user,
      password: password ? await secrets(password) : 'guest',
      secure: implicit ? 'implicit' : encryption === 'required',
      ...(authorities && { secureOptions: { ca: await secrets(authorities) } }),
    }
  }
}

/** Collects what is downloaded, up to one byte more than may be. */
class Collected extends Writable {
  readonly #most: number
  readonly #full: () => void
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(maxBytes: number, full: () => void) {
    super()
    this.#most = maxBytes + 1
    this.#full = full
  }

  get isFull(): boolean {
    return this.#size >= this.#most
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks).subarray(0, this.#most)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.isFull) this.#full()
    done()
  }
}
