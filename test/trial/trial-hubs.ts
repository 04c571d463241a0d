import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { freePort } from '../support/free-port.ts'
import { type HubProcess, type HubProcessOptions, startHubProcess } from '../support/hub-process.ts'
import { temporaryFolder } from '../support/stores.ts'

/** Header that names a request of a client, which registrations let through to the cities. */
export const OPERATION = 'X-Trial-Operation'
const SOURCE_TIMEOUT_MS = 1500
/** Short, so that cities are mostly asked: by itself the rest of a source grows from one failure to the next. */
const COOLDOWN_MS = 300

/** A city of the trial, which can be killed and comes back with its data, behind a proxy. */
export interface City {
  readonly name: string
  readonly hub: HubProcess
  readonly proxy: FaultProxy
  readonly isUp: boolean
  kill(): Promise<void>
  /** Starts it again with what it had. */
  restart(): Promise<void>
}

/** A province over three cities. */
export interface TrialHubs {
  readonly province: HubProcess
  readonly cities: readonly City[]
  /** Writes that were handed on to a city, by what they are: how often. */
  readonly sent: ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Entities whose readings are exclusively those of a city: so many, of all cities together. */
export const METERS = 12

/** Answers the city that keeps something with this number. */
export function cityOf(number: number, cities: number): number {
  return number % cities
}

/** Starts all hubs and registers the cities with the province, each in three ways. */
export async function startTrialHubs(names: readonly string[]): Promise<TrialHubs> {
  const folder = temporaryFolder()
  const sent = new Map<string, number>()
  const cities: City[] = []
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(cities.map(({ proxy }) => proxy.close()))
    await Promise.all([...started, ...cities.map(({ hub }) => hub)].map((each) => each.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
  const watch = (city: string) => (method: string, url: string, operation: string, body: Buffer) => {
    if (method === 'GET' || operation === '') return
    const key = `${city}: ${method} ${url} ${createHash('md5').update(body).digest('hex')} of ${operation}`
    sent.set(key, (sent.get(key) ?? 0) + 1)
  }
  try {
    const options = {
      data: join(folder, 'province'),
      port: await freePort(),
      settings: settingsOf('province'),
    }
    const province = await startHubProcess(options)
    started.push(province)
    for (const name of names) cities.push(await startCity(name, folder, watch(name)))
    for (const [at, city] of cities.entries()) await registerCity(province, city, at, cities.length)
    return {
      province,
      cities,
      sent,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function settingsOf(name: string): Readonly<Record<string, string>> {
  return {
    HUB_NAME: name,
    HUB_CONTEXT_DEFAULT: 'core',
    HUB_LIMITS_INSTANCES: '100000',
    HUB_LOG_LEVEL: 'error',
  }
}

async function startCity(
  name: string,
  folder: string,
  watch: Parameters<typeof startFaultProxy>[1],
): Promise<City> {
  const options: HubProcessOptions = {
    data: join(folder, name),
    port: await freePort(),
    settings: settingsOf(name),
  }
  let hub = await startHubProcess(options)
  let isUp = true
  return {
    name,
    proxy: await startFaultProxy(hub.url, watch),
    get hub() {
      return hub
    },
    get isUp() {
      return isUp
    },
    kill: async () => {
      isUp = false
      await hub.kill()
    },
    restart: async () => {
      hub = await startHubProcess(options)
      isUp = true
    },
  }
}

/** Sensors may be anywhere, buses of a city are only there, and the readings of its meters too. */
async function registerCity(
  province: HubProcess,
  { name, proxy }: City,
  at: number,
  count: number,
): Promise<void> {
  const meters = Array.from({ length: METERS }, (_, number) => number).filter(
    (number) => cityOf(number, count) === at,
  )
  const ways = [
    { mode: 'inclusive', information: [{ entities: [{ type: 'Sensor' }] }] },
    {
      mode: 'redirect',
      operations: ['redirectionOps', 'createBatch', 'upsertBatch', 'updateBatch', 'deleteBatch'],
      information: [{ entities: [{ type: 'Bus', idPattern: `^urn:bus:${name}:` }] }],
    },
    {
      mode: 'exclusive',
      operations: ['redirectionOps'],
      information: meters.map((number) => ({
        entities: [{ type: 'Meter', id: `urn:meter:${number}` }],
        propertyNames: ['reading'],
      })),
    },
  ]
  for (const way of ways) {
    const { status, body } = await province.send('POST', '/ngsi-ld/v1/csourceRegistrations', {
      id: `urn:registration:${name}:${way.mode}`,
      type: 'ContextSourceRegistration',
      contextSourceAlias: name,
      endpoint: proxy.url,
      contextSourceInfo: [{ key: OPERATION, value: 'urn:ngsi-ld:request' }],
      management: { timeout: SOURCE_TIMEOUT_MS, cooldown: COOLDOWN_MS },
      ...way,
    })
    if (status !== 201) throw new Error(`Registration answered ${status}: ${JSON.stringify(body)}`)
  }
}
