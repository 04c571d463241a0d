import { expect } from 'chai'
import fc from 'fast-check'
import { Problem } from '../../broker/core/model/problem.ts'
import { DEFAULT_TENANT, parseTenant } from '../../broker/core/model/tenant.ts'
import { change, parseEntity } from '../../broker/store/port/change.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { entity, entityChange, NOW, PM10, property, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const ID = 'urn:ngsi-ld:AirQualityObserved:thai-nguyen:1'
const ORIGIN = { by: 'tester' }

for (const { name, open, runs } of stores) {
  describe(`${name}: entities`, () => {
    let opened: OpenedStore
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())
    const fresh = (() => {
      let count = 0
      return () => `${ID}:${++count}`
    })()

    it('keeps an entity as its canonical text', async () => {
      const { store } = opened
      const id = fresh()
      const one = entity(id, {
        scopes: ['/a/b'],
        attributes: { 'urn:b': [property('x')], 'urn:a': [property({ __proto: 1, z: null })] },
      })
      const [result] = await store.commit(DEFAULT_TENANT, [put(one)])
      const stored = await store.read(DEFAULT_TENANT, id)
      expect(result).to.deep.equal({ outcome: 'kept', version: stored?.version })
      expect(parseEntity(stored!.text)).to.deep.equal(one)
      expect(stored!.text.indexOf('urn:a')).to.be.lessThan(stored!.text.indexOf('urn:b'))
      expect(stored).to.have.all.keys('id', 'version', 'text')
    })

    it('keeps names such as __proto__ and odd characters inside values as data', async () => {
      const { store } = opened
      const id = fresh()
      const value = JSON.parse('{"__proto__":{"a":1},"$where":"x","a.b":"\\u0000\\u0001😀","":[]}')
      await store.commit(DEFAULT_TENANT, [put(entity(id, { attributes: { [PM10]: [property(value)] } }))])
      const stored = parseEntity((await store.read(DEFAULT_TENANT, id))!.text)
      expect(JSON.stringify(stored.attributes[PM10]?.[0]?.value)).to.equal(JSON.stringify(value))
    })

    it('answers nothing for an entity that was never there', async () => {
      expect(await opened.store.read(DEFAULT_TENANT, 'urn:ngsi-ld:T:never')).to.equal(undefined)
    })

    it('reads many in the order asked for, with gaps left out', async () => {
      const { store } = opened
      const [a, b, c] = [fresh(), fresh(), fresh()]
      await store.commit(DEFAULT_TENANT, [put(entity(a)), put(entity(c))])
      const rows = await store.readMany(DEFAULT_TENANT, [c, b, a])
      expect(rows.map(({ id }) => id)).to.deep.equal([c, a])
    })

    it('answers a read like a query, whatever was read, kept, lost and deleted before', async () => {
      const { store } = opened
      const ids = [fresh(), fresh(), fresh()]
      const step = fc.record({
        id: fc.constantFrom(...ids),
        act: fc.constantFrom('put', 'put twice', 'stale', 'remove', 'read'),
        value: fc.integer(),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          for (const { id, act, value } of steps) {
            const stored = await store.read(DEFAULT_TENANT, id)
            const before = stored && parseEntity(stored.text)
            const version = stored?.version ?? 0
            const next = entity(id, { attributes: { [PM10]: [property(value)] } })
            if (act === 'put') await store.commit(DEFAULT_TENANT, [put(next, version, before)])
            if (act === 'put twice') {
              const later = entity(id, { attributes: { [PM10]: [property(`${value}`)] } })
              const units = [put(next, version, before), put(later, 'previous', next)]
              await Promise.all([store.commit(DEFAULT_TENANT, units), store.read(DEFAULT_TENANT, id)])
            }
            if (act === 'stale') await store.commit(DEFAULT_TENANT, [put(next, version + 1_000_000, before)])
            if (act === 'remove' && before) await store.commit(DEFAULT_TENANT, [remove(before, version)])
            const query = { ids: [id] }
            const { rows } = await store.query(DEFAULT_TENANT, { query, limit: 2, maxRows: 1000 })
            const queried = rows.map((row) => ({ id: row.id, version: row.version, text: row.text }))
            const known = await store.read(DEFAULT_TENANT, id)
            expect(known ? [known] : []).to.deep.equal(queried)
          }
        }),
        { numRuns: Math.ceil(runs / 2) },
      )
    })

    it('refuses a stale version and keeps nothing of the unit', async () => {
      const { store } = opened
      const id = fresh()
      const one = entity(id)
      const [first] = await store.commit(DEFAULT_TENANT, [put(one)])
      const sequence = (await store.log(DEFAULT_TENANT, 0, 10_000)).at(-1)!.sequence
      const other = entity(id, { types: ['urn:other'], attributes: { 'urn:n': [property('stale')] } })
      for (const stale of [0, first!.version + 1]) {
        const [result] = await store.commit(DEFAULT_TENANT, [put(other, stale, one)])
        expect(result).to.deep.equal({ outcome: 'conflict', version: first!.version })
      }
      expect((await store.read(DEFAULT_TENANT, id))!.version).to.equal(first!.version)
      expect(await store.log(DEFAULT_TENANT, sequence, 10)).to.deep.equal([])
      const history = await recordedInstances(store, DEFAULT_TENANT, id, { limit: 10 })
      expect(history.map(({ attribute }) => attribute)).to.deep.equal([PM10])
      expect((await store.counters(DEFAULT_TENANT)).types.has('urn:other')).to.equal(false)
    })

    it('refuses a version on an absent entity with version 0', async () => {
      const id = fresh()
      const [result] = await opened.store.commit(DEFAULT_TENANT, [put(entity(id), 7)])
      expect(result).to.deep.equal({ outcome: 'conflict', version: 0 })
      expect(await opened.store.read(DEFAULT_TENANT, id)).to.equal(undefined)
    })

    it('never brings back a deleted entity', async () => {
      const { store } = opened
      const id = fresh()
      const one = entity(id)
      const [first] = await store.commit(DEFAULT_TENANT, [put(one)])
      const stale = await store.read(DEFAULT_TENANT, id)
      const [gone] = await store.commit(DEFAULT_TENANT, [remove(one, first!.version)])
      expect(gone!.outcome).to.equal('kept')
      expect(await store.read(DEFAULT_TENANT, id)).to.equal(undefined)
      const [late] = await store.commit(DEFAULT_TENANT, [put(one, stale!.version, one)])
      expect(late).to.deep.equal({ outcome: 'conflict', version: 0 })
      expect(await store.read(DEFAULT_TENANT, id)).to.equal(undefined)
    })

    it('never uses a version again, not even after a deletion', async () => {
      const { store } = opened
      const id = fresh()
      const versions: number[] = []
      for (let round = 0; round < 3; round++) {
        const [kept] = await store.commit(DEFAULT_TENANT, [put(entity(id))])
        const [gone] = await store.commit(DEFAULT_TENANT, [remove(entity(id), kept!.version)])
        versions.push(kept!.version, gone!.version)
      }
      expect(versions).to.deep.equal([...new Set(versions)].sort((a, b) => a - b))
    })

    it('treats the units of one commit each on its own, in order', async () => {
      const { store } = opened
      const [a, b] = [fresh(), fresh()]
      const results = await store.commit(DEFAULT_TENANT, [
        put(entity(a)),
        put(entity(a)),
        put(entity(b)),
        put(entity(b), 12_345_678),
      ])
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(['kept', 'conflict', 'kept', 'conflict'])
      expect(results[1]!.version).to.equal(results[0]!.version)
      expect(results[2]!.version).to.be.greaterThan(results[0]!.version)
    })

    it('lets a unit build on the one before it of the same entity', async () => {
      const { store } = opened
      const id = fresh()
      const second = entity(id, { attributes: { [PM10]: [property(2)] } })
      const results = await store.commit(DEFAULT_TENANT, [
        put(entity(id)),
        put(second, 'previous', entity(id)),
        remove(second, 'previous'),
        put(entity(id), 'previous'),
      ])
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(['kept', 'kept', 'kept', 'kept'])
      expect((await store.read(DEFAULT_TENANT, id))!.version).to.equal(results[3]!.version)
    })

    it('keeps nothing that builds on a unit which was not kept', async () => {
      const { store } = opened
      const id = fresh()
      const results = await store.commit(DEFAULT_TENANT, [
        put(entity(id), 99),
        put(entity(id), 'previous'),
        put(entity(fresh()), 'previous'),
      ])
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(['conflict', 'conflict', 'conflict'])
      expect(await store.read(DEFAULT_TENANT, id)).to.equal(undefined)
    })

    it('loses no change of many writers to one entity', async () => {
      const { store } = opened
      const id = fresh()
      await store.commit(DEFAULT_TENANT, [put(entity(id, { attributes: { [PM10]: [property(0)] } }))])
      const increment = () =>
        change(store, { tenant: DEFAULT_TENANT, id, origin: ORIGIN }, (current) => {
          const value = Number(current!.attributes[PM10]![0]!.value) + 1
          const next = { ...current!, attributes: { [PM10]: [property(value)] } }
          return { next, change: entityChange(current, next) }
        })
      await Promise.all(Array.from({ length: 3 * runs }, increment))
      const stored = parseEntity((await store.read(DEFAULT_TENANT, id))!.text)
      expect(stored.attributes[PM10]![0]!.value).to.equal(3 * runs)
    })

    it('decides each of many changes on what the one before it left', async () => {
      const { store } = opened
      const id = fresh()
      const target = { tenant: DEFAULT_TENANT, id, origin: ORIGIN }
      const create = () =>
        change(store, target, (current) => {
          if (current) throw new Problem('AlreadyExists', 'There is one')
          return { next: entity(id), change: entityChange(undefined, entity(id)) }
        })
      const look = () =>
        change(store, target, (current) => ({ updated: Object.keys(current?.attributes ?? {}) }))
      const drop = () => change(store, target, (current) => ({ change: entityChange(current, undefined) }))
      const results = await Promise.allSettled([
        look(),
        create(),
        create(),
        look(),
        drop(),
        look(),
        create(),
        look(),
      ])
      const told = results.map((one) =>
        one.status === 'rejected' ? one.reason.code : (one.value.updated ?? 'kept'),
      )
      expect(told).to.deep.equal([[], 'kept', 'AlreadyExists', [PM10], 'kept', [], 'kept', [PM10]])
      expect((await store.read(DEFAULT_TENANT, id))?.id).to.equal(id)
    })

    it('decides again when another writer came between, and gives up on an error of the store', async () => {
      const { store } = opened
      const id = fresh()
      const first = entity(id, { attributes: { [PM10]: [property(0)] } })
      const [created] = await store.commit(DEFAULT_TENANT, [put(first)])
      const other = entity(id, { attributes: { [PM10]: [property('other')] } })
      let intruder: Promise<unknown> | undefined
      const seen: unknown[] = []
      await change(store, { tenant: DEFAULT_TENANT, id, origin: ORIGIN }, (current) => {
        seen.push(current?.attributes[PM10]?.[0]?.value)
        intruder ??= store.commit(DEFAULT_TENANT, [put(other, created!.version, first)])
        const next = entity(id, { attributes: { [PM10]: [property('mine')] } })
        return { next, change: entityChange(current, next) }
      })
      await intruder
      expect(seen).to.deep.equal([0, 'other'])
      const last = parseEntity((await store.read(DEFAULT_TENANT, id))!.text)
      expect(last.attributes[PM10]![0]!.value).to.equal('mine')
      const nowhere = { tenant: parseTenant('nowhere'), id, origin: ORIGIN }
      const failure = await change(store, nowhere, () => ({
        next: entity(id),
        change: entityChange(undefined, entity(id)),
      })).catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(Problem).with.property('code', 'NonexistentTenant')
    })

    it('sees its own writes in reads, queries and the log', async () => {
      const { store } = opened
      for (let round = 0; round < 20; round++) {
        const id = fresh()
        const [kept] = await store.commit(DEFAULT_TENANT, [put(entity(id))])
        expect((await store.read(DEFAULT_TENANT, id))?.version).to.equal(kept!.version)
        const page = await store.query(DEFAULT_TENANT, { query: { ids: [id] }, limit: 10, maxRows: 10_000 })
        expect(page.rows.map((row) => row.id)).to.include(id)
        const records = await store.log(DEFAULT_TENANT, 0, 10_000)
        expect(records.at(-1)?.id).to.equal(id)
      }
    })

    it('keeps the log in order, with before and after and who', async () => {
      const { store } = opened
      const tenant = parseTenant('log-order')
      await store.createTenant(tenant)
      const one = entity(ID)
      const two = entity(ID, { modifiedAt: NOW + 5, attributes: { [PM10]: [property(7)] } })
      const [first] = await store.commit(tenant, [put(one)])
      const [second] = await store.commit(tenant, [put(two, first!.version, one)])
      await store.commit(tenant, [remove(two, second!.version)])
      await store.commit(tenant, [put(one)])
      const records = await store.log(tenant, 0, 10)
      expect(records.map(({ action }) => action)).to.deep.equal(['created', 'updated', 'deleted', 'created'])
      const sequences = records.map(({ sequence }) => sequence)
      expect(sequences).to.deep.equal([...new Set(sequences)].sort((one, other) => one - other))
      expect(records.map(({ before }) => before)).to.deep.equal([undefined, one, two, undefined])
      expect(records.map(({ after }) => after)).to.deep.equal([one, two, undefined, one])
      expect(records[1]).to.deep.include({ collection: 'entity', id: ID, at: NOW + 5, origin: ORIGIN })
      expect(records[1]!.attributes).to.deep.equal(entityChange(one, two).attributes)
      expect(await store.log(tenant, records[1]!.sequence, 1)).to.deep.equal([records[2]])
    })

    it('counts types and attributes as they come and go', async () => {
      const { store } = opened
      const tenant = parseTenant('counters')
      await store.createTenant(tenant)
      const both = entity('urn:ngsi-ld:T:1', { types: ['urn:t1', 'urn:t2'] })
      const plain = entity('urn:ngsi-ld:T:2', { types: ['urn:t1'], attributes: {} })
      const results = await store.commit(tenant, [put(both), put(plain)])
      const counted = await store.counters(tenant)
      expect([...counted.types].sort()).to.deep.equal([
        ['urn:t1', 2],
        ['urn:t2', 1],
      ])
      expect([...counted.attributes.get(PM10)!].sort()).to.deep.equal([
        ['urn:t1', 1],
        ['urn:t2', 1],
      ])
      expect([...counted.instances]).to.deep.equal([[PM10, 1]])
      expect([...counted.kinds.get(PM10)!].map(([type, kinds]) => [type, [...kinds]]).sort()).to.deep.equal([
        ['urn:t1', ['Property']],
        ['urn:t2', ['Property']],
      ])
      await store.commit(tenant, [remove(both, results[0]!.version)])
      const left = await store.counters(tenant)
      expect(left.instances.get(PM10) ?? 0).to.equal(0)
      expect(left.kinds.get(PM10)?.size ?? 0).to.equal(0)
      expect([...left.types]).to.deep.equal([['urn:t1', 1]])
      expect(left.attributes.get(PM10)?.size ?? 0).to.equal(0)
    })

    it('counts the instances of an attribute and the kinds that they have by type', async () => {
      const { store } = opened
      const tenant = parseTenant('kinds')
      await store.createTenant(tenant)
      const several = [
        property(1),
        property(2, { datasetId: 'urn:d:1' }),
        property('urn:x', { kind: 'Relationship', datasetId: 'urn:d:2' }),
      ]
      const one = entity('urn:ngsi-ld:T:1', { types: ['urn:t1'], attributes: { [PM10]: several } })
      const two = entity('urn:ngsi-ld:T:2', { types: ['urn:t2'] })
      const [first] = await store.commit(tenant, [put(one), put(two)])
      const kinds = async () =>
        [...((await store.counters(tenant)).kinds.get(PM10) ?? [])]
          .map(([type, found]) => [type, ...[...found].sort()])
          .sort()
      expect((await store.counters(tenant)).instances.get(PM10)).to.equal(4)
      expect(await kinds()).to.deep.equal([
        ['urn:t1', 'Property', 'Relationship'],
        ['urn:t2', 'Property'],
      ])
      const less = { ...one, attributes: { [PM10]: several.slice(2) } }
      await store.commit(tenant, [put(less, first!.version, one)])
      expect((await store.counters(tenant)).instances.get(PM10)).to.equal(2)
      expect(await kinds()).to.deep.equal([
        ['urn:t1', 'Relationship'],
        ['urn:t2', 'Property'],
      ])
    })
  })
}
