import { join } from 'node:path'
import { Client } from 'undici'
import { DEFAULT_TENANT } from '../broker/core/model/tenant.ts'
import { openForReading } from '../broker/store/sqlite/connection.ts'
import { tenantFile } from '../broker/store/sqlite/tenant-files.ts'
import { id } from './entities.ts'
import { DAY, MINUTE, provision, START, TEMPORAL } from './history-load.ts'
import { send } from './notification-load.ts'
import type { BenchPart, Figure } from './notifications.ts'
import { type Server, startHub } from './servers.ts'
import { ascending, at } from './statistics.ts'

const ASKED = 100
const NAMES = ['rows', 'packed'] as const
const ENTITY = 'large'

/** What packing saves, and what it costs who reads: two hubs with the same numbers, one of which packs. */
export async function packedHistory(bench: BenchPart & { readonly instances: number }): Promise<Figure[]> {
  const { folder, started, instances } = bench
  const hubs: Server[] = []
  for (const [place, name] of NAMES.entries()) {
    const settings = {
      HUB_CONTEXT_DEFAULT: 'ontology',
      HUB_LIMITS_BODY_BYTES: '4194304',
      HUB_HISTORY_PACK_DAYS: String(place),
    }
    hubs.push(await started(startHub(folder, { name, settings })))
  }
  const clients = hubs.map(({ url }) => new Client(url))
  for (const client of clients) await provision(client, ENTITY, instances)
  for (const name of NAMES) await settled(join(folder, name), name === 'packed')
  const [rows = 0, packed = 0] = NAMES.map((name) => usedBytes(join(folder, name)) / instances)
  const days = Math.floor((instances * MINUTE) / DAY)
  const asked = async (parameters: (day: string) => string): Promise<readonly number[]> => {
    const times: number[] = []
    for (const client of clients) times.push(await timed(client, days, parameters))
    return times
  }
  const day = await asked((end) => `timerel=between&timeAt=${before(end, DAY)}&endTimeAt=${end}`)
  const last = await asked((end) => `timerel=before&timeAt=${end}&lastN=100`)
  for (const client of clients) await client.close()
  for (const hub of hubs) await hub.stop()
  return [
    {
      name: 'history.pack.bytes',
      value: rows / packed,
      aim: '',
      text: `bytes of the file for each of ${instances} instances with their totals, ${rows.toFixed(1)} as rows, in those when packed (${packed.toFixed(1)})`,
    },
    figure('history.pack.day', 'the first 1000 values of a day', day),
    figure('history.pack.last', 'lastN=100 before some day', last),
  ]
}

function figure(name: string, what: string, [rows = 0, packed = 0]: readonly number[]): Figure {
  const text = `${what} of packed history (p50 ${packed.toFixed(2)} ms), in that of rows (${rows.toFixed(2)} ms)`
  return { name, value: packed / rows, aim: '', text }
}

/** Each time another day, so that little is at hand from the time before. */
async function timed(client: Client, days: number, parameters: (day: string) => string): Promise<number> {
  const all: number[] = []
  for (let time = 0; time < ASKED; time++) {
    const end = new Date(START + (1 + ((time * 7) % (days - 1))) * DAY).toISOString()
    const path = `${TEMPORAL}/${id(ENTITY)}?attrs=noise&format=temporalValues&${parameters(end)}`
    const began = performance.now()
    await send(client, { method: 'GET', path })
    all.push(performance.now() - began)
  }
  return at(all.sort(ascending), 0.5)
}

function before(end: string, time: number): string {
  return new Date(Date.parse(end) - time).toISOString()
}

/** Waits until nothing is left to be summed up and, where days are to be packed, nothing of that. */
async function settled(directory: string, packs: boolean): Promise<void> {
  const today = Math.floor(Date.now() / DAY)
  const packed = packs ? `OR EXISTS (SELECT 1 FROM ripe WHERE day < ${today - 1})` : ''
  const left = `SELECT 1 WHERE EXISTS (SELECT 1 FROM dirty WHERE day < ${today}) ${packed}`
  while (read(directory, left) !== undefined) await new Promise((resolve) => setTimeout(resolve, 500))
}

function usedBytes(directory: string): number {
  const pages = 'SELECT page_count - freelist_count AS pages FROM pragma_page_count, pragma_freelist_count'
  return 4096 * Number((read(directory, pages) as { pages: number } | undefined)?.pages)
}

function read(directory: string, sql: string): unknown {
  const database = openForReading({ file: tenantFile(directory, DEFAULT_TENANT) })
  const row: unknown = database.prepare(sql).get()
  database.close()
  return row
}
