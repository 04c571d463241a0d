import { expect } from 'chai'
import fc from 'fast-check'
import { commitUnits } from '../../broker/store/mongodb/commit/commit-units.ts'
import { readInstances } from '../../broker/store/mongodb/history/mongo-history.ts'
import type { TakeTurn } from '../../broker/store/mongodb/in-turn.ts'
import { drainChanges } from '../../broker/store/mongodb/log/drain-changes.ts'
import type { TenantCollections } from '../../broker/store/mongodb/mongo-documents.ts'
import { MarkedDays } from '../../broker/store/mongodb/totals/marked-days.ts'
import type { EvolutionChange, EvolutionUnit } from '../../broker/store/port/evolution.ts'
import type { Unit } from '../../broker/store/port/store.ts'
import { type OpenedCollections, openCollections } from '../support/mongo-collections.ts'
import { entity, NOW, PM10, property, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'

const [kind] = stores.filter(({ name }) => name === 'MongoDB')
const [time, value] = [fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 99 })]
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ action: fc.constant('append' as const), time, value }) },
  { weight: 4, arbitrary: fc.record({ action: fc.constant('replaceInstance' as const), time, value }) },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('deleteInstance' as const) }) },
  { weight: 1, arbitrary: fc.record({ action: fc.constant('deleteAttribute' as const) }) },
  { weight: 1, arbitrary: fc.record({ action: fc.constant('delete' as const) }) },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('drain' as const) }) },
)

if (kind) {
  describe('MongoDB: evolution while nothing is drained', () => {
    let opened: OpenedCollections
    let collections: TenantCollections
    let entities = 0
    let version = 1000
    before(async () => {
      opened = await openCollections('evolution')
      collections = opened.collections
    })
    after(() => opened.close())

    const inTurn = <T>(_key: string, task: () => Promise<T>) => task()
    const days = new MarkedDays(() => NOW)
    const drain = () => drainChanges(collections, { inTurn, days })
    /** Commits as a process does that ends before it has drained anything. */
    const commit = (...units: readonly Unit[]) => {
      const first = version
      version += units.length
      const newVersion = () => Promise.reject(new Error('Nobody came between'))
      const help = { first, unitsInTurn: inTurn, inTurn, newVersion, drain, told: () => undefined }
      return commitUnits(collections, units, help)
    }
    const instancesOf = async (id: string, order: 'oldest' | 'newest' = 'oldest') =>
      (await readInstances(collections, id, { order, perAttribute: 100 })).map(
        ({ instanceId, observedAt, text }) => ({ instanceId, observedAt, value: JSON.parse(text!).value }),
      )

    it('reads the same before and after, and when somebody drains late what others had drained', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 7 }), async (steps) => {
          const id = `urn:ngsi-ld:T:${++entities}`
          const expected = new Map<number, number>()
          await commit(unitOf(id, appended(NOW, 0)))
          expected.set(NOW, 0)
          for (const [at, one] of steps.entries()) {
            if (one.action === 'drain') {
              await drain()
              continue
            }
            const before = await instancesOf(id)
            const ids = before.map(({ instanceId }) => instanceId)
            const target = before.filter(
              ({ instanceId }) => ids.indexOf(instanceId) === ids.lastIndexOf(instanceId),
            )[at % 3]
            const change = changeOf(one, target?.instanceId ?? 'urn:none')
            const [result] = await commit(unitOf(id, change))
            if (result?.outcome !== 'kept') continue
            if (change.action === 'delete' || change.action === 'deleteAttribute') expected.clear()
            if (change.action.endsWith('Instance')) expected.delete(target!.observedAt!)
            if ('time' in one) expected.set(NOW + one.time, one.value)
          }
          const overlaid = await instancesOf(id)
          const values = overlaid.map(({ observedAt, value: read }) => [observedAt, read])
          expect(values).to.deep.equal([...expected].sort(([left], [right]) => left - right))
          expect(await instancesOf(id, 'newest')).to.deep.equal(overlaid.toReversed())
          const left = await collections.entities.findOne({ _id: id })
          await drain()
          expect(await instancesOf(id)).to.deep.equal(overlaid)
          await collections.entities.updateOne(
            { _id: id },
            { $set: { pending: true, changes: left!.changes } },
          )
          await drain()
          expect(await instancesOf(id)).to.deep.equal(overlaid)
        }),
        { numRuns: 3 },
      )
    })

    it('drains what waited when it began, however much others write meanwhile', async () => {
      const idOf = (generation: number, at: number) => `urn:ngsi-ld:T:busy:${generation}:${at}`
      const commitMany = (generation: number) =>
        commit(...Array.from({ length: 101 }, (_, at) => put(entity(idOf(generation, at)))))
      const written = new Set<number>()
      const write = async (generation: number) => {
        if (written.has(generation) || generation > 3) return
        written.add(generation)
        await commitMany(generation)
      }
      await write(0)
      const busy: TakeTurn = async (id, task) => {
        await write(Number(/busy:(\d)/.exec(id)?.[1]) + 1)
        return task()
      }
      await drainChanges(collections, { inTurn: busy, days })
      expect(await collections.log.countDocuments({ key: /busy:0/ })).to.equal(101)
      const left = await collections.entities.countDocuments({ pending: true })
      expect([...written, left]).to.deep.equal([0, 1, 101])
      await drain()
    })

    it('asks as much for many records that others have drained in part as for few', async () => {
      /** So many commands for a drain of so many records, half of which another process has drained. */
      const asksFor = async (records: number): Promise<number> => {
        const ids = Array.from({ length: records }, (_, at) => `urn:ngsi-ld:T:shared:${records}:${at}`)
        await commit(...ids.slice(records / 2).map((id) => put(entity(id))))
        const waiting = await collections.entities.find({ pending: true }).toArray()
        await drain()
        for (const { _id, changes } of waiting)
          await collections.entities.updateOne({ _id }, { $set: { pending: true, changes } })
        await commit(...ids.slice(0, records / 2).map((id) => put(entity(id))))
        let asked = 0
        const count = (): void => void asked++
        opened.client.on('commandStarted', count)
        await drain()
        opened.client.off('commandStarted', count)
        expect(await collections.log.countDocuments({ key: { $regex: `shared:${records}:` } })).to.equal(
          records,
        )
        return asked
      }
      expect(await asksFor(40)).to.equal(await asksFor(8))
    })

    it('brings nothing back that was deleted, when somebody drains late', async () => {
      const id = 'urn:ngsi-ld:T:late'
      await commit(put(entity(id)), unitOf(id, appended(NOW + 1, 'secret')))
      const late = (await collections.entities.findOne({ _id: id }))!.changes
      await commit(unitOf(id, { action: 'delete' }))
      await drain()
      await collections.entities.updateOne({ _id: id }, { $set: { pending: true, changes: late } })
      await drain()
      expect(await instancesOf(id)).to.deep.equal([])
      expect(JSON.stringify(await collections.history.find().toArray())).to.not.include('secret')
      expect(JSON.stringify(await collections.log.find().toArray())).to.not.include('secret')
    })

    it('overlays what entities do, in their order', async () => {
      const id = 'urn:ngsi-ld:T:entity'
      const one = entity(id, { scopes: ['/a'], attributes: { [PM10]: [property(1, { observedAt: NOW })] } })
      await commit(put(one))
      const [{ instanceId } = { instanceId: '' }] = await instancesOf(id)
      await commit(unitOf(id, moved(instanceId, NOW + 5, 2)))
      const again = entity(id, { attributes: { [PM10]: [property(3, { observedAt: NOW + 1 })] } })
      const last = (await collections.entities.findOne({ _id: id }))!.version
      await commit(put(again, last, one), remove(again, 'previous', NOW + 9))
      const overlaid = await instancesOf(id)
      const ids = overlaid.map((instance) => instance.instanceId)
      expect(overlaid.map((instance) => instance.value)).to.deep.equal([
        3,
        2,
        'urn:ngsi-ld:null',
        ['/a'],
        'urn:ngsi-ld:null',
      ])
      expect(ids.indexOf(instanceId)).to.equal(1)
      expect(new Set(ids).size).to.equal(5)
      await drain()
      expect(await instancesOf(id)).to.deep.equal(overlaid)
    })
  })
}

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function changeOf(one: Exclude<Step, { action: 'drain' }>, id: string): EvolutionChange {
  switch (one.action) {
    case 'append':
      return appended(NOW + one.time, one.value)
    case 'replaceInstance':
      return moved(id, NOW + one.time, one.value)
    case 'deleteInstance':
      return { action: 'deleteInstance', attribute: PM10, instanceId: id }
    case 'deleteAttribute':
      return { action: 'deleteAttribute', attribute: PM10 }
    case 'delete':
      return { action: 'delete' }
  }
}

function appended(observedAt: number, value: string | number): EvolutionChange {
  const instances = [{ attribute: PM10, instance: property(value, { observedAt }) }]
  return { action: 'append', needs: 'either', types: ['https://example.org/T'], instances }
}

function moved(instanceId: string, observedAt: number, value: number): EvolutionChange {
  return { action: 'replaceInstance', attribute: PM10, instanceId, instance: property(value, { observedAt }) }
}

function unitOf(id: string, change: EvolutionChange): EvolutionUnit {
  return { collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, change }
}
