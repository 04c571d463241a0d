import { Client, request } from 'undici'
import { entity } from './entities.ts'
import { type LoadRequest, load } from './load.ts'
import type { BenchPart, Figure } from './notifications.ts'
import { type Server, startFanOut, startHub, startLink } from './servers.ts'
import { median, spread } from './statistics.ts'

const CITIES = 3
/** Entities of each city. */
const HELD = 20
const ROUND_TRIP_MS = 20
const DEADLINE_MS = 500
const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY: LoadRequest = { method: 'GET', path: `${ENTITIES}?type=AirQualityObserved&limit=100` }
/** What the province asks a city for that query. */
const FORWARDED = `${ENTITIES}?type=AirQualityObserved&limit=101&options=sysAttrs`
const SETTINGS = { HUB_CONTEXT_DEFAULT: 'ontology', HUB_FEDERATION_TIMEOUT: String(DEADLINE_MS) }
/** So long the breaker has to find out that a source is silent, and the code to be compiled. */
const WARM_SECONDS = 3

/** Measures a query of a province over three cities, four hubs on this machine. */
export async function federation(bench: BenchPart): Promise<readonly Figure[]> {
  const parts = [
    ['federation.latency', latency],
    ['federation.throughput', throughput],
    ['federation.cut', cut],
  ] as const
  const wanted = parts.filter(([name]) => bench.isWanted(name))
  if (wanted.length === 0) return []
  const cities: Server[] = []
  for (let city = 0; city < CITIES; city++) cities.push(await startCity(bench, city))
  const figures: Figure[] = []
  for (const [, measure] of wanted) figures.push(...(await measure(bench, cities)))
  await Promise.all(cities.map((city) => city.stop()))
  return figures
}

type Part = (bench: BenchPart, cities: readonly Server[]) => Promise<Figure[]>

/** Every link takes time: the province asks all cities at once. */
const latency: Part = async (bench, cities) => {
  const links = await Promise.all(cities.map((city) => bench.started(startLink(city, ROUND_TRIP_MS))))
  const province = await startProvince(bench, 'latency', links)
  const bare = await bench.started(
    startFanOut(
      bench.folder,
      links.map(({ url }) => `${url}${FORWARDED}`),
    ),
  )
  const options = { connections: 1, seconds: bench.seconds }
  const warm = { connections: bench.connections, seconds: WARM_SECONDS }
  for (const server of [province, bare, ...links]) await load(server.url, warm, () => QUERY)
  const ratios: number[] = []
  const bareRatios: number[] = []
  const times: number[] = []
  for (let round = 0; round < bench.rounds; round++) {
    const direct: number[] = []
    for (const link of links) direct.push((await load(link.url, options, () => QUERY)).p50ms)
    const { p50ms } = await load(province.url, options, () => QUERY)
    times.push(p50ms)
    ratios.push(p50ms / Math.max(...direct))
    bareRatios.push((await load(bare.url, options, () => QUERY)).p50ms / Math.max(...direct))
  }
  await stopAll(province, bare, ...links)
  return [
    {
      name: 'federation.latency',
      value: median(ratios),
      aim: '<= 1.25',
      text: `p50 of a query of ${CITIES * HELD} entities from ${CITIES} cities over links with ${ROUND_TRIP_MS} ms of round trip (${median(times).toFixed(1)} ms), one after the other, to that of the slowest city asked directly over its link; ${spread(ratios)}`,
    },
    {
      name: 'federation.latency.bare',
      value: median(bareRatios),
      aim: '',
      text: `the same of a bare node:http server over the same links; ${spread(bareRatios)}`,
    },
  ]
}

/** No link takes time: what the province makes of the answers counts. */
const throughput: Part = async (bench, cities) => {
  const province = await startProvince(bench, 'throughput', cities)
  const urls = cities.map(({ url }) => `${url}${FORWARDED}`)
  const bare = await bench.started(startFanOut(bench.folder, urls))
  const { connections, seconds, rounds } = bench
  for (const server of [province, bare])
    await load(server.url, { connections, seconds: WARM_SECONDS }, () => QUERY)
  const ratios: number[] = []
  const speeds: number[] = []
  for (let round = 0; round < rounds; round++) {
    const ours = await load(province.url, { connections, seconds }, () => QUERY)
    const other = await load(bare.url, { connections, seconds }, () => QUERY)
    speeds.push(ours.requestsPerSecond)
    ratios.push(ours.requestsPerSecond / other.requestsPerSecond)
  }
  await stopAll(province, bare)
  return [
    {
      name: 'federation.throughput',
      value: median(ratios),
      aim: '>= 0.5',
      text: `queries/s of ${CITIES * HELD} entities from ${CITIES} cities (${median(speeds).toFixed(0)}) over ${connections} connections, of those of a bare node:http server that asks, parses and merges the same; ${spread(ratios)}`,
    },
  ]
}

/** One link hands on nothing any more. */
const cut: Part = async (bench, cities) => {
  const links = await Promise.all(cities.map((city) => bench.started(startLink(city, 0))))
  const province = await startProvince(bench, 'cut', links)
  const { connections, rounds } = bench
  // long enough for several probes of the silent source
  const seconds = Math.max(bench.seconds, 5)
  const [lost] = links
  const ratios: number[] = []
  const late: number[] = []
  await load(province.url, { connections, seconds: WARM_SECONDS }, () => QUERY)
  for (let round = 0; round < rounds; round++) {
    const healthy = await load(province.url, { connections, seconds }, () => QUERY)
    await lost?.cut()
    const closing = await load(province.url, { connections, seconds: WARM_SECONDS }, () => QUERY)
    const open = await load(province.url, { connections, seconds }, () => QUERY)
    await lost?.heal()
    await answersWhole(province)
    ratios.push(open.requestsPerSecond / healthy.requestsPerSecond)
    late.push(Math.max(open.p99ms, closing.p99ms) / DEADLINE_MS)
  }
  await stopAll(province, ...links)
  return [
    {
      name: 'federation.cut.p99',
      value: median(late),
      aim: '<= 1.2',
      text: `p99 while one of ${CITIES} cities takes everything and answers nothing, from the moment on, in deadlines of ${DEADLINE_MS} ms; ${spread(late)}`,
    },
    {
      name: 'federation.cut.throughput',
      value: median(ratios),
      aim: '>= 0.8',
      text: `answers/s once that city is left alone, of those while all answer; ${spread(ratios)}`,
    },
  ]
}

async function startCity(bench: BenchPart, city: number): Promise<Server> {
  const hub = await startWide(bench, `city-${city}`)
  const items = Array.from({ length: HELD }, (_, at) => entity(`${city}-${at}`, at, HELD))
  await post(hub, '/ngsi-ld/v1/entityOperations/create', `[${items.join(',')}]`)
  return hub
}

async function startProvince(bench: BenchPart, name: string, sources: readonly Server[]): Promise<Server> {
  const hub = await startWide(bench, `province-${name}`)
  for (const [at, { url }] of sources.entries()) {
    const registration = {
      type: 'ContextSourceRegistration',
      contextSourceAlias: `city-${at}`,
      endpoint: url,
      information: [{ entities: [{ type: 'AirQualityObserved' }] }],
    }
    await post(hub, '/ngsi-ld/v1/csourceRegistrations', JSON.stringify(registration))
  }
  await answersWhole(hub)
  return hub
}

/** Four hubs share all cores: what they take from each other is part of what is measured. */
function startWide({ started, folder }: BenchPart, name: string): Promise<Server> {
  return started(startHub(folder, { name, settings: { ...SETTINGS, HUB_NAME: name }, everyCore: true }))
}

async function post({ url }: Server, path: string, body: string): Promise<void> {
  const answer = await request(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 201) throw new Error(`POST ${path} answered ${answer.statusCode}: ${text}`)
}

/** Waits until the entities of all cities come. @throws Error after a while */
async function answersWhole({ url }: Server): Promise<void> {
  const client = new Client(url)
  const end = performance.now() + 30_000
  for (;;) {
    const { body } = await client.request({ ...QUERY })
    const entities = (await body.json()) as readonly object[] // a query answers a list
    if (entities.length === CITIES * HELD) break
    if (performance.now() > end) throw new Error(`Only ${entities.length} entities of the cities came`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await client.close()
}

async function stopAll(...servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()))
}
