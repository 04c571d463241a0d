import { expect } from 'chai'
import { Problem } from '../../broker/core/model/problem.ts'
import { DEFAULT_TENANT, hiddenTenant, parseTenant } from '../../broker/core/model/tenant.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { document, entity, PM10, put } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const ID = 'urn:ngsi-ld:T:1'

for (const { name, open } of stores) {
  describe(`${name}: tenants`, () => {
    let opened: OpenedStore
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())

    it('has the default tenant from the start', async () => {
      expect(await opened.store.tenants()).to.deep.equal([DEFAULT_TENANT])
    })

    it('keeps tenants apart, also those that differ in case only', async () => {
      const { store } = opened
      const names = ['city', 'City', 'city.x', 'city-x', 'default', 'con', '0'].map(parseTenant)
      for (const tenant of names) {
        await store.createTenant(tenant)
        await store.createTenant(tenant)
      }
      expect(await store.tenants()).to.have.members([DEFAULT_TENANT, ...names])
      await store.commit(names[1]!, [put(entity(ID)), document('urn:s:1', {})])
      for (const tenant of [DEFAULT_TENANT, ...names].filter((one) => one !== names[1])) {
        expect(await store.read(tenant, ID), tenant).to.equal(undefined)
        expect((await store.query(tenant, { query: {}, limit: 9, maxRows: 99 })).rows).to.deep.equal([])
        expect(await store.log(tenant, 0, 9)).to.deep.equal([])
        expect(await recordedInstances(store, tenant, ID, { limit: 9 })).to.deep.equal([])
        expect(await store.document(tenant, 'subscription', 'urn:s:1')).to.equal(undefined)
        expect((await store.counters(tenant)).types.size).to.equal(0)
      }
      expect((await store.read(names[1]!, ID))?.id).to.equal(ID)
      expect((await recordedInstances(store, names[1]!, ID, { limit: 9 }))[0]?.attribute).to.equal(PM10)
    })

    it('answers reads of a tenant that was never created with nothing, and refuses its writes', async () => {
      const { store } = opened
      const tenant = parseTenant('never')
      expect(await store.read(tenant, ID)).to.equal(undefined)
      expect(await store.readMany(tenant, [ID])).to.deep.equal([])
      expect((await store.query(tenant, { query: {}, limit: 9, maxRows: 99 })).rows).to.deep.equal([])
      expect(await store.documents(tenant, 'feed', { limit: 9 })).to.deep.equal([])
      const refusal = await store.commit(tenant, [put(entity(ID))]).catch((error: unknown) => error)
      expect(refusal).to.be.instanceOf(Problem).with.property('code', 'NonexistentTenant')
      expect(await store.tenants()).to.not.include(tenant)
    })

    it('keeps hidden tenants apart, unlisted, and drops them with all that they hold', async () => {
      const { store } = opened
      const city = parseTenant('Hidden-Of.City')
      await store.createTenant(city)
      const [one, other, ofDefault] = [
        hiddenTenant(city, 'a1'),
        hiddenTenant(city, 'b2'),
        hiddenTenant(DEFAULT_TENANT, 'c3'),
      ]
      for (const tenant of [one, one, other, ofDefault]) await store.createHidden(tenant)
      expect(await store.hiddenTenants()).to.have.members([one, other, ofDefault])
      expect(await store.tenants())
        .to.include(city)
        .and.not.include.members([one])
      await store.commit(one, [put(entity(ID)), document('urn:s:1', {})])
      for (const tenant of [city, other, ofDefault, DEFAULT_TENANT]) {
        expect(await store.read(tenant, ID), tenant).to.equal(undefined)
      }
      expect((await store.read(one, ID))?.id).to.equal(ID)

      await store.dropHidden(one)
      await store.dropHidden(one)
      expect(await store.hiddenTenants()).to.have.members([other, ofDefault])
      expect(await store.read(one, ID)).to.equal(undefined)
      expect(await store.document(one, 'subscription', 'urn:s:1')).to.equal(undefined)
      for (const write of [() => store.commit(one, [put(entity(ID))]), () => store.createTenant(one)]) {
        const refusal = await write().catch((error: unknown) => error)
        expect(refusal).to.be.instanceOf(Problem).with.property('code', 'ResourceNotFound')
        expect(`${refusal}`).to.not.include(one)
      }
      await store.createHidden(one)
      expect(await store.read(one, ID)).to.equal(undefined)
      expect(await store.log(one, 0, 9)).to.deep.equal([])
    })

    it('never drops a tenant that requests can name', async () => {
      const { store } = opened
      const tenant = parseTenant('stays')
      await store.createTenant(tenant)
      await store.commit(tenant, [put(entity(ID))])
      await store.dropHidden(tenant)
      expect((await store.read(tenant, ID))?.id).to.equal(ID)
    })
  })
}
