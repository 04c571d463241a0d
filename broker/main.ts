import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { readOntology } from '../ontology/ontology.ts'
import { createEgress } from '../security/egress/create-egress.ts'
import type { Config } from './config.ts'
import { createContextService } from './contexts/context-service.ts'
import type { Micros } from './core/model/time.ts'
import { createFederation } from './federation/federation.ts'
import { createRegistry, loadRegistry } from './federation/registry/registry.ts'
import { createSourceStates } from './federation/source-states.ts'
import { loadGeometryEngine } from './geometry/geos.ts'
import type { AccessRecord } from './http/access-record.ts'
import { createApp } from './http/create-app.ts'
import { createMetrics } from './http/pages/metrics.ts'
import { createRememberedAnswers } from './http/remembered-answers.ts'
import { startConfiguredFeeds } from './main/feeds.ts'
import { hubSecret } from './main/hub-secret.ts'
import { assembleIdentity } from './main/identity.ts'
import { assemblePages } from './main/pages.ts'
import { registerSources } from './main/register-sources.ts'
import { assembleRoutes } from './main/routes.ts'
import { keepLinkedContext } from './operations/contexts/keep-linked-context.ts'
import { type LocalPage, pageSize } from './operations/entities/cached-page.ts'
import type { Fragment } from './operations/entities/read-dependencies.ts'
import type { Store } from './store/port/store.ts'

/** What a hub needs from the process that it runs in. */
export interface HubEnvironment {
  /** Folder of the package. */
  readonly root: string
  readonly log: Logger
}

/** A hub that answers requests. */
export interface RunningHub {
  readonly url: string
  readonly store: Store
  /** Takes no more requests, finishes those under way, stops feeds, closes the store. */
  stop(): Promise<void>
}

const DRAIN_MILLISECONDS = 10_000

/** Builds every part of a hub by hand and starts it. @throws Problem or Error that says what cannot start */
export async function startHub(config: Config, { root, log }: HubEnvironment): Promise<RunningHub> {
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 60_000 })
  server.on('request', refuseUntilReady)
  const port = await listen(server, config)
  const url =
    config.publicUrl ||
    `http://${config.listen.host.includes(':') ? `[${config.listen.host}]` : config.listen.host}:${port}`
  const { store, remove } = await openStore(config, log).catch((error: unknown) => {
    server.close()
    throw error
  })
  try {
    const parts = await assemble(config, { root, log, url, port, server, store })
    return { url, store, stop: () => stop(parts.stopFeeds) }
  } catch (error) {
    await stop(async () => undefined)
    throw error
  }

  async function stop(stopFeeds: () => Promise<void>): Promise<void> {
    await stopFeeds()
    await drain(server)
    await store.close()
    remove()
  }
}

interface Assembly extends HubEnvironment {
  readonly url: string
  readonly port: number
  readonly server: Server
  readonly store: Store
}

async function assemble(
  config: Config,
  { root, log, url, port, server, store }: Assembly,
): Promise<{ stopFeeds: () => Promise<void> }> {
  const ontology = readOntology(root)
  const secret = await hubSecret(store, clock())
  const egress = createEgress({
    mode: egressMode(config),
    allowedOrigins: [...config.egress.allow, new URL(url).origin],
  })
  const contexts = createContextService({
    egress,
    publicUrl: url,
    store,
    clock,
    builtIn: new Map([[ontology.contextUrl, ontology.context]]),
    servesCore: config.context.served === 'complete',
    ...defaultContext(config, ontology.contextUrl),
  })
  const engine = await loadGeometryEngine()
  const identity = await assembleIdentity(config, { root, log, url, secret, store, egress, ontology, clock })
  const registry = createRegistry()
  await loadRegistry(registry, store)
  const states = createSourceStates()
  const federation = createFederation({
    registry,
    states,
    egress,
    outbound: identity.outbound,
    tableOf: (context) => contexts.resolve(context),
    alias: config.name,
    clock,
    defaultTimeoutMs: config.federation.timeout,
    log: (record) => log.warn(record, 'context source did not answer'),
  })
  const fragments = new LRUCache<string, Fragment>({
    maxSize: Math.max(Math.ceil(config.limits.fragments / 2), 1),
    // the links of a text repeat what it points to
    sizeCalculation: ({ text, links }, key) => (text?.length ?? 0) * (links ? 2 : 1) + key.length + 1,
  })
  const pages = new LRUCache<string, LocalPage>({
    maxSize: Math.max(Math.floor(config.limits.fragments / 4), 1),
    sizeCalculation: pageSize,
  })
  const metrics = createMetrics(config.name)
  const feeds: { current?: Awaited<ReturnType<typeof startConfiguredFeeds>> } = {}
  const { routes, createRegistration, updateRegistration } = assembleRoutes(config, {
    store,
    clock,
    engine,
    contexts,
    federation,
    registry,
    states,
    fragments,
    pages,
    secret,
    url,
    roleViews: identity.roleViews,
    feeds: () => feeds.current?.running,
  })
  const access = (record: AccessRecord): void => {
    metrics.observe(record)
    log.info(record, 'request')
  }
  const keepLinked = keepLinkedContext({ store, contexts, clock })
  const app = createApp({
    routes,
    store,
    contexts,
    caller: identity.caller,
    pages: assemblePages({ root, ontology, store, identity, metrics, config }),
    maxBodyBytes: config.limits.bodyBytes,
    keepLinked: (tenant, table) =>
      keepLinked(tenant, table).catch((err: unknown) => log.warn({ err }, 'linked @context is not kept')),
    remembered: createRememberedAnswers({
      contexts,
      knownCaller: identity.knownCaller,
      access,
      maxSize: Math.floor(config.limits.fragments / 4),
    }),
    access,
    failure: (problem, requestId) =>
      log.error({ err: problem.cause ?? problem, requestId }, 'request failed'),
    corsOrigins: config.corsOrigins,
  })
  server.off('request', refuseUntilReady)
  server.on('request', app)
  await registerSources(config, { createRegistration, updateRegistration, contexts, caller: identity.local })
  feeds.current = await startConfiguredFeeds(config, {
    baseUrl: `http://${loopbackOf(config.listen.host)}:${port}`,
    token: identity.feedToken,
    log,
  })
  return {
    stopFeeds: async () => {
      await feeds.current?.stop()
      await egress.close()
    },
  }
}

/** The port is taken before the parts are ready, since URLs depend on it. */
function refuseUntilReady(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'Retry-After': '1', Connection: 'close' }).end()
}

/** The hub's clock: microseconds, never going back within the process. */
const clock = ((): (() => Micros) => {
  let last = 0
  return () => {
    last = Math.max(last + 1, Date.now() * 1000)
    return last
  }
})()

function egressMode(config: Config): 'guarded' | 'open' {
  if (config.egress.mode !== '') return config.egress.mode
  return config.auth.mode === 'off' ? 'open' : 'guarded'
}

function defaultContext(config: Config, ontology: string): { defaultContext?: string } {
  if (config.context.default === 'core') return {}
  return { defaultContext: config.context.default === 'ontology' ? ontology : config.context.default }
}

/** Feeds of this process reach their own hub here, whatever address it listens on. */
function loopbackOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
}

function listen(server: Server, { listen: { host, port } }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port) // a TCP server has such an address
    })
  })
}

async function openStore(config: Config, log: Logger): Promise<{ store: Store; remove: () => void }> {
  const { kind, mongodb } = config.store
  if (kind === 'mongodb') {
    const { openMongoStore } = await import('./store/mongodb/mongo-store.ts')
    return {
      store: await openMongoStore({ url: mongodb.url, database: mongodb.database, clock }),
      remove: () => undefined,
    }
  }
  const { openSqliteStore } = await import('./store/sqlite/sqlite-store.ts')
  const directory = kind === 'memory' ? mkdtempSync(join(tmpdir(), 'hub-')) : config.data
  const store = await openSqliteStore({ directory, clock, maxTenants: config.limits.tenants, log })
  return {
    store,
    remove: () => (kind === 'memory' ? rmSync(directory, { recursive: true, force: true }) : undefined),
  }
}

/** Lets requests under way finish; connections that stay open longer are cut. */
function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MILLISECONDS)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
