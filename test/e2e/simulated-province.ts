import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { ConfiguredFeed } from '../../adapters/kit/run/feed-slot.ts'
import { stopAgencies } from '../../adapters/simulators/simulation.ts'
import { type Agency, simulatedFeeds, startAgency } from '../../adapters/simulators/start-agency.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { PLATE_KEY } from '../unit/adapters/map-samples.ts'
import { demoToken } from './secured-hubs.ts'

const POLICIES = [join(packageRoot, 'config/policies/demo.yaml')]
const DEMO = parse(readFileSync(join(packageRoot, 'config/demo/province.yaml'), 'utf8'))
export const CITIES = ['thai-nguyen', 'song-cong', 'pho-yen'] as const
export type City = (typeof CITIES)[number]

/** The province and three cities in this process, with the rights of the demonstration, and all simulated sources of their feeds. */
export interface SimulatedProvince {
  readonly province: TestHub
  readonly agencies: readonly Agency[]
  /** The hub of a city. @throws Error unless it was started */
  city(name: string): TestHub
  /** How the hub of a city is started: where it is, with which feeds. */
  settings(name: City): CitySettings
  startCity(name: City): Promise<void>
  stopCity(name: City): Promise<void>
  /** Headers with which an account asks. */
  as(account: 'dpo' | 'analyst'): Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** What a hub of a city is started with. */
export interface CitySettings {
  readonly port: number
  readonly data: string
  readonly feeds: readonly ConfiguredFeed[]
}

/** Starts the province and all sources; no city yet. The cities are sources of the province for these types. Sources have nothing to say yet. */
export async function startSimulatedProvince(types: readonly string[]): Promise<SimulatedProvince> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-sources-'))
  const ports = await Promise.all(CITIES.map(() => freePort()))
  const endpoints = ports.map((port) => `http://127.0.0.1:${port}`)
  const agencies: Agency[] = []
  for (const { feed, cities } of await simulatedFeeds()) {
    for (const [at, city] of CITIES.entries()) {
      if (!cities.includes(city)) continue
      const hub = endpoints[at] ?? ''
      agencies.push(await startAgency({ feed, city, hub, folder, variables: { plateKey: PLATE_KEY } }))
    }
  }
  const common = { 'auth.mode': 'required', 'auth.policies': POLICIES, 'context.default': 'ontology' }
  const province = await startTestHub({
    ...common,
    name: 'province',
    'identity.enabled': true,
    'identity.demoGrant': true,
    'identity.accounts': DEMO.identity.accounts,
    'egress.allow': endpoints,
    'federation.sources': CITIES.map((name, at) => ({ name, endpoint: endpoints[at], types })),
  })
  const settings = (name: City): CitySettings => ({
    port: ports[CITIES.indexOf(name)] ?? 0,
    data: join(folder, 'data', name),
    feeds: agencies.filter(({ city }) => city === name).map(({ toStart }) => hurried(toStart)),
  })
  const cities = new Map<string, TestHub>()
  const tokens = { dpo: await demoToken(province, 'dpo'), analyst: await demoToken(province, 'analyst') }
  return {
    province,
    agencies,
    settings,
    city: (name) => {
      const hub = cities.get(name)
      if (!hub) throw new Error(`City ${name} was not started`)
      return hub
    },
    startCity: async (name) => {
      const { port, data, feeds } = settings(name)
      const own = { name, city: name, data, feeds, 'listen.port': port }
      const trust = { 'auth.issuers': [{ issuer: `${province.url}/oidc` }], 'egress.allow': [province.url] }
      cities.set(name, await startTestHub({ ...common, ...own, ...trust }))
    },
    as: (account) => ({ Authorization: `Bearer ${tokens[account]}` }),
    stopCity: async (name) => {
      await cities.get(name)?.stop()
      cities.delete(name)
    },
    stop: async () => {
      for (const hub of [...cities.values(), province]) await hub.stop()
      await stopAgencies(agencies)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Options of transports that let nobody wait for long. */
const HURRIED: Readonly<Record<string, object>> = {
  directory: { stableMs: 60 },
  ftp: { stableMs: 30, everySeconds: 1, timeoutMs: 1500 },
  sftp: { stableMs: 30, everySeconds: 2, timeoutMs: 1500 },
  'http-poll': { everySeconds: 1, timeoutMs: 1500 },
  webhook: {},
  mqtt: { gatherMs: 50, timeoutMs: 1500, keepAliveSeconds: 5 },
  sql: { everySeconds: 1, timeoutMs: 100 },
  ngsi: { everySeconds: 1, timeoutMs: 1500 },
}

function hurried(feed: ConfiguredFeed): ConfiguredFeed {
  const given = feed.transport ?? {}
  const kind = typeof given.kind === 'string' ? given.kind : kindIn(feed.file)
  return { ...feed, transport: { ...given, ...(HURRIED[kind] as object) } }
}

function kindIn(file: string): string {
  return parse(readFileSync(file, 'utf8')).transport.kind
}
