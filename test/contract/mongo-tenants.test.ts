import { expect } from 'chai'
import { openMoved } from '../../broker/cli/run/move/open-moved.ts'
import { DEFAULT_TENANT, hiddenTenant, parseTenant } from '../../broker/core/model/tenant.ts'
import { sweepSnapshots } from '../../broker/operations/snapshots/sweep-snapshots.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { type OpenedCollections, openCollections } from '../support/mongo-collections.ts'
import { missingMongo } from '../support/mongodb-server.ts'
import { rejection } from '../support/rejection.ts'
import { entity, NOW, put } from '../support/store-builders.ts'

const CITY = parseTenant('Thai.Nguyen')
const missing = missingMongo()

describe(`MongoDB: tenants that other processes hold or drop${missing === undefined ? '' : ` SKIPPED: ${missing}`}`, () => {
  if (missing !== undefined) return
  let opened: OpenedCollections
  let store: MongoStore
  before(async () => {
    opened = await openCollections('tenants')
    store = await openMongoStore({ url: opened.url, database: opened.database, clock: () => NOW })
    await store.createTenant(CITY)
  })
  after(async () => {
    await store.close()
    await opened.close()
  })

  /** Names of what there is of a snapshot. */
  const left = async (key: string) => {
    const all = await opened.client.db(opened.database).listCollections({}, { nameOnly: true }).toArray()
    return all.map(({ name }) => name).filter((name) => name.startsWith(`snapshot-${key}~`))
  }

  it('creates none while the default one is held, on the way out as on the way in', async () => {
    const late = parseTenant('late')
    const { store: moved } = await openMoved(opened.url, opened.database, 'from')
    for (const held of ['given', 'receiving'] as const) {
      await moved.hold(DEFAULT_TENANT, held)
      for (const create of [
        () => store.createTenant(late),
        () => store.createHidden(hiddenTenant(CITY, 'a0')),
      ])
        expect(await rejection(create()))
          .to.include({ code: 'ServiceUnavailable' })
          .and.have.deep.property('headers', { 'Retry-After': '10' })
      await store.createTenant(CITY)
      expect(await store.tenants()).to.deep.equal([DEFAULT_TENANT, CITY])
      expect(await store.hiddenTenants()).to.deep.equal([])
    }
    await moved.hold(DEFAULT_TENANT, undefined)
    await moved.close()
    await store.createTenant(late)
    expect(await store.tenants()).to.include(late)
  })

  it('sweeps away what is left of a snapshot whose deletion was cut off, and what a late process brought back', async () => {
    const [cut, dropped] = [hiddenTenant(CITY, 'a1'), hiddenTenant(DEFAULT_TENANT, 'a2')]
    for (const tenant of [cut, dropped]) {
      await store.createHidden(tenant)
      await store.commit(tenant, [put(entity('urn:t:copied'))])
    }
    const database = opened.client.db(opened.database)
    // a process was killed behind its first steps
    await database.collection<{ _id: string }>('snapshots').deleteOne({ _id: cut })
    await database.collection(`snapshot-${cut}.entity`).drop()
    expect(await left('a1')).to.include(`snapshot-${cut}.log`)
    await store.dropHidden(dropped)
    expect(await left('a2')).to.deep.equal([])
    // another one drained meanwhile what it had read
    await database.collection(`snapshot-${dropped}.log`).insertOne({ text: 'copied' })
    for (const tenant of [cut, dropped]) expect(await store.read(tenant, 'urn:t:copied')).to.equal(undefined)

    await sweepSnapshots({ store, clock: () => NOW })
    expect([...(await left('a1')), ...(await left('a2'))]).to.deep.equal([])
    expect(await store.hiddenTenants()).to.deep.equal([])
    expect(await store.tenants()).to.include(CITY)
  })
})
