import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../broker/core/model/tenant.ts'
import { entity, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const ID = 'urn:ngsi-ld:Room:1'

for (const { name, open } of stores) {
  describe(`${name}: generation`, () => {
    let opened: OpenedStore
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())

    it('stands still while nothing is kept, and never comes back after that', async () => {
      const { store } = opened
      const seen: (number | undefined)[] = []
      const note = async () => {
        await store.read(DEFAULT_TENANT, ID)
        seen.push(store.generation(DEFAULT_TENANT))
      }
      await note()
      const [created] = await store.commit(DEFAULT_TENANT, [put(entity(ID))])
      await note()
      const [lost] = await store.commit(DEFAULT_TENANT, [put(entity(ID))])
      await note()
      await store.commit(DEFAULT_TENANT, [remove(entity(ID), created?.version ?? 0)])
      await note()
      const [before, after, afterConflict, afterRemoval] = seen
      expect([created?.outcome, lost?.outcome]).to.deep.equal(['kept', 'conflict'])
      if (before === undefined) expect(new Set(seen)).to.deep.equal(new Set([undefined]))
      else {
        expect(after).to.be.greaterThan(before)
        expect(afterConflict).to.equal(after)
        expect(afterRemoval).to.be.greaterThan(after as number)
      }
    })

    it('is none for a tenant that is not there', () => {
      expect(opened.store.generation(parseTenant('nowhere'))).to.equal(undefined)
    })
  })
}
