import { expect } from 'chai'
import type { Entity } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { parseEntity } from '../../broker/store/port/change.ts'
import { reapExpired } from '../../broker/store/port/reap-expired.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { entity, NOW, PM10, property, put, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const NO2 = 'https://example.org/no2'
const GONE = 'urn:ngsi-ld:T:gone'
const PART = 'urn:ngsi-ld:T:part'
const STAYS = 'urn:ngsi-ld:T:stays'
const types = { kind: 'type', type: TYPE } as const

for (const { name, open } of stores) {
  describe(`${name}: 4.22 Transient storage`, () => {
    let opened: OpenedStore
    let now = NOW
    before(async () => {
      opened = await open(() => now)
      const note = property('n', { expiresAt: NOW + 30 })
      const part: Partial<Entity> = {
        attributes: {
          [PM10]: [
            property(1, { attributes: { [NO2]: [note] } }),
            property(2, { datasetId: 'urn:d:1', expiresAt: NOW + 20 }),
          ],
          [NO2]: [property(3, { expiresAt: NOW + 20 })],
        },
      }
      await opened.store.commit(DEFAULT_TENANT, [
        put(entity(GONE, { expiresAt: NOW + 10 })),
        put(entity(PART, part)),
        put(entity(STAYS)),
      ])
    })
    after(() => opened.close())
    const query = () =>
      opened.store.query(DEFAULT_TENANT, { query: { types }, limit: 10, maxRows: 100, count: true })
    const read = async (id: string) => {
      const stored = await opened.store.read(DEFAULT_TENANT, id)
      return stored && parseEntity(stored.text)
    }

    it('answers exactly until the first thing expires, and says how long', async () => {
      expect(await query()).to.include({ exact: true, count: 3, validUntil: NOW + 10 })
      now = NOW + 10
      expect(await query())
        .to.include({ exact: false })
        .and.not.have.any.keys('count', 'validUntil')
    })

    it('reaps an entity once, at the instant of its expiry, and leaves what is still to expire', async () => {
      const { store } = opened
      const { sequence } = (await store.log(DEFAULT_TENANT, 0, 100)).at(-1)!
      await Promise.all([reapExpired(store, DEFAULT_TENANT, now), reapExpired(store, DEFAULT_TENANT, now)])
      await reapExpired(store, DEFAULT_TENANT, now)
      const records = await store.log(DEFAULT_TENANT, sequence, 100)
      expect(records.map(({ id, action, at, origin }) => ({ id, action, at, origin }))).to.deep.equal([
        { id: GONE, action: 'deleted', at: NOW + 10, origin: { by: 'hub' } },
      ])
      expect(await read(GONE)).to.equal(undefined)
      expect((await recordedInstances(store, DEFAULT_TENANT, GONE, { limit: 10 })).at(-1)).to.include({
        deletedAt: NOW + 10,
      })
      expect(await query()).to.include({ exact: true, count: 2, validUntil: NOW + 20 })
      expect(await store.expired(DEFAULT_TENANT, now, 10)).to.deep.equal([])
    })

    it('reaps attributes, instances and sub-attributes, each at its instant, and no time of the entity moves', async () => {
      const { store } = opened
      now = NOW + 1000
      expect(await store.expired(DEFAULT_TENANT, now, 10)).to.deep.equal([PART])
      const { sequence } = (await store.log(DEFAULT_TENANT, 0, 100)).at(-1)!
      await reapExpired(store, DEFAULT_TENANT, now)
      const records = await store.log(DEFAULT_TENANT, sequence, 100)
      expect(records.map(({ action, at }) => [action, at])).to.deep.equal([
        ['updated', NOW + 20],
        ['updated', NOW + 30],
      ])
      const told = records[0]?.attributes?.map(({ attribute, datasetId, action }) => [
        attribute,
        datasetId,
        action,
      ])
      expect(told).to.have.deep.members([
        [PM10, 'urn:d:1', 'deleted'],
        [NO2, undefined, 'deleted'],
      ])
      expect(records[1]?.attributes).to.deep.equal([])
      expect(await read(PART)).to.deep.equal(entity(PART, { attributes: { [PM10]: [property(1)] } }))
      expect(await read(STAYS)).to.deep.equal(entity(STAYS))
      const page = await query()
      expect(page).to.include({ exact: true, count: 2 })
      expect(page).to.not.have.property('validUntil')
      const counters = await store.counters(DEFAULT_TENANT)
      expect(counters.attributes.has(NO2)).to.equal(false)
      expect(counters.instances.get(PM10)).to.equal(2)
    })
  })
}
