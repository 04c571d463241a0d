import { expect } from 'chai'
import { openMoved } from '../../broker/cli/run/move/open-moved.ts'
import { DEFAULT_TENANT, hiddenTenant, parseTenant } from '../../broker/core/model/tenant.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { type OpenedCollections, openCollections } from '../support/mongo-collections.ts'
import { missingMongo } from '../support/mongodb-server.ts'
import { rejection } from '../support/rejection.ts'
import { NOW } from '../support/store-builders.ts'

const CITY = parseTenant('Thai.Nguyen')
const missing = missingMongo()

describe(`MongoDB: tenants of a hub that is moved${missing === undefined ? '' : ` SKIPPED: ${missing}`}`, () => {
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
})
