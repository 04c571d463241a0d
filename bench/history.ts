import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'undici'
import { stringify } from 'yaml'
import { create, entity, id, update } from './entities.ts'
import { importing } from './history-import.ts'
import { DAY, IN_ONE_REQUEST, MINUTE, provision, START, TEMPORAL } from './history-load.ts'
import { packedHistory } from './history-pack.ts'
import { rawDailyAverages } from './history-raw.ts'
import { anew, averages, daily, timed } from './history-requests.ts'
import { type LoadRequest, load } from './load.ts'
import { send } from './notification-load.ts'
import type { BenchPart, Figure } from './notifications.ts'
import { type Server, startHub } from './servers.ts'
import { median, spread } from './statistics.ts'

/** How large the history is that is looked at. */
export interface HistoryBench extends BenchPart {
  readonly instances: number
}

// nothing is packed: what totals save is measured against rows
const SETTINGS = {
  HUB_CONTEXT_DEFAULT: 'ontology',
  HUB_LIMITS_BODY_BYTES: '4194304',
  HUB_HISTORY_PACK_DAYS: '0',
}
/** The small one that growth is judged by: about a week of minutes. */
const SMALL = 10_000
/** The end of it that is asked for in both. */
const SHOWN_DAYS = 5
/** Entities whose histories are asked for together, with a share of the instances each. */
const MANY = 1000
const UPDATED = 1000

/** Measures what history costs writers, and how long it takes to look at it. */
export async function history(bench: HistoryBench): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  if (bench.isWanted('history.cost')) figures.push(...(await cost(bench)))
  if (bench.isWanted('history.read')) figures.push(...(await read(bench)))
  if (bench.isWanted('history.pack')) {
    figures.push(...(await packedHistory({ ...bench, instances: Math.ceil(bench.instances / 4) })))
  }
  if (bench.isWanted('history.import')) figures.push(...(await importing(bench)))
  return figures
}

/** A hub that records everything against one that records nothing, in turn. */
async function cost({ folder, started, seconds, rounds, connections }: HistoryBench): Promise<Figure[]> {
  const start = (name: string, record: readonly object[]): Promise<Server> => {
    const config = join(folder, `${name}.yaml`)
    const settings = { context: { default: 'ontology' }, auth: { mode: 'off' }, history: { record } }
    writeFileSync(config, stringify({ name, ...settings }))
    return started(startHub(folder, { name, config }))
  }
  const [all, none] = [await start('recording', []), await start('silent', [{ keep: 'off' }])]
  for (const { url } of [all, none]) await seed(url)
  let sent = 0
  const kinds = { create: () => create(sent++, 500), update: () => update(sent++, UPDATED) }
  const figures: Figure[] = []
  for (const [name, next] of Object.entries(kinds)) {
    const shares: number[] = []
    for (let round = 0; round <= rounds; round++) {
      const speed = new Map<Server, number>()
      for (const server of round % 2 === 0 ? [all, none] : [none, all])
        speed.set(server, (await load(server.url, { connections, seconds }, next)).requestsPerSecond)
      if (round > 0) shares.push((speed.get(all) ?? 0) / (speed.get(none) ?? 1))
    }
    figures.push({
      name: `history.cost.${name}`,
      value: median(shares),
      aim: '>= 0.75',
      text: `${name}s a second with everything recorded, of those of a hub that records nothing; ${spread(shares)}`,
    })
  }
  await Promise.all([all.stop(), none.stop()])
  return figures
}

async function seed(url: string): Promise<void> {
  const items = Array.from({ length: UPDATED }, (_, number) => entity(String(number), number, 500))
  const body = `[${items.join(',')}]`
  await once(url, { method: 'POST', path: '/ngsi-ld/v1/entityOperations/create', body })
}

/** Trends of one entity with many instances, and of many entities. */
async function read({ folder, started, instances }: HistoryBench): Promise<Figure[]> {
  const hub = await started(startHub(folder, { name: 'history', settings: SETTINGS }))
  const client = new Client(hub.url)
  await provision(client, 'small', SMALL)
  const before = performance.now()
  await provision(client, 'large', instances)
  const perSecond = (1000 * instances) / (performance.now() - before)
  for (let number = 0; number < MANY; number++)
    await provision(client, `many-${number}`, Math.ceil(instances / MANY))
  await settled(client, 'large', instances)
  const raw = rawTime(folder, [id('large')], Math.ceil((instances * MINUTE) / DAY))
  const each = Math.ceil(instances / MANY)
  const ids = Array.from({ length: MANY }, (_, number) => id(`many-${number}`))
  const rawOfMany = rawTime(folder, ids, MANY * Math.ceil((each * MINUTE) / DAY))
  const ms = (request: LoadRequest, times?: number) => timed(client, anew(request), times)
  const whole = await ms(averages('large', START), 20)
  const together = await ms(
    { method: 'GET', path: `${TEMPORAL}?type=AirQualityObserved&limit=1000&${daily(START)}` },
    30,
  )
  const retrieving: LoadRequest = { method: 'GET', path: `/ngsi-ld/v1/entities/${id('large')}` }
  const [last, retrieve] = [await ms(lastOf('large')), await ms(retrieving)]
  const again = [await timed(client, lastOf('large')), await timed(client, retrieving)] as const
  const shown = [
    await ms(averages('small', START + (SMALL * MINUTE - SHOWN_DAYS * DAY))),
    await ms(averages('large', START + (instances * MINUTE - SHOWN_DAYS * DAY))),
  ] as const
  const lasts = [await ms(lastOf('small')), last] as const
  await client.close()
  await hub.stop()
  return [
    {
      name: 'history.avg',
      value: raw / whole,
      aim: '>= 50',
      text: `raw rows read and averaged by day (${raw.toFixed(1)} ms), in times of avg by P1D of one entity with ${instances} instances by HTTP (${whole.toFixed(2)} ms)`,
    },
    {
      name: 'history.avg.many',
      value: rawOfMany / together,
      aim: '>= 50',
      text: `the same of ${MANY} entities with ${each} instances each in one query: raw rows (${rawOfMany.toFixed(1)} ms) in times of the query (${together.toFixed(2)} ms)`,
    },
    {
      name: 'history.last',
      value: again[0] / again[1],
      aim: '<= 3',
      text: `lastN=100 of ${instances} (p50 ${again[0].toFixed(2)} ms), in retrieves by id (${again[1].toFixed(2)} ms); both asked before`,
    },
    {
      name: 'history.last.anew',
      value: last / retrieve,
      aim: '<= 3',
      text: `the same where nothing was asked before: p50 ${last.toFixed(2)} ms, in retrieves by id (${retrieve.toFixed(2)} ms)`,
    },
    {
      name: 'history.growth.avg',
      value: shown[1] / shown[0],
      aim: '<= 1.5',
      text: `avg by P1D over the last ${SHOWN_DAYS} days: of ${instances} instances against ${SMALL}`,
    },
    {
      name: 'history.growth.last',
      value: lasts[1] / lasts[0],
      aim: '<= 1.5',
      text: `lastN=100: of ${instances} instances against ${SMALL}`,
    },
    {
      name: 'history.provision',
      value: perSecond,
      aim: '',
      text: `instances a second that came by POST /temporal/entities/{id}/attrs, ${IN_ONE_REQUEST} a request, one after the other`,
    },
  ]
}

function lastOf(name: string): LoadRequest {
  return { method: 'GET', path: `${TEMPORAL}/${id(name)}?attrs=noise&lastN=100&format=temporalValues` }
}

/** How long it takes to read raw rows and to average them by day. */
function rawTime(folder: string, ids: readonly string[], expected: number): number {
  const times = Array.from({ length: 3 }, () => {
    const began = performance.now()
    const days = rawDailyAverages(join(folder, 'history'), ids)
    if (days !== expected) throw new Error(`Raw rows have ${days} days`)
    return performance.now() - began
  })
  return median(times)
}

/** Waits until totals are rolled up: the same question does not get faster any more. */
async function settled(client: Client, name: string, instances: number): Promise<void> {
  let best = Number.POSITIVE_INFINITY
  for (let calm = 0; calm < 10; calm++) {
    const time = await timed(client, anew(averages(name, START)), 3)
    if (time < 0.9 * best) calm = 0
    best = Math.min(best, time)
    await new Promise((resolve) => setTimeout(resolve, Math.min(1000, instances / 100)))
  }
}

async function once(url: string, request: LoadRequest): Promise<void> {
  const client = new Client(url)
  await send(client, request)
  await client.close()
}
