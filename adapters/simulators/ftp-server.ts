import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'

/** A certificate and its key, PEM. */
export interface ServerCertificate {
  readonly certificate: string
  readonly key: string
}

/** A file of a simulated FTP server. */
export interface FtpFile {
  readonly bytes: Buffer
  readonly changed: Date
}

/** What goes wrong with the next files that are fetched: the connection breaks in the middle, or nothing comes. */
export type FtpFault = 'cut' | 'stall'

/** A simulated FTP server (RFC 959, 2228, 3659, 4217), passive and for reading; its one user is `hub` with the password `secret`. */
export interface FtpServer {
  readonly port: number
  /** Files by their paths. */
  readonly files: Map<string, FtpFile>
  /** Commands that came, without what follows them. */
  readonly commands: string[]
  fault: FtpFault | undefined
  stop(): Promise<void>
  /** Listens again on the same port. */
  start(): Promise<void>
}

/** Starts an FTP server on a free port of loopback; with a certificate it takes no one whose connection is not encrypted. */
export async function startFtpServer(certificate?: ServerCertificate): Promise<FtpServer> {
  const secure = certificate && createSecureContext({ cert: certificate.certificate, key: certificate.key })
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    new Session(socket, state, secure)
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  const state: FtpServer = {
    port: 0,
    files: new Map(),
    commands: [],
    fault: undefined,
    start: () => listen(state.port),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  await listen(0)
  Object.assign(state, { port: (server.address() as AddressInfo).port }) // it listens
  return state
}

class Session {
  readonly #state: FtpServer
  readonly #secure: SecureContext | undefined
  #control: Socket
  #encrypted = false
  #private = false
  #signedIn = false
  #passive: Server | undefined
  #data: Promise<Socket> | undefined

  constructor(socket: Socket, state: FtpServer, secure: SecureContext | undefined) {
    this.#state = state
    this.#secure = secure
    this.#control = socket
    this.#hear(socket)
    this.#say('220 Ready')
  }

  #hear(socket: Socket): void {
    let text = ''
    socket.on('error', () => undefined)
    socket.on('close', () => this.#passive?.close())
    socket.on('data', (bytes) => {
      text += bytes
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        this.#obey(line)
      }
    })
  }

  #say(line: string): void {
    this.#control.write(`${line}\r\n`)
  }

  #obey(line: string): void {
    const [name = '', ...rest] = line.split(' ')
    const [command, argument] = [name.toUpperCase(), rest.join(' ')]
    this.#state.commands.push(command)
    switch (command) {
      case 'AUTH':
        this.#encrypt()
        break
      case 'USER':
        this.#say(this.#secure && !this.#encrypted ? '530 Not without encryption' : '331 Password')
        break
      case 'PASS':
        this.#signedIn = argument === 'secret'
        this.#say(this.#signedIn ? '230 Welcome' : '530 Not known')
        break
      case 'FEAT':
        this.#say('211-Features\r\n MLST size*;modify*;type*;\r\n EPSV\r\n211 End')
        break
      case 'PROT':
        this.#private = argument === 'P'
        this.#say('200 OK')
        break
      case 'EPSV':
        this.#listen()
        break
      case 'MLSD':
        this.#send(this.#signedIn ? this.#listing(argument) : undefined)
        break
      case 'RETR':
        this.#send(this.#signedIn ? this.#state.files.get(normal(argument))?.bytes : undefined, true)
        break
      case 'QUIT':
        this.#control.end('221 Bye\r\n')
        break
      default:
        this.#say(['TYPE', 'STRU', 'OPTS', 'PBSZ'].includes(command) ? '200 OK' : '502 Not here')
    }
  }

  #encrypt(): void {
    if (!this.#secure) {
      this.#say('502 Not here')
      return
    }
    this.#say('234 Go on')
    this.#control.removeAllListeners('data')
    this.#control = new TLSSocket(this.#control, { isServer: true, secureContext: this.#secure })
    this.#encrypted = true
    this.#hear(this.#control)
  }

  #listen(): void {
    this.#passive?.close()
    const server = createServer()
    this.#passive = server
    this.#data = new Promise((resolve) => server.once('connection', resolve))
    server.listen(0, '127.0.0.1', () => {
      this.#say(`229 Entering (|||${(server.address() as AddressInfo).port}|)`)
    })
  }

  #listing(folder: string): Buffer | undefined {
    const from = folder === '/' ? '/' : `${normal(folder)}/`
    const lines = new Set<string>()
    for (const [path, { bytes, changed }] of this.#state.files) {
      if (!path.startsWith(from)) continue
      const [name = '', ...deeper] = path.slice(from.length).split('/')
      const modify = changed.toISOString().replace(/[-:T]/g, '').slice(0, 14)
      lines.add(
        deeper.length > 0 ? `type=dir; ${name}` : `type=file;size=${bytes.length};modify=${modify}; ${name}`,
      )
    }
    return Buffer.from([...lines].map((line) => `${line}\r\n`).join(''))
  }

  async #transfer(bytes: Buffer, spoilt: FtpFault | undefined): Promise<void> {
    const plain = await this.#data
    if (!plain) return this.#say('425 No connection')
    this.#say('150 Here it comes')
    const data =
      this.#private && this.#secure
        ? new TLSSocket(plain, { isServer: true, secureContext: this.#secure })
        : plain
    data.on('error', () => undefined)
    if (spoilt === 'stall') return
    if (spoilt === 'cut') {
      data.write(bytes.subarray(0, bytes.length / 2), () => {
        data.destroy()
        this.#control.destroy()
      })
      return
    }
    data.end(bytes, () => this.#say('226 Done'))
  }

  #send(bytes: Buffer | undefined, isFile = false): void {
    if (bytes) void this.#transfer(bytes, isFile ? this.#state.fault : undefined)
    else this.#say('550 Not there')
  }
}

/** Paths start at the root, with single slashes. */
function normal(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`
}
