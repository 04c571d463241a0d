import type { Entity } from '../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../broker/core/model/tenant.ts'
import { openSqliteStore } from '../broker/store/sqlite/sqlite-store.ts'

interface Row {
  readonly name: string
  readonly opsPerSecond: number
  readonly ratioToBare: null
  readonly p50ms: number
  readonly p99ms: number
}

const PARALLEL = 32

/** Measures the embedded store without HTTP: durable commits of one entity each, and reads by id. */
export async function storeAlone(directory: string, seconds: number): Promise<readonly Row[]> {
  const store = await openSqliteStore({ directory })
  let commits = 0
  const commit = await timed('store.commit', seconds, async () => {
    const next = entity(commits++)
    await store.commit(DEFAULT_TENANT, [
      {
        collection: 'entity',
        id: next.id,
        expectedVersion: 0,
        next,
        change: { action: 'created', at: next.createdAt, attributes: [], members: true },
        origin: { by: 'bench' },
      },
    ])
  })
  let reads = 0
  const read = await timed('store.read', Math.min(seconds, 2), async () => {
    await store.read(DEFAULT_TENANT, entity(reads++ % commits).id)
  })
  await store.close()
  return [commit, read]
}

async function timed(name: string, seconds: number, work: () => Promise<void>): Promise<Row> {
  const times: number[] = []
  const started = performance.now()
  const until = started + seconds * 1000
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      while (performance.now() < until) {
        const began = performance.now()
        await work()
        times.push(performance.now() - began)
      }
    }),
  )
  const opsPerSecond = Math.round((times.length * 1000) / (performance.now() - started))
  times.sort((left, right) => left - right)
  const at = (share: number): number =>
    Math.round((times[Math.floor(times.length * share)] ?? 0) * 1000) / 1000
  return { name, opsPerSecond, ratioToBare: null, p50ms: at(0.5), p99ms: at(0.99) }
}

function entity(at: number): Entity {
  const now = 1_767_225_600_000_000
  const property = (value: number | string) =>
    [{ kind: 'Property', value, createdAt: now, modifiedAt: now }] as const
  return {
    id: `urn:ngsi-ld:AirQualityObserved:bench-${at}`,
    types: ['https://example.org/AirQualityObserved'],
    createdAt: now,
    modifiedAt: now,
    attributes: Object.fromEntries(
      ['pm25', 'pm10', 'no2', 'so2', 'stationCode'].map((name, place) => [
        `https://example.org/${name}`,
        property(at + place),
      ]),
    ),
  }
}
