import { wholeChange } from '../broker/core/merge/settle.ts'
import type { Entity, Instance } from '../broker/core/model/entity.ts'
import type { JsonValue } from '../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../broker/core/model/tenant.ts'
import type { EntityUnit } from '../broker/store/port/store.ts'
import { openSqliteStore } from '../broker/store/sqlite/sqlite-store.ts'
import { id } from './entities.ts'

interface Row {
  readonly name: string
  readonly opsPerSecond: number
  readonly ratioToBare: null
  readonly p50ms: number
  readonly p99ms: number
}

interface Work {
  readonly seconds: number
  readonly work: () => Promise<void>
  /** Entities that one call of `work` keeps. */
  readonly items?: number
}

const PARALLEL = 50

/** Measures the embedded store without HTTP: durable commits of one entity and of 20, and reads by id. */
export async function storeAlone(directory: string, seconds: number, pages: number): Promise<readonly Row[]> {
  const store = await openSqliteStore({ directory })
  let commits = 0
  const commit = (units: number) => async () => {
    const first = commits
    commits += units
    const batch = Array.from({ length: units }, (_, at) => createUnit(entity(first + at, pages)))
    await store.commit(DEFAULT_TENANT, batch)
  }
  const one = await timed('store.commit', { seconds, work: commit(1) })
  const twenty = await timed('store.commit20', { seconds, work: commit(20), items: 20 })
  let reads = 0
  const read = await timed('store.read', {
    seconds: Math.min(seconds, 2),
    work: async () => {
      await store.read(DEFAULT_TENANT, id(reads++ % commits))
    },
  })
  await store.close()
  return [one, twenty, read]
}

/** Commits so many entities in batches and answers how many a second. */
export async function loadStoreAlone(
  directory: string,
  entities: number,
  unit: (at: number) => EntityUnit,
): Promise<number> {
  const store = await openSqliteStore({ directory })
  const started = performance.now()
  let next = 0
  const work = async (): Promise<void> => {
    while (next < entities) {
      const first = next
      next += 500
      const batch = Array.from({ length: Math.min(500, entities - first) }, (_, at) => unit(first + at))
      await store.commit(DEFAULT_TENANT, batch)
    }
  }
  await Promise.all([work(), work(), work(), work()])
  const seconds = (performance.now() - started) / 1000
  await store.close()
  return entities / seconds
}

async function timed(name: string, { seconds, work, items = 1 }: Work): Promise<Row> {
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
  const opsPerSecond = Math.round((times.length * items * 1000) / (performance.now() - started))
  times.sort((left, right) => left - right)
  const at = (share: number): number =>
    Math.round((times[Math.floor(times.length * share)] ?? 0) * 1000) / 1000
  return { name, opsPerSecond, ratioToBare: null, p50ms: at(0.5), p99ms: at(0.99) }
}

const NOW = 1_767_225_600_000_000
const VOCABULARY = 'https://thainguyen.gov.vn/ontology/urban/'

/** Answers the unit that creates an entity. */
export function createUnit(next: Entity): EntityUnit {
  const change = wholeChange('created', next, next.createdAt)
  return {
    collection: 'entity',
    id: next.id,
    expectedVersion: 0,
    next,
    change,
    origin: { by: 'bench', requestId: 'bench' },
  }
}

/** Answers an attribute instance. */
export function instance(
  kind: Instance['kind'],
  value: JsonValue,
  members: Partial<Instance> = {},
): Instance {
  return { kind, value, ...members, createdAt: NOW, modifiedAt: NOW }
}

/** The entity of the benches as the store gets it. */
function entity(at: number, pages: number): Entity {
  const observed = { observedAt: NOW, unitCode: 'GQ' }
  const point = { type: 'Point', coordinates: [105.7 + (at % 100) / 400, 21.4 + ((at / 100) % 100) / 400] }
  return {
    id: id(at),
    types: [`${VOCABULARY}AirQualityObserved`],
    createdAt: NOW,
    modifiedAt: NOW,
    attributes: {
      [`${VOCABULARY}pm25`]: [instance('Property', at % pages, observed)],
      [`${VOCABULARY}pm10`]: [instance('Property', (at * 7) % 600, observed)],
      [`${VOCABULARY}stationCode`]: [instance('Property', `TNG-${at}`)],
      [`${VOCABULARY}refDevice`]: [instance('Relationship', `urn:ngsi-ld:Device:bench-${at}`)],
      'https://uri.etsi.org/ngsi-ld/location': [instance('GeoProperty', point)],
    },
  }
}
