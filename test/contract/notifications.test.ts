import { expect } from 'chai'
import type { Entity } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { clock } from '../../broker/main/clock.ts'
import { parseEntity } from '../../broker/store/port/change.ts'
import { entity, property, put } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'
import { until } from '../support/until.ts'
import { EngineWorld } from '../unit/subscriptions/engine-world.ts'

const VALUE = 'https://example.org/value'
const ID = 'urn:ngsi-ld:Thing:1'

for (const kind of stores) {
  describe(`${kind.name}: notifications from its log`, () => {
    let opened: OpenedStore
    let world: EngineWorld
    let subscriptions = 0
    before(async () => {
      opened = await kind.open(clock)
    })
    after(() => opened.close())
    beforeEach(async () => {
      world = new EngineWorld(opened.store)
      await world.begin()
    })
    afterEach(() => world.kill())

    async function subscribe(): Promise<string> {
      const id = `urn:s:${++subscriptions}`
      await world.keep(id, { id, uri: `http://e.test/${subscriptions}`, since: clock(), isActive: true })
      return id
    }

    async function write(value: number, id = ID): Promise<void> {
      const stored = await opened.store.read(DEFAULT_TENANT, id)
      const before: Entity | undefined = stored && parseEntity(stored.text)
      const next = entity(id, {
        attributes: { [VALUE]: [property(value, { modifiedAt: clock() })] },
        modifiedAt: clock(),
      })
      const unit = put(next, stored?.version ?? 0, before)
      const [result] = await opened.store.commit(DEFAULT_TENANT, [
        { ...unit, change: { ...unit.change, at: clock() } },
      ])
      expect(result?.outcome).to.equal('kept')
    }

    const told = (id: string) =>
      world.taken
        .filter(({ subscriptionId }) => subscriptionId === id)
        .map(({ data }) => JSON.stringify(data).match(/"value":(\d+)/)?.[1])

    it('tell of every change in order', async () => {
      const id = await subscribe()
      for (let value = 1; value <= 10; value++) await write(value)
      await until('all of them', () => told(id).length === 10)
      expect(told(id)).to.deep.equal(Array.from({ length: 10 }, (_, at) => String(at + 1)))
      await world.keep(id, undefined)
    })

    it('go on after the process was killed, with the same ids', async () => {
      const id = await subscribe()
      world.mood = () => 'loses'
      for (let value = 101; value <= 103; value++) await write(value)
      await until('a first attempt', () => told(id).length > 0)
      world.kill()
      await write(104)
      const ids = new Map(world.taken.map((one) => [JSON.stringify(one.data), one.id]))
      world.mood = () => 'takes'
      await world.begin()
      await until('all of them', () => new Set(told(id)).size === 4 && world.isQuiet([id]))
      for (const one of world.taken) {
        const before = ids.get(JSON.stringify(one.data))
        if (before !== undefined) expect(one.id).to.equal(before)
      }
      await world.keep(id, undefined)
    })

    it('end with the subscription, and leave nothing behind', async () => {
      const id = await subscribe()
      await write(201)
      await until('the first', () => told(id).length === 1)
      await world.keep(id, undefined)
      const other = await subscribe()
      await write(202)
      await until('that of the other', () => told(other).length === 1)
      expect(told(id)).to.have.length(1)
      await world.engine.stop()
      const left = await opened.store.documents(DEFAULT_TENANT, 'delivery', { limit: 100 })
      expect(JSON.stringify(left)).to.not.include(`"${id}"`)
      await world.keep(other, undefined)
    })
  })
}
