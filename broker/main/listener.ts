import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'

/** What the hub listens with. */
export interface Listener {
  readonly server: Server
  readonly scheme: 'http' | 'https'
  /** Stops looking at the files of its certificates. */
  release(): void
}

type Tls = Config['listen']['tls']

const WATCH_MILLISECONDS = 1000

/** Makes a server that speaks TLS where a certificate is configured. @throws Error that says which file cannot be used */
export function createListener(
  { listen: { tls }, limits }: Config,
  log: Pick<Logger, 'warn' | 'info'>,
): Listener {
  const options: ServerOptions = {
    keepAliveTimeout: 65_000,
    requestTimeout: 60_000,
    maxHeaderSize: limits.headerBytes,
  }
  if (tls.certificate === '')
    return { server: createServer(options), scheme: 'http', release: () => undefined }
  const server = createTlsServer({
    ...options,
    ...readContext(tls),
    requestCert: tls.clients !== 'none',
    rejectUnauthorized: tls.clients === 'require',
  })
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return { server, scheme: 'https', release: follow(tls, (context) => server.setSecureContext(context), log) }
}

/** Resolves with the port when the server listens. */
export function listenOn(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port) // a TCP server has such an address
    })
  })
}

/** Files are written one after the other: until they fit together, what was read before holds. */
function follow(
  tls: Tls,
  use: (context: SecureContextOptions) => void,
  log: Pick<Logger, 'warn' | 'info'>,
): () => void {
  const renew = (): void => {
    try {
      use(readContext(tls))
      log.info('certificates were read again')
    } catch (err) {
      log.warn({ err }, 'certificates cannot be used, those of before stay')
    }
  }
  const files = filesOf(tls)
  for (const file of files) watchFile(file, { interval: WATCH_MILLISECONDS, persistent: false }, renew)
  return () => {
    for (const file of files) unwatchFile(file, renew)
  }
}

function filesOf({ certificate, key, clientAuthorities }: Tls): readonly string[] {
  return [certificate, key, clientAuthorities].filter((file) => file !== '')
}

function readContext({ certificate, key, clientAuthorities }: Tls): SecureContextOptions {
  const context: SecureContextOptions = {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    ...(clientAuthorities !== '' && { ca: readFileSync(clientAuthorities) }),
    minVersion: 'TLSv1.2',
  }
  createSecureContext(context) // a key of another certificate shows here, and not at the first connection
  return context
}
