import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Audit } from '../security/audit/audit.ts'
import type { Config } from './config.ts'
import { LIVE } from './http/pages/health.ts'
import { refuseBroken } from './http/refuse-broken.ts'
import type { AssembledHub } from './main/assemble.ts'
import { clock } from './main/clock.ts'
import { keepExchangeShape } from './main/keep-shapes.ts'
import { createListener, listenOn } from './main/listener.ts'
import { type ConfiguredQuotas, configuredQuotas } from './main/quotas.ts'
import { type ConfiguredRecording, configuredRecording } from './main/recording.ts'
import { type ConfiguredRetention, configuredRetention } from './main/retention.ts'
import type { SealedByConfiguration } from './main/sealing.ts'
import type { MongoStore } from './store/mongodb/mongo-store.ts'
import { aloneOnStore, type Processes } from './store/port/processes.ts'
import type { Store } from './store/port/store.ts'
import type { RewritableTexts } from './store/port/stored-texts.ts'

/** What a hub needs from the process that it runs in. */
export interface HubEnvironment {
  /** Folder of the package. */
  readonly root: string
  readonly log: Logger
  /** Variables of the environment, which feeds may take credentials from. */
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** Told that other processes on the store took this one for dead and do its work: it has to end. */
  readonly lost?: () => void
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
   * way, stops feeds, closes the store.
   */
  stop(graceMilliseconds?: number): Promise<void>
}

const DRAIN_MILLISECONDS = 10_000
const IDLE_MILLISECONDS = 50
const LOOPBACK = '127.0.0.1'

/** Builds every part of a hub by hand and starts it. @throws Problem or Error that says what cannot start */
export async function startHub(
  config: Config,
  { root, log, variables = {}, lost: told = () => undefined }: HubEnvironment,
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
    await hub?.stop()
    release()
    inside?.close()
    await drain(server)
    await hub?.close()
    await sealing.stop()
    await processes.leave()
    await store.close()
    remove()
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

type Told = Required<Pick<HubEnvironment, 'log' | 'lost'>>

type Rules = Pick<ConfiguredRecording, 'recording'> &
  Pick<ConfiguredRetention, 'rules'> & { readonly quotas: ConfiguredQuotas }

interface OpenedStore<S extends Store = Store> {
  readonly store: S
  readonly processes: Processes
  readonly remove: () => void
}

/** Opens the store, and puts it under seal where that is configured. */
async function openStore(
  config: Config,
  environment: Told,
  rules: Rules,
): Promise<OpenedStore & { readonly sealing: SealedByConfiguration }> {
  const { log } = environment
  const [{ openSealing }, { store: inner, processes, remove }] = await Promise.all([
    import('./main/sealing.ts'),
    openPlainStore(config, environment, rules),
  ])
  try {
    const sealing = await openSealing(config, inner, { log, clock, recording: rules.recording })
    return { sealing, store: sealing.store, processes, remove }
  } catch (error) {
    await processes.leave()
    await inner.close()
    remove()
    throw error
  }
}

async function openPlainStore(
  config: Config,
  { log, lost }: Told,
  { recording, rules: retention, quotas }: Rules,
): Promise<OpenedStore<Store & RewritableTexts>> {
  const { kind, mongodb } = config.store
  const rules = { ...(recording && { recording }), retention, quotas }
  if (kind === 'mongodb') {
    const { openMongoStore } = await import('./store/mongodb/open-mongo-store.ts')
    const store = await openMongoStore({
      url: mongodb.url,
      database: mongodb.database,
      staleness: mongodb.staleness,
      knownCharacters: Math.floor(config.limits.fragments / 6),
      maxHidden: config.limits.snapshots,
      clock,
      log,
      ...rules,
    })
    const processes = await joinOthers(store, { log, lost }).catch(async (error: unknown) => {
      await store.close()
      throw error
    })
    return { store, processes, remove: () => undefined }
  }
  const { openSqliteStore } = await import('./store/sqlite/sqlite-store.ts')
  const directory = kind === 'memory' ? mkdtempSync(join(tmpdir(), 'hub-')) : config.data
  const store = await openSqliteStore({
    directory,
    clock,
    maxTenants: config.limits.tenants,
    maxHidden: config.limits.snapshots,
    knownCharacters: Math.floor(config.limits.fragments / 6),
    packDays: config.history.packDays,
    log,
    ...rules,
  })
  return {
    store,
    processes: aloneOnStore(),
    remove: () => (kind === 'memory' ? rmSync(directory, { recursive: true, force: true }) : undefined),
  }
}

/** Joins the other processes on the database. @throws Error that says why this one may not */
function joinOthers(store: MongoStore, { log, lost }: Told): Promise<Processes> {
  return store.join({
    found: (guarantees) => log.info({ ...guarantees, ...store.capabilities }, 'store is on MongoDB'),
    lost,
    failed: (err, text) => log.warn({ err }, text),
  })
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
