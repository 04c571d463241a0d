import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { commitUnits } from '../../broker/store/mongodb/commit/commit-units.ts'
import { retainInstances } from '../../broker/store/mongodb/history/retain-instances.ts'
import { drainChanges } from '../../broker/store/mongodb/log/drain-changes.ts'
import type { TenantCollections } from '../../broker/store/mongodb/mongo-documents.ts'
import { takeInstances } from '../../broker/store/mongodb/moving/taken-documents.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { rewriteTexts, storedTexts } from '../../broker/store/mongodb/stored-texts.ts'
import { MarkedDays } from '../../broker/store/mongodb/totals/marked-days.ts'
import { readTotals } from '../../broker/store/mongodb/totals/read-totals.ts'
import { sumUpDays } from '../../broker/store/mongodb/totals/sum-up-days.ts'
import { dayOf } from '../../broker/store/port/days.ts'
import type { EvolutionUnit } from '../../broker/store/port/evolution.ts'
import { type OpenedCollections, openCollections } from '../support/mongo-collections.ts'
import { DAY, HOUR, START } from '../support/random-history.ts'
import { rejection } from '../support/rejection.ts'
import { append, evolve, NOW, PM10, property, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'

const [kind] = stores.filter(({ name }) => name === 'MongoDB')

if (kind) {
  describe('MongoDB: days that are summed up', () => {
    let opened: OpenedCollections
    let collections: TenantCollections
    let entities = 0
    let version = 1000
    before(async () => {
      opened = await openCollections('totals')
      collections = opened.collections
    })
    after(() => opened.close())

    const inTurn = <T>(_key: string, task: () => Promise<T>) => task()
    const days = new MarkedDays(() => NOW)
    const drain = () => drainChanges(collections, { inTurn, days })
    /** Commits as a process does that ends before it has drained anything. */
    const commit = (unit: EvolutionUnit) => {
      const newVersion = () => Promise.reject(new Error('Nobody came between'))
      const help = { first: version++, unitsInTurn: inTurn, inTurn, newVersion, drain, told: () => undefined }
      return commitUnits(collections, [unit], help)
    }
    const keep = async (unit: EvolutionUnit) => {
      await commit(unit)
      await drain()
    }
    const sumUp = (alone = <T>(task: () => Promise<T>) => task()) =>
      sumUpDays(collections, { before: dayOf(NOW), alone })
    const sumsOf = async (id: string, query = {}, more = {}) => {
      const asked = { attribute: PM10, window: { from: START, to: NOW + DAY }, ...query }
      const [totals] = await readTotals(collections, [id], { query: asked, today: dayOf(NOW), ...more })
      return totals?.map(({ sum }) => sum)
    }
    const daysOf = (id: string) => collections.totals.find({ entity: id }).sort({ _id: 1 }).toArray()
    const number = (value: number, at: number, more = {}) => property(value, { observedAt: at, ...more })
    /** Fewer are not summed up. */
    const zeros = (from: number) => Array.from({ length: 7 }, (_, at) => number(0, from + (at + 2) * HOUR))
    /** Has 1, 2 and 4 on two days, which are summed up. */
    async function summedUp(): Promise<string> {
      const id = `urn:ngsi-ld:T:${++entities}`
      await keep(append(id, [number(1, START), number(2, START + HOUR), ...zeros(START)]))
      await keep(append(id, [number(4, START + DAY), ...zeros(START + DAY)]))
      await sumUp()
      expect((await daysOf(id)).map(({ sums, due }) => [sums !== undefined, due])).to.deep.equal([
        [true, undefined],
        [true, undefined],
      ])
      return id
    }

    it('are what is answered of them, of hours where a day is cut', async () => {
      const id = await summedUp()
      await collections.history.deleteMany({ 'instance.entity': id })
      expect(await sumsOf(id)).to.deep.equal([7])
      const daily = { periods: { start: START, length: { months: 0, micros: DAY } } }
      expect(await sumsOf(id, daily)).to.deep.equal([3, 4])
      expect(await sumsOf(id, { window: { from: START + HOUR, to: NOW } })).to.deep.equal([6])
      const cut = { window: { from: START, to: START + HOUR + 1 } }
      expect(await sumsOf(id, cut), 'an hour that is cut is asked of instances').to.deep.equal([1])
    })

    it('tell nothing of what waits, nor after a crash between keeping it and marking its day', async () => {
      const id = await summedUp()
      await commit(append(id, [number(10, START), number(20, START + 5)])) // in the place of 1
      expect(await sumsOf(id)).to.deep.equal([36])
      const ends = Object.assign(new MarkedDays(() => NOW), {
        mark: () => Promise.reject(new Error('Process was killed')),
      })
      const failure = await drainChanges(collections, { inTurn, days: ends }).catch(String)
      expect(failure).to.equal('Error: Process was killed')
      expect(await collections.history.countDocuments({ 'instance.entity': id })).to.equal(18)
      expect(await sumsOf(id)).to.deep.equal([36])
      await drain()
      expect((await daysOf(id)).map(({ sums }) => sums !== undefined)).to.deep.equal([false, true])
      expect(await sumsOf(id)).to.deep.equal([36])
      await sumUp()
      expect(await sumsOf(id)).to.deep.equal([36])
    })

    it('are not kept where something changed while they were summed up', async () => {
      const id = await summedUp()
      await keep(append(id, [number(10, START + 5)]))
      let changed = false
      await sumUp(async (task) => {
        if (!changed) await keep(append(id, [number(20, START + 6)]))
        changed = true
        return task()
      })
      const [first] = await daysOf(id)
      expect(first?.sums).to.equal(undefined)
      expect(first?.due).to.equal(dayOf(START))
      expect(await sumsOf(id)).to.deep.equal([37])
      await sumUp()
      expect(await sumsOf(id)).to.deep.equal([37])
    })

    it('are both gone where an instance moved from one to the other', async () => {
      const id = await summedUp()
      const [row] = await collections.history
        .find({ 'instance.entity': id, 'instance.time': START })
        .toArray()
      const instance = number(8, START + DAY + HOUR)
      await keep(
        evolve(id, { action: 'replaceInstance', attribute: PM10, instanceId: row?._id ?? '', instance }),
      )
      expect((await daysOf(id)).map(({ sums }) => sums)).to.deep.equal([undefined, undefined])
      await sumUp()
      const daily = { periods: { start: START, length: { months: 0, micros: DAY } } }
      expect(await sumsOf(id, daily)).to.deep.equal([2, 12])
    })

    it('leave nothing of what is erased', async () => {
      const id = await summedUp()
      const [row] = await collections.history
        .find({ 'instance.entity': id, 'instance.time': START })
        .toArray()
      await keep(evolve(id, { action: 'deleteInstance', attribute: PM10, instanceId: row?._id ?? '' }))
      expect((await daysOf(id)).map(({ sums, hours }) => [sums, hours])[0]).to.deep.equal([
        undefined,
        undefined,
      ])
      expect(await sumsOf(id)).to.deep.equal([6])
      await sumUp()
      expect(await sumsOf(id)).to.deep.equal([6])
      await commit(evolve(id, { action: 'deleteAttribute', attribute: PM10 }))
      expect(await sumsOf(id)).to.deep.equal([])
      await drain()
      expect(await daysOf(id)).to.deep.equal([])
      expect(await sumsOf(id)).to.deep.equal([])
      const other = await summedUp()
      await keep(evolve(other, { action: 'delete' }))
      expect(await daysOf(other)).to.deep.equal([])
    })

    it('are not there of what is erased while a drain was paused before it marked them', async () => {
      const id = `urn:ngsi-ld:T:${++entities}`
      await commit(append(id, zeros(START)))
      const mark: MarkedDays['mark'] = async (...of) => {
        await keep(evolve(id, { action: 'delete' }))
        return days.mark(...of)
      }
      await drainChanges(collections, { inTurn, days: Object.assign(new MarkedDays(() => NOW), { mark }) })
      expect(await daysOf(id)).to.deep.equal([])
    })

    it('go with instances that are kept no longer', async () => {
      const id = await summedUp()
      const rules = [{ types: [TYPE], instances: 3 * DAY }]
      await retainInstances(collections, { rules, now: START + 4 * DAY })
      expect((await daysOf(id)).map(({ sums }) => JSON.parse(sums ?? '[[]]')[0][3])).to.deep.equal([4])
      expect(await sumsOf(id)).to.deep.equal([4])
      await collections.history.deleteMany({ 'instance.entity': id })
      await retainInstances(collections, { rules, now: START + 9 * DAY })
      expect(await daysOf(id), 'also what a run left that was cut off').to.deep.equal([])
    })

    it('are read from instances where nobody has marked them, and summed up for whoever asks next', async () => {
      const id = await summedUp()
      await collections.totals.deleteMany({ entity: id })
      expect(await sumsOf(id)).to.deep.equal([7])
      expect((await daysOf(id)).map(({ due }) => due)).to.deep.equal([dayOf(START), dayOf(START + DAY)])
      await sumUp()
      expect((await daysOf(id)).map(({ sums }) => sums !== undefined)).to.deep.equal([true, true])
      expect(await sumsOf(id)).to.deep.equal([7])
    })

    it('come from no more instances than may be read, whoever they are of, and tell more each time', async () => {
      const ids = [await summedUp(), await summedUp()]
      await collections.totals.deleteMany({ entity: { $in: ids } })
      const query = { attribute: PM10, window: { from: START, to: NOW } }
      const asked = async () => {
        const found = await readTotals(collections, ids, { query, today: dayOf(NOW), mostRows: 12 })
        return found.map((totals) => totals?.map(({ sum }) => sum))
      }
      expect(await asked(), 'each has more').to.deep.equal([undefined, undefined])
      // each time a day or two of the four have become enough to be summed up
      for (let time = 0; time < 4; time++) {
        await sumUp()
        await asked()
      }
      expect(await asked()).to.deep.equal([[7], [7]])
      expect(await sumsOf(ids[0] ?? '', {}, { mostRows: 0 }), 'none is read').to.deep.equal([7])
    })

    it('are marked once while they are not over, and not summed up', async () => {
      const id = await summedUp()
      await keep(append(id, [number(1, NOW)]))
      const mark = (await daysOf(id))[2]?.mark
      await keep(append(id, [number(2, NOW + 1)]))
      await sumUp()
      const today = (await daysOf(id))[2]
      expect([today?.mark, today?.sums]).to.deep.equal([mark, undefined])
      expect(await sumsOf(id)).to.deep.equal([10])
    })

    it('tell nothing of texts that are written anew', async () => {
      const id = await summedUp()
      const found = await storedTexts(collections, { limit: 1000 })
      const texts = [...found]
      for (let last = found.at(-1); last; ) {
        const next = await storedTexts(collections, { limit: 1000, after: last.place })
        texts.push(...next)
        last = next.at(-1)
      }
      const changes = texts.flatMap((from) =>
        from.kind === 'instance' && from.id === id && from.text.includes('"value":1,')
          ? [{ from, text: from.text.replace('"value":1,', '"value":{"urn:sealed":"x"},') }]
          : [],
      )
      expect(changes.length).to.equal(1)
      await rewriteTexts(collections, changes, inTurn)
      expect((await daysOf(id)).map(({ sums }) => sums !== undefined)).to.deep.equal([false, true])
      expect(await sumsOf(id)).to.equal(undefined)
      await sumUp()
      expect(await sumsOf(id)).to.equal(undefined)
    })

    it('are gone of attributes that are to be sealed', async () => {
      const id = await summedUp()
      const store = await openMongoStore(opened)
      await store.unpack(DEFAULT_TENANT, [])
      expect((await daysOf(id)).length).to.equal(2)
      await store.unpack(DEFAULT_TENANT, [PM10])
      expect(await daysOf(id)).to.deep.equal([])
      await store.close()
    })

    it('are made anew of what a hub moves here', async () => {
      const id = await summedUp()
      const of = { instanceId: '', attribute: PM10, observedAt: START + 1, modifiedAt: NOW }
      await takeInstances(collections, id, {}, [{ ...of, text: JSON.stringify(number(9, START + 1)) }])
      expect(await sumsOf(id)).to.deep.equal([9])
      const there = (await daysOf(id)).map(({ due, sums }) => [due, sums])
      expect(there).to.deep.equal([[dayOf(START), undefined]])
    })

    it('are made of all that a hub moves here, though a part was summed up when somebody asked in between', async () => {
      const id = await summedUp()
      const of = { instanceId: '', attribute: PM10, modifiedAt: NOW }
      const told = [...zeros(START), number(1, START), number(2, START + HOUR), number(4, START + 5)]
      const taken = told.map((one) => ({ ...of, observedAt: one.observedAt ?? 0, text: JSON.stringify(one) }))
      const { history } = collections
      const bulkWrite: typeof history.bulkWrite = async (writes, options) => {
        await history.bulkWrite(writes.slice(0, -1), options)
        await sumsOf(id)
        await sumUp()
        expect((await daysOf(id)).map(({ sums }) => sums !== undefined)).to.deep.equal([true])
        return history.bulkWrite(writes.slice(-1), options)
      }
      const between = Object.assign(Object.create(history), { bulkWrite })
      await takeInstances({ ...collections, history: between }, id, {}, taken)
      expect(await sumsOf(id)).to.deep.equal([7])
      await sumUp()
      expect(await sumsOf(id)).to.deep.equal([7])
    })

    it('that cannot be summed up do not keep others from it: their instances tell them', async () => {
      const ids: string[] = []
      for (let day = 0; day < 12; day++) ids.push(`urn:ngsi-ld:T:${++entities}`)
      for (const id of ids) await keep(append(id, [number(1, START), ...zeros(START)]))
      const [last = '', ...spoilt] = ids.toReversed()
      const spoil = (text: string) =>
        collections.history.updateMany(
          { 'instance.entity': { $in: spoilt } },
          { $set: { 'instance.text': text } },
        )
      await spoil('no JSON')
      for (let time = 0; time < 2; time++)
        expect(await rejection(sumUp()), 'told of').to.be.an.instanceOf(Error)
      expect((await daysOf(last)).map(({ sums }) => sums !== undefined)).to.deep.equal([true])
      await spoil(JSON.stringify(number(1, START)))
      expect(await sumsOf(spoilt[0] ?? '')).to.deep.equal([8])
      await sumUp()
      expect((await daysOf(spoilt[0] ?? '')).map(({ sums }) => sums !== undefined)).to.deep.equal([true])
    })

    it('are not there where a day has few instances, nor added when somebody asks', async () => {
      const id = `urn:ngsi-ld:T:${++entities}`
      await keep(append(id, [number(1, START), number(2, START + HOUR)]))
      expect((await daysOf(id)).map(({ due }) => due)).to.deep.equal([dayOf(START)])
      await sumUp()
      expect(await sumsOf(id)).to.deep.equal([3])
      expect(await daysOf(id)).to.deep.equal([])
    })
  })
}
