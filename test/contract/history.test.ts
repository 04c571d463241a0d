import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { instanceTime } from '../../broker/store/port/history-instances.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { entity, NOW, PM10, property, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const NO2 = 'https://example.org/no2'

for (const { name, open } of stores) {
  describe(`${name}: history`, () => {
    let opened: OpenedStore
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())

    it('keeps every instance, oldest first, and the deletion', async () => {
      const { store } = opened
      const id = 'urn:ngsi-ld:T:history-1'
      const [one, two, three] = [10, 20, 30].map((value, at) =>
        entity(id, {
          attributes: { [PM10]: [property(value, { modifiedAt: NOW + at, observedAt: NOW - 100 + at })] },
        }),
      )
      const results = await store.commit(DEFAULT_TENANT, [
        put(one!),
        put(two!, 'previous', one),
        put(three!, 'previous', two),
        remove(three!, 'previous', NOW + 50),
      ])
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(['kept', 'kept', 'kept', 'kept'])
      const instances = await recordedInstances(store, DEFAULT_TENANT, id, { limit: 10 })
      expect(instances.map(({ text }) => text && JSON.parse(text).value)).to.deep.equal([
        10,
        20,
        30,
        'urn:ngsi-ld:null',
      ])
      expect(instances.map(({ observedAt }) => observedAt)).to.deep.equal([
        NOW - 100,
        NOW - 99,
        NOW - 98,
        undefined,
      ])
      expect(instances.map(({ modifiedAt }) => modifiedAt)).to.deep.equal([NOW, NOW + 1, NOW + 2, NOW + 50])
      expect(instances.at(-1)).to.include({ attribute: PM10, deletedAt: NOW + 50 })
      expect(instances[0]).to.not.have.any.keys('deletedAt', 'datasetId')
      expect(new Set(instances.map(({ instanceId }) => instanceId)).size).to.equal(4)
      for (const { instanceId } of instances) expect(instanceId).to.match(/^urn:ngsi-ld:Instance:[\w-]{22,}$/)
      expect(instances.map(({ instanceId }) => instanceTime(instanceId))).to.deep.equal([
        NOW - 100,
        NOW - 99,
        NOW - 98,
        NOW + 50,
      ])
      expect(await store.read(DEFAULT_TENANT, id)).to.equal(undefined)
    })

    it('replaces what has the same entity, attribute, datasetId and time, and keeps its instanceId', async () => {
      const { store } = opened
      const id = 'urn:ngsi-ld:T:history-2'
      const first = entity(id, { attributes: { [PM10]: [property(1, { observedAt: NOW })] } })
      const again = entity(id, {
        attributes: { [PM10]: [property(2, { observedAt: NOW, modifiedAt: NOW + 7 })] },
      })
      await store.commit(DEFAULT_TENANT, [put(first)])
      const [before] = await recordedInstances(store, DEFAULT_TENANT, id, { limit: 10 })
      const { version } = (await store.read(DEFAULT_TENANT, id))!
      await store.commit(DEFAULT_TENANT, [put(again, version, first)])
      const instances = await recordedInstances(store, DEFAULT_TENANT, id, { limit: 10 })
      expect(instances).to.have.length(1)
      expect(JSON.parse(instances[0]!.text!).value).to.equal(2)
      expect(instances[0]!.instanceId).to.equal(before!.instanceId)
    })

    it('takes a late instance into history, once, and leaves the state and its counters alone', async () => {
      const { store } = opened
      const id = 'urn:ngsi-ld:T:history-late'
      const type = 'https://example.org/Late'
      const now = entity(id, { types: [type], attributes: { [PM10]: [property(9, { observedAt: NOW })] } })
      await store.commit(DEFAULT_TENANT, [put(now)])
      const stored = await store.read(DEFAULT_TENANT, id)
      const counters = (await store.counters(DEFAULT_TENANT)).attributes.get(PM10)?.get(type)
      for (const value of [4, 4, 5]) {
        const after = property(value, { observedAt: NOW - 60, modifiedAt: NOW + value })
        const before = now.attributes[PM10]![0]!
        const { version } = (await store.read(DEFAULT_TENANT, id))!
        const [result] = await store.commit(DEFAULT_TENANT, [
          {
            ...put(now, version, now),
            change: {
              action: 'updated',
              at: NOW + value,
              members: false,
              attributes: [{ attribute: PM10, action: 'updated', before, after, late: true }],
            },
          },
        ])
        expect(result?.outcome).to.equal('kept')
      }
      const instances = await recordedInstances(store, DEFAULT_TENANT, id, { limit: 10 })
      expect(instances.map(({ text }) => JSON.parse(text!).value)).to.deep.equal([5, 9])
      expect(instances.map(({ observedAt }) => observedAt)).to.deep.equal([NOW - 60, NOW])
      expect((await store.read(DEFAULT_TENANT, id))?.text).to.equal(stored?.text)
      expect((await store.counters(DEFAULT_TENANT)).attributes.get(PM10)?.get(type)).to.equal(counters)
      const log = (await store.log(DEFAULT_TENANT, 0, 1000)).filter((record) => record.id === id).slice(1)
      expect(log.map(({ attributes }) => attributes?.[0]?.late)).to.deep.equal([true, true, true])
    })

    it('keeps instances of other datasets and attributes apart', async () => {
      const { store } = opened
      const id = 'urn:ngsi-ld:T:history-3'
      const attributes = {
        [PM10]: [property(1), property(2, { datasetId: 'urn:d:1' }), property(3, { datasetId: 'urn:d:2' })],
        [NO2]: [property(4)],
      }
      await store.commit(DEFAULT_TENANT, [put(entity(id, { attributes }))])
      const all = await recordedInstances(store, DEFAULT_TENANT, id, { limit: 10 })
      expect(all).to.have.length(4)
      const pm10 = await recordedInstances(store, DEFAULT_TENANT, id, { attribute: PM10, limit: 10 })
      expect(pm10.map(({ datasetId }) => datasetId)).to.have.members([undefined, 'urn:d:1', 'urn:d:2'])
      expect(pm10.every(({ attribute }) => attribute === PM10)).to.equal(true)
      expect(await recordedInstances(store, DEFAULT_TENANT, id, { limit: 2 })).to.deep.equal(all.slice(0, 2))
    })

    it('outlives the entity and goes on when the id comes back', async () => {
      const { store } = opened
      const id = 'urn:ngsi-ld:T:history-4'
      const one = entity(id)
      const back = entity(id, { attributes: { [PM10]: [property(9, { modifiedAt: NOW + 90 })] } })
      await store.commit(DEFAULT_TENANT, [put(one), remove(one, 'previous', NOW + 10), put(back, 'previous')])
      const instances = await recordedInstances(store, DEFAULT_TENANT, id, { limit: 10 })
      expect(instances.map(({ deletedAt }) => deletedAt)).to.deep.equal([undefined, NOW + 10, undefined])
    })

    it('answers nothing for an entity that was never there', async () => {
      expect(
        await recordedInstances(opened.store, DEFAULT_TENANT, 'urn:ngsi-ld:T:never', { limit: 5 }),
      ).to.deep.equal([])
    })
  })
}
