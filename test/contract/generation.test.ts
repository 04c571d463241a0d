import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../broker/core/model/tenant.ts'
import type { EvolutionChange } from '../../broker/store/port/evolution.ts'
import { entity, NOW, PM10, put, remove, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const ID = 'urn:ngsi-ld:Room:1'
const HISTORIC = 'urn:ngsi-ld:Room:historic'

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

    it('of a history changes with every unit of its id that is kept, and with no other', async () => {
      const { store } = opened
      const seen: (number | undefined)[] = []
      const note = () => seen.push(store.historyGeneration(DEFAULT_TENANT, HISTORIC))
      const evolve = (id: string, change: EvolutionChange) =>
        store.commit(DEFAULT_TENANT, [
          { collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, change },
        ])
      note()
      const changes = [
        () => store.commit(DEFAULT_TENANT, [put(entity(HISTORIC))]),
        () => evolve(HISTORIC, { action: 'append', needs: 'either', types: [TYPE], instances: [] }),
        () => evolve(HISTORIC, { action: 'deleteAttribute', attribute: PM10, all: true }),
        () => evolve(HISTORIC, { action: 'delete' }),
      ]
      for (const change of changes) {
        const [result] = await change()
        expect(result?.outcome).to.equal('kept')
        note()
        const known = seen.at(-1)
        await store.commit(DEFAULT_TENANT, [put(entity(`${ID}:${seen.length}`))])
        await evolve(HISTORIC, { action: 'deleteAttribute', attribute: `${PM10}:none` })
        expect(store.historyGeneration(DEFAULT_TENANT, HISTORIC)).to.equal(known)
      }
      if (seen[0] === undefined) expect(new Set(seen)).to.deep.equal(new Set([undefined]))
      else expect(new Set(seen).size).to.equal(seen.length)
    })

    it('is none for a tenant that is not there', () => {
      expect(opened.store.generation(parseTenant('nowhere'))).to.equal(undefined)
      expect(opened.store.historyGeneration(parseTenant('nowhere'), ID)).to.equal(undefined)
    })
  })
}
