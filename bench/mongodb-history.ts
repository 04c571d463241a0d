import { setTimeout as pause } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { Client } from 'undici'
import { DEFAULT_TENANT } from '../broker/core/model/tenant.ts'
import { type TenantCollections, tenantCollections } from '../broker/store/mongodb/mongo-documents.ts'
import { DAY, MINUTE, provision, START, TEMPORAL } from './history-load.ts'
import { anew, timed } from './history-requests.ts'
import type { LoadRequest } from './load.ts'
import { startOnMongodb } from './mongodb-servers.ts'
import type { BenchPart, Figure } from './notifications.ts'
import { median } from './statistics.ts'

const DAYS = 6
/** One a minute. */
const INSTANCES = (DAYS * DAY) / MINUTE
const ENTITY = 'series'
const ASKED = 20
/** They are summed up every minute, and each step of that may take a server without indexes seconds. */
const PATIENCE_MILLISECONDS = 300_000

/** Measures averages by day from totals, and from the instances that they are of. */
export async function historyOnMongodb(
  name: string,
  bench: BenchPart,
  place: { readonly url: string; readonly database: string },
): Promise<Figure> {
  const hub = await startOnMongodb(name, bench, { ...place, cold: true })
  const client = new Client(hub.url)
  const link = await new MongoClient(place.url).connect()
  const { totals } = tenantCollections(link.db(place.database), DEFAULT_TENANT)
  await provision(client, ENTITY, INSTANCES)
  const asked = anew(averagesOfAll(START, START + DAYS * DAY))
  const read: number[] = []
  while (read.length < bench.rounds) {
    await totals.deleteMany({}) // whoever asks has them made again
    read.push(await timed(client, asked, 1))
  }
  await untilSummedUp(totals)
  const told = await timed(client, asked, ASKED)
  await link.close()
  await client.close()
  await hub.stop()
  return {
    name,
    value: median(read) / told,
    aim: '>= 10',
    text: `avg by P1D of ${DAYS} days that are over, of one entity with a number a minute, from the instances (${median(read).toFixed(1)} ms), in times of the same from totals (${told.toFixed(1)} ms)`,
  }
}

/** Asks for averages by day of what there is of a type, from an instant to another: nothing has to be read of what comes later. */
function averagesOfAll(from: number, to: number): LoadRequest {
  const [timeAt, endTimeAt] = [from, to].map((time) => new Date(time).toISOString())
  const window = `timerel=between&timeAt=${timeAt}&endTimeAt=${endTimeAt}`
  const asked = 'pick=noise&format=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=P1D'
  return { method: 'GET', path: `${TEMPORAL}?type=AirQualityObserved&${window}&${asked}` }
}

async function untilSummedUp(totals: TenantCollections['totals']): Promise<void> {
  const end = performance.now() + PATIENCE_MILLISECONDS
  while ((await totals.countDocuments({ sums: { $exists: true } })) < DAYS) {
    if (performance.now() > end) throw new Error(`Not all of ${DAYS} days are summed up`)
    await pause(500)
  }
}
