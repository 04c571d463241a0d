import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../broker/core/model/tenant.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { SqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { append, entity, NOW, property, put } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

for (const { name, open } of stores) {
  describe(`${name}: what a tenant takes`, () => {
    let opened: OpenedStore
    let store: Store
    before(async () => {
      opened = await open(() => NOW)
      store = opened.store
    })
    after(() => opened.close())

    it('is told by part, with the time of its measurement', async () => {
      await store.commit(DEFAULT_TENANT, [put(entity('urn:s:1'))])
      // what was larger leaves room
      await store.commit(DEFAULT_TENANT, [append('urn:s:2', [property('x'.repeat(100_000))])])
      await store.logEnd(DEFAULT_TENANT)
      if (store instanceof SqliteStore) await store.measure()
      const size = await store.size(DEFAULT_TENANT)
      expect(size?.measuredAt).to.equal(NOW)
      const names = size?.parts.map((part) => part.name) ?? []
      expect(names).to.include.members(['entities', 'history', 'log', 'documents', 'indexes', 'free'])
      expect(new Set(names).size).to.equal(names.length)
      for (const { bytes } of size?.parts ?? []) expect(bytes).to.be.at.least(0)
    })

    it('is nothing of a tenant that is not there', async () => {
      expect(await store.size(parseTenant('nobody'))).to.equal(undefined)
    })
  })
}
