import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { release } from '../../broker/cli/run/move/move.ts'
import { openMoved } from '../../broker/cli/run/move/open-moved.ts'
import type { Collection } from '../../broker/core/model/change.ts'
import type { Entity } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT, hiddenTenant, parseTenant, type Tenant } from '../../broker/core/model/tenant.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { parseEntity } from '../../broker/store/port/change.ts'
import type { Store, Unit } from '../../broker/store/port/store.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { dropDatabase, type MongoServer, missingMongo, startMongo } from '../support/mongodb-server.ts'
import { moveHub } from '../support/move-hub.ts'
import { rejection } from '../support/rejection.ts'
import {
  append,
  document,
  entity,
  evolve,
  NOW,
  PM10,
  property,
  put,
  remove,
} from '../support/store-builders.ts'
import { temporaryFolder } from '../support/stores.ts'

const DAY = 86_400_000_000
const CITY = parseTenant('city')
const COPY = hiddenTenant(CITY, 'a1')
const NOTE = 'https://example.org/note'
const WHERE = 'https://example.org/location'
const PLACE = { kind: 'GeoProperty', value: { type: 'Point', coordinates: [105.84, 21.59] } } as const
const ENDS = NOW + 365 * 10 * DAY
const COLLECTIONS: readonly Exclude<Collection, 'entity' | 'evolution'>[] = [
  'subscription',
  'identity',
  'quarantine',
  'privacy',
]
const missing = missingMongo()

describe(`a hub that is moved${missing === undefined ? '' : ` SKIPPED: ${missing}`}`, () => {
  if (missing !== undefined) return
  const folder = temporaryFolder()
  const [first, second] = [join(folder, 'first'), join(folder, 'second')] as const
  const database = `hub-move-${process.pid}`
  let server: MongoServer
  let clock = NOW

  before(async () => {
    server = await startMongo()
  })
  after(async () => {
    await dropDatabase(server.url, database)
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const embedded = (directory: string) => openSqliteStore({ directory, packDays: 1, clock: () => clock })
  const mongodb = () => openMongoStore({ url: server.url, database, clock: () => clock })

  const moved = (from: string, to: string, how: { readonly cutAt?: string; readonly ahead?: boolean } = {}) =>
    moveHub({ from, to, database, ...how })

  async function keep(store: Store, unit: Unit, tenant: Tenant = DEFAULT_TENANT): Promise<number> {
    const [result] = await store.commit(tenant, [unit])
    expect(result?.outcome).to.equal('kept')
    return result?.version ?? 0
  }

  /** Writes the next state of an entity over what there is. */
  async function live(store: Store, next: Entity, tenant: Tenant = DEFAULT_TENANT): Promise<void> {
    const stored = await store.read(tenant, next.id)
    await keep(store, put(next, stored?.version ?? 0, stored && parseEntity(stored.text)), tenant)
  }

  async function die(store: Store, id: string, at: number): Promise<void> {
    const stored = await store.read(DEFAULT_TENANT, id)
    if (stored) await keep(store, remove(parseEntity(stored.text), stored.version, at))
  }

  const state = (id: string, at: number, value: number, members: Partial<Entity> = {}): Entity =>
    entity(id, {
      modifiedAt: NOW + at,
      attributes: {
        [PM10]: [
          property(value, { observedAt: NOW + at, modifiedAt: NOW + at }),
          property(`${value}`, { datasetId: 'urn:d:1', modifiedAt: NOW + at }),
        ],
        [WHERE]: [{ ...PLACE, createdAt: NOW, modifiedAt: NOW }],
      },
      ...members,
    })

  async function fill(store: Store): Promise<void> {
    await live(store, state('urn:e:lives', 0, 1, { scopes: ['/a'] }))
    await live(store, state('urn:e:lives', 1, 2, { scopes: ['/a', '/b'], expiresAt: ENDS }))
    await live(store, state('urn:e:dead', 2, 3))
    await die(store, 'urn:e:dead', NOW + 3)
    await live(store, state('urn:e:again', 4, 4))
    await die(store, 'urn:e:again', NOW + 5)
    await live(store, state('urn:e:again', 6, 5))
    await keep(
      store,
      append('urn:e:told', [property(6, { observedAt: NOW })], { types: ['urn:t:b'], scopes: ['/c'] }),
    )
    await live(store, state('urn:e:long', 7, 7))
    const readings = Array.from({ length: 260 }, (_, minute) =>
      property(minute / 8, { observedAt: NOW - 9 * DAY + minute * 60_000_000 }),
    )
    await keep(store, append('urn:e:long', readings))
    await keep(
      store,
      append('urn:e:long', [property('text', { observedAt: NOW - 9 * DAY })], { attribute: NOTE }),
    )
    const [moves] = await store.instances(DEFAULT_TENANT, 'urn:e:told', { order: 'oldest', perAttribute: 1 })
    const instance = property(8, { observedAt: NOW + 8 })
    await keep(
      store,
      evolve('urn:e:told', {
        action: 'replaceInstance',
        attribute: PM10,
        instanceId: moves?.instanceId ?? '',
        instance,
      }),
    )
    await keep(store, append('urn:e:told', [property(9, { observedAt: NOW })]))
    const secret = property('secret', { modifiedAt: NOW + 9 })
    await live(store, entity('urn:e:erased', { modifiedAt: NOW + 9, attributes: { [NOTE]: [secret] } }))
    await keep(store, evolve('urn:e:erased', { action: 'erase', what: { attributes: [NOTE] } }, NOW + 10))
    await keep(store, document('urn:s:1', { a: 1 }))
    await keep(store, document('urn:s:1', { a: 2, 10: 'x', 9: 'y' }))
    await keep(store, document('urn:s:2', { b: 1 }))
    await keep(store, document('urn:s:2', undefined))
    await keep(store, document('urn:q:1', { bytes: 'AA==' }, { collection: 'quarantine', expiresAt: ENDS }))
    await store.createTenant(CITY)
    await live(store, state('urn:e:city', 0, 1), CITY)
    await store.createHidden(COPY)
    await live(store, state('urn:e:city', 0, 1), COPY)
    await keep(store, document('hub-secret', { secret: 's' }, { collection: 'identity', logged: false }))
  }

  async function all(store: Store): Promise<unknown> {
    const tenants = [...(await store.tenants()), ...(await store.hiddenTenants())].sort()
    const told: unknown[] = []
    for (const tenant of tenants) {
      const { rows } = await store.query(tenant, { query: {}, limit: 100, maxRows: 1000 })
      const heads = await store.evolutions(tenant, { limit: 100 })
      const histories = []
      for (const { id } of heads)
        histories.push(await store.instances(tenant, id, { order: 'oldest', perAttribute: 10_000 }))
      const documents = []
      for (const collection of COLLECTIONS)
        documents.push(await store.documents(tenant, collection, { limit: 100 }))
      const { types, attributes, kinds, instances } = await store.counters(tenant)
      told.push({
        tenant,
        entities: rows.map(({ id, text, place }) => ({ id, text, place })),
        heads: heads.map((head) => ({ ...head, types: [...head.types].sort() })),
        histories: histories.map((list) => list.map(({ text, instance: _, ...one }) => ({ ...one, text }))),
        documents: documents.flat().map(({ id, document: text }) => ({ id, text: JSON.stringify(text) })),
        log: await store.log(tenant, 0, 10_000),
        end: await store.logEnd(tenant),
        counts: [types, attributes, instances, kinds],
      })
    }
    return JSON.parse(
      JSON.stringify(told, (_, value) =>
        value instanceof Map || value instanceof Set ? [...value].sort() : value,
      ),
    )
  }

  /** Writes on: versions, the log, chains of records and what waits to be erased have to be right for that. */
  async function goOn(store: Store): Promise<void> {
    const end = await store.logEnd(DEFAULT_TENANT)
    await live(store, entity('urn:e:erased', { modifiedAt: NOW + 20, attributes: {} }))
    await keep(
      store,
      document(
        'urn:s:1',
        { a: 3 },
        { expectedVersion: (await store.document(DEFAULT_TENANT, 'subscription', 'urn:s:1'))?.version ?? 0 },
      ),
    )
    const records = await store.log(DEFAULT_TENANT, end, 10)
    expect(records.map(({ id, action }) => [id, action])).to.deep.equal([
      ['urn:e:erased', 'updated'],
      ['urn:s:1', 'updated'],
    ])
    expect(records[1]?.before).to.deep.equal({ a: 2, 9: 'y', 10: 'x' })
    await store.finishErasing(DEFAULT_TENANT)
    expect(JSON.stringify(await store.log(DEFAULT_TENANT, 0, 1000))).not.to.include('secret"')
  }

  let original: unknown

  it('has in MongoDB what it had in the embedded store, by place, number and content', async () => {
    const store = await embedded(first)
    await fill(store)
    clock = NOW + 3 * DAY
    await store.rollUp()
    await store.rollUp()
    original = await all(store)
    await store.close()
    for (const cutAt of ['default tenant: entities', 'default tenant: documents', 'tenant city: history'])
      expect(String(await rejection(moved(first, server.url, { cutAt })))).to.include('cut off')
    await moved(first, server.url, { ahead: true })
    await moved(first, server.url)
    const target = await mongodb()
    expect(await all(target)).to.deep.equal(original)
    await target.close()
  })

  it('takes no writes any more where it was, and is read there', async () => {
    const store = await embedded(first)
    const refused = await rejection(store.commit(DEFAULT_TENANT, [put(entity('urn:e:late'))]))
    expect(refused)
      .to.include({ code: 'ServiceUnavailable' })
      .and.have.deep.property('headers', { 'Retry-After': '10' })
    expect(await rejection(store.createTenant(parseTenant('late')))).to.include({
      code: 'ServiceUnavailable',
    })
    expect((await store.read(DEFAULT_TENANT, 'urn:e:late')) ?? 'none').to.equal('none')
    expect((await store.read(DEFAULT_TENANT, 'urn:e:lives'))?.text).to.be.a('string')
    await store.close()
  })

  it('comes back to an embedded store as it went', async () => {
    await moved(server.url, second)
    const store = await embedded(second)
    expect(await all(store)).to.deep.equal(original)
    await store.close()
    const refused = await mongodb()
    expect(await rejection(refused.commit(DEFAULT_TENANT, [put(entity('urn:e:late'))]))).to.include({
      code: 'ServiceUnavailable',
    })
    await refused.close()
  })

  it('is not moved onto a hub', async () => {
    expect(String(await rejection(moved(server.url, second)))).to.include('There is a hub in folder')
  })

  it('writes on where it is, and where it was once that is released', async () => {
    const back = await embedded(second)
    await goOn(back)
    await back.rollUp()
    await back.close()
    const opened = await openMoved(server.url, database, 'from')
    await release(opened)
    await opened.store.close()
    const store = await mongodb()
    await goOn(store)
    await store.close()
  })
})
