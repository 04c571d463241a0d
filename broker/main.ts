import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Audit } from '../security/audit/audit.ts'
import type { Config } from './config.ts'
import { LIVE } from './http/pages/health.ts'
import { refuseBroken } from './http/refuse-broken.ts'
import type { AssembledHub } from './main/assemble.ts'
import { keepExchangeShape } from './main/keep-shapes.ts'
import { createListener, listenOn } from './main/listener.ts'
import { openStore } from './main/open-store.ts'
import { configuredQuotas } from './main/quotas.ts'
import { configuredRecording } from './main/recording.ts'
import { configuredRetention } from './main/retention.ts'
import { stopping } from './main/stopping.ts'
import type { Store } from './store/port/store.ts'

/** What a hub needs from the process that it runs in. */
export interface HubEnvironment {
  /** Folder of the package. */
  readonly root: string
  readonly log: Logger
  /** Variables of the environment, which feeds may take credentials from. */
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** Told that other processes on the store took this one for dead and do its work: it has to end. */
  readonly lost?: () => void
  /** So much time it has to stop; 15 s. */
  readonly stopMilliseconds?: number
}

/** A hub that answers requests. */
export interface RunningHub {
  readonly url: string
  readonly store: Store
  /** Reads the policy files again. @throws Problem Conflict for faulty ones, which change nothing */
  reloadPolicies(): Promise<unknown>
  /** Absent without access control. */
  readonly audit?: Audit
  /**
   * Says at once that it is not ready, answers for so long all the same, then takes no more requests, finishes those under
   * way, stops feeds, closes the store. What does not end in a while is left. @throws Error that names it
   */
  stop(graceMilliseconds?: number): Promise<void>
}

const DRAIN_MILLISECONDS = 10_000
/** A server of the store that is away holds nobody up for longer. */
const STOP_MILLISECONDS = 15_000
const IDLE_MILLISECONDS = 50
const LOOPBACK = '127.0.0.1'

/** Builds every part of a hub by hand and starts it. @throws Problem or Error that says what cannot start */
export async function startHub(
  config: Config,
  {
    root,
    log,
    variables = {},
    lost: told = () => undefined,
    stopMilliseconds = STOP_MILLISECONDS,
  }: HubEnvironment,
): Promise<RunningHub> {
  const lost = (): void => {
    log.fatal('other processes took this one for dead and do its work: it ends')
    told()
  }
  const { server, scheme, release } = createListener(config, log)
  server.on('request', refuseUntilReady)
  server.on('clientError', refuseBroken)
  const { host } = config.listen
  const port = await listenOn(server, config.listen.port, host)
  const url = config.publicUrl || `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
  // feeds of this process need no certificate to reach their own hub
  const inside = scheme === 'https' && config.feeds.length > 0 ? createServer() : undefined
  const insidePort = inside ? await listenOn(inside, 0, LOOPBACK) : port
  const insideUrl = `http://${inside ? LOOPBACK : loopbackOf(host)}:${insidePort}`
  // the store opens in its own thread meanwhile
  const recording = configuredRecording(config)
  const retention = configuredRetention(config)
  const quotas = configuredQuotas(config)
  const [{ assemble }, { store, processes, sealing, remove }] = await Promise.all([
    import('./main/assemble.ts'),
    openStore(config, { log, lost }, { ...recording, ...retention, quotas }),
  ]).catch((error: unknown) => {
    release()
    inside?.close()
    server.close()
    throw error
  })
  let hub: AssembledHub | undefined
  let serves = false
  try {
    hub = await assemble(config, {
      root,
      log,
      variables,
      lost,
      url,
      insideUrl,
      store,
      processes,
      sealing,
      recording,
      retention,
      quotas,
      serves: () => serves,
    })
    server.off('request', refuseUntilReady)
    server.on('request', hub.answer)
    keepExchangeShape(server)
    inside?.on('request', hub.answer)
    server.on('upgrade', hub.upgrade(server))
    await hub.start()
    serves = true
    const { audit, reloadPolicies } = hub
    return { url, store, stop, reloadPolicies, ...(audit && { audit }) }
  } catch (error) {
    await stop()
    throw error
  }

  async function stop(graceMilliseconds = 0): Promise<void> {
    serves = false
    await pause(graceMilliseconds)
    const { step, left } = stopping(stopMilliseconds, (err, text) => log.warn({ err }, text))
    await step('what runs beside requests', () => hub?.stop())
    release()
    inside?.close()
    await step('requests under way', () => drain(server))
    server.closeAllConnections()
    await step('audit log', () => hub?.close())
    await step('sealing', () => sealing.stop())
    await step('duties', () => processes.leave())
    await step('store', () => store.close())
    remove()
    const duties = processes.held()
    if (left.length + duties.length === 0) return
    log.error({ left, duties }, 'hub stops before all is done: others, or its next start, go on with it')
    throw new Error(
      `Not all is done, which others, or the next start, go on with: ${[...left, ...duties].join(', ')}`,
    )
  }
}

/** The port is taken before the parts are ready, since URLs depend on it. */
function refuseUntilReady({ url }: IncomingMessage, response: ServerResponse): void {
  if (url === '/health/live') response.setHeader('Content-Type', 'application/json').end(JSON.stringify(LIVE))
  else response.writeHead(503, { 'Retry-After': '1', Connection: 'close' }).end()
}

/** Feeds of this process reach their own hub here, whatever address it listens on. */
function loopbackOf(host: string): string {
  if (host === '0.0.0.0') return LOOPBACK
  return host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
}

/** Lets requests under way finish, and their connections with them; those that stay open longer are cut. */
function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MILLISECONDS)
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_MILLISECONDS)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(idle)
      resolve()
    })
  })
}
