import { expect } from 'chai'
import fc from 'fast-check'
import type { Entity, Instance } from '../../broker/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../broker/core/model/iri.ts'
import { SCOPE } from '../../broker/core/model/temporal.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { parseEntity } from '../../broker/store/port/change.ts'
import type { EvolutionChange, EvolutionUnit, InstanceQuery } from '../../broker/store/port/evolution.ts'
import type { PastSelection } from '../../broker/store/port/past-selection.ts'
import type { EntityUnit, Store } from '../../broker/store/port/store.ts'
import { SqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { EvolutionModel } from '../support/evolution-model.ts'
import { append, entity, evolve, NOW, PM10, property, put, remove, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const NO2 = 'https://example.org/no2'
const OTHER_TYPE = 'https://example.org/Other'
const ALL: InstanceQuery = { order: 'oldest', perAttribute: 1000 }
const HOUR = 3_600_000_000

for (const { name, open, runs } of stores) {
  describe(`${name}: temporal evolution`, () => {
    let opened: OpenedStore
    let store: Store
    before(async () => {
      opened = await open()
      store = opened.store
    })
    after(() => opened.close())

    const commit = (...units: readonly (EntityUnit | EvolutionUnit)[]) => store.commit(DEFAULT_TENANT, units)
    /** An instance that comes along is what the text says. */
    const instances = async (id: string, query: Partial<InstanceQuery> = {}) => {
      const found = await store.instances(DEFAULT_TENANT, id, { ...ALL, ...query })
      return found.map((one) => {
        const { instance, ...told } = one
        const { text = '' } = one
        if (instance) expect(instance).to.deep.equal(JSON.parse(text))
        return { ...told, text }
      })
    }
    const values = async (id: string, query: Partial<InstanceQuery> = {}) =>
      (await instances(id, query)).map(({ text }) => JSON.parse(text ?? '').value)
    const headOf = async (id: string) => (await store.evolutions(DEFAULT_TENANT, { ids: [id], limit: 1 }))[0]

    describe('instances', () => {
      const id = 'urn:ngsi-ld:T:read'
      before(async () => {
        const states = [0, 1, 2, 3, 4].map((at) =>
          entity(id, {
            attributes: {
              [PM10]: [property(at, { observedAt: NOW + at * HOUR, modifiedAt: NOW + 10 - at })],
              [NO2]: [property(`text ${at}`, { modifiedAt: NOW + at })],
            },
          }),
        )
        const units = states.map((state, at) =>
          at === 0 ? put(state) : put(state, 'previous', states[at - 1]),
        )
        await commit(...units)
      })

      const cases: readonly [string, Partial<InstanceQuery>, readonly unknown[]][] = [
        ['oldest first', { attributes: [PM10] }, [0, 1, 2, 3, 4]],
        ['newest first', { attributes: [PM10], order: 'newest' }, [4, 3, 2, 1, 0]],
        ['so many of each', { order: 'newest', perAttribute: 2 }, ['text 4', 'text 3', 4, 3]],
        [
          'from (with) and to (without)',
          {
            attributes: [PM10],
            window: { property: 'observedAt', from: NOW + HOUR, to: NOW + 3 * HOUR },
          },
          [1, 2],
        ],
        [
          'by place, whatever was observed',
          { window: { from: NOW + 2, to: NOW + 2 * HOUR } },
          ['text 2', 'text 3', 'text 4', 1],
        ],
        ['none without the property', { window: { property: 'observedAt' }, attributes: [NO2] }, []],
        [
          'by another time, in its order',
          { attributes: [PM10], window: { property: 'modifiedAt', from: NOW + 7, to: NOW + 10 } },
          [3, 2, 1],
        ],
        [
          'by creation',
          { attributes: [PM10], window: { property: 'createdAt', to: NOW + 1 }, perAttribute: 1 },
          [4],
        ],
        ['no deletion where none was', { window: { property: 'deletedAt' } }, []],
        ['none of a name that is not there', { attributes: ['https://example.org/none'] }, []],
      ]
      for (const [title, query, expected] of cases) {
        it(`answers ${title}`, async () => {
          const found = await values(id, query)
          if (title === 'by creation') expect(found).to.have.length(1)
          else expect(found).to.deep.equal(expected)
        })
      }

      it('answers plain numbers with all they have, exactly as they were', async () => {
        const plain = property(-12.5e-7, {
          observedAt: NOW + 1,
          unitCode: 'GQ',
          datasetId: 'urn:d:1',
          modifiedAt: NOW + 2,
        })
        const rich = property(7, { observedAt: NOW + 2, attributes: { [NO2]: [property(true)] } })
        await commit(append('urn:ngsi-ld:T:plain', [plain, rich]))
        const [one, two] = await instances('urn:ngsi-ld:T:plain')
        expect(JSON.parse(one!.text!)).to.deep.equal(plain)
        expect(one).to.include({ datasetId: 'urn:d:1', observedAt: NOW + 1, modifiedAt: NOW + 2 })
        expect(JSON.parse(two!.text!)).to.deep.equal(rich)
      })

      it('answers nothing of what never was', async () => {
        expect(await instances('urn:ngsi-ld:T:never')).to.deep.equal([])
        expect(await headOf('urn:ngsi-ld:T:never')).to.equal(undefined)
      })
    })

    it('tells of a deletion its kind and when, with the types of what is gone', async () => {
      const id = 'urn:ngsi-ld:T:gone'
      const attributes: Entity['attributes'] = {
        [PM10]: [{ ...property('x'), kind: 'ListProperty', value: [1] }],
        [NO2]: [{ ...property('urn:x:1'), kind: 'Relationship' }],
      }
      const there = entity(id, { attributes, scopes: ['/a'] })
      const partly = entity(id, {
        attributes: { [NO2]: attributes[NO2]! },
        scopes: ['/a'],
        modifiedAt: NOW + 5,
      })
      await commit(put(there), put(partly, 'previous', there), remove(partly, 'previous', NOW + 9))
      const gone = await instances(id, { window: { property: 'deletedAt' } })
      expect(gone.map(({ attribute, deletedAt }) => [attribute, deletedAt])).to.deep.equal([
        [NO2, NOW + 9],
        [PM10, NOW + 5],
        [SCOPE, NOW + 9],
      ])
      expect(gone.map(({ text }) => JSON.parse(text!))).to.deep.equal([
        { kind: 'Relationship', value: NGSI_LD_NULL, createdAt: NOW, modifiedAt: NOW + 9 },
        { kind: 'ListProperty', value: [NGSI_LD_NULL], createdAt: NOW, modifiedAt: NOW + 5 },
        { kind: 'Property', value: NGSI_LD_NULL, createdAt: NOW + 9, modifiedAt: NOW + 9 },
      ])
      const head = await headOf(id)
      expect(head).to.deep.equal({
        id,
        types: [TYPE],
        scopes: ['/a'],
        createdAt: NOW,
        modifiedAt: NOW + 5,
        deletedAt: NOW + 9,
        state: partly,
      })
    })

    it('merges three lives of an id, of which the later counts where two have the same place', async () => {
      const id = 'urn:ngsi-ld:T:lives'
      const states = [1, 2, 3].map((value) =>
        entity(id, {
          attributes: { [PM10]: [property(value, { observedAt: value === 3 ? NOW + 1 : NOW + value })] },
        }),
      )
      for (const [at, state] of states.entries()) {
        await commit(put(state), ...(at < 2 ? [remove(state, 'previous', NOW + 50 + at)] : []))
      }
      expect(await values(id)).to.deep.equal([3, 2, NGSI_LD_NULL, NGSI_LD_NULL])
      expect(await headOf(id)).to.not.have.property('deletedAt')
      expect((await headOf(id))?.state).to.deep.equal(states[2])
    })

    it('keeps scopes as an attribute', async () => {
      const id = 'urn:ngsi-ld:T:scopes'
      const states = [['/a'], ['/a', '/b'], undefined].map((scopes, at) =>
        entity(id, { ...(scopes && { scopes }), modifiedAt: NOW + at }),
      )
      const [first, second, third] = states
      const withMembers = (unit: EntityUnit): EntityUnit => ({
        ...unit,
        change: { ...unit.change, attributes: [], members: true },
      })
      await commit(
        put(first!),
        withMembers(put(second!, 'previous', first)),
        withMembers(put(third!, 'previous', second)),
      )
      expect(await values(id, { attributes: [SCOPE] })).to.deep.equal([['/a'], ['/a', '/b'], NGSI_LD_NULL])
      expect(await headOf(id)).to.not.have.property('scopes')
    })

    describe('provision', () => {
      it('makes an evolution without an entity, adds to it, and leaves the state alone', async () => {
        const id = 'urn:ngsi-ld:T:provisioned'
        expect(await commit(append(id, [property(1)], { needs: 'present' }))).to.deep.equal([
          { outcome: 'conflict', version: 0 },
        ])
        const counters = await store.counters(DEFAULT_TENANT)
        const [made] = await commit(append(id, [property(1)], { scopes: ['/s'] }))
        expect(made).to.include({ outcome: 'kept', created: true })
        const [more] = await commit(
          append(id, [property(2, { modifiedAt: NOW + 1 })], { types: [OTHER_TYPE] }),
        )
        expect(more).to.not.have.property('created')
        expect(await values(id)).to.deep.equal([1, 2])
        expect(await store.read(DEFAULT_TENANT, id)).to.equal(undefined)
        expect(await store.counters(DEFAULT_TENANT)).to.deep.equal(counters)
        const head = { id, types: [TYPE, OTHER_TYPE], scopes: ['/s'], createdAt: NOW, modifiedAt: NOW }
        expect(await headOf(id)).to.deep.equal(head)
      })

      it('adds to what is there, and to what was deleted, without a trace in the state', async () => {
        const id = 'urn:ngsi-ld:T:both'
        const there = entity(id)
        await commit(put(there))
        const [result] = await commit(append(id, [property(5, { modifiedAt: NOW - 5 })]))
        expect(result).to.not.have.property('created')
        const stored = await store.read(DEFAULT_TENANT, id)
        expect(parseEntity(stored!.text)).to.deep.equal(there)
        await commit(
          remove(there, stored!.version, NOW + 7),
          append(id, [property(6, { modifiedAt: NOW + 9 })]),
        )
        expect(await values(id)).to.deep.equal([5, 21.5, NGSI_LD_NULL, 6])
        expect(await headOf(id)).to.include({ deletedAt: NOW + 7 })
      })

      it('replaces what is in the same place, and keeps its id', async () => {
        const id = 'urn:ngsi-ld:T:same-place'
        await commit(append(id, [property('a', { observedAt: NOW })]))
        const [first] = await instances(id)
        await commit(append(id, [property(2, { observedAt: NOW, modifiedAt: NOW + 3 })]))
        const found = await instances(id)
        expect(found).to.have.length(1)
        expect(found[0]).to.include({ instanceId: first!.instanceId, modifiedAt: NOW + 3 })
      })

      const rich = { attributes: { [NO2]: [property(true)] }, observedAt: NOW + 3 }
      const same: readonly (readonly [string, Instance, Instance])[] = [
        ['a number', property(1, { observedAt: NOW }), property(1, { observedAt: NOW })],
        ['a text', property('a', { observedAt: NOW }), property('a', { observedAt: NOW })],
        ['one with sub-attributes', property(2, rich), property(2, rich)],
        [
          'one of a dataset, with a unit',
          property(2, { observedAt: NOW, datasetId: 'urn:d:1', unitCode: 'GQ' }),
          property(2, { observedAt: NOW, datasetId: 'urn:d:1', unitCode: 'GQ' }),
        ],
      ]
      for (const recorded of [false, true])
        for (const [what, there, given] of same)
          it(`leaves ${what} that is there as it is${recorded ? ', also where the entity brought it' : ''}`, async () => {
            const id = `urn:ngsi-ld:T:unchanged-${what}-${recorded}`
            await commit(
              recorded ? put(entity(id, { attributes: { [PM10]: [there] } })) : append(id, [there]),
            )
            const before = await instances(id)
            const end = await store.logEnd(DEFAULT_TENANT)
            const later = { ...given, createdAt: NOW + 50, modifiedAt: NOW + 50 }
            const unit = append(id, [later], { at: NOW + 50 })
            expect(await commit(unit)).to.deep.equal([
              { outcome: 'kept', version: 0, same: { instances: 1, attributes: [PM10] } },
            ])
            expect(await instances(id)).to.deep.equal(before)
            expect(await store.log(DEFAULT_TENANT, end, 10)).to.deep.equal([])
          })

      it('tells what of an append was there, and the log of the rest alone', async () => {
        const id = 'urn:ngsi-ld:T:partly-same'
        const of = (attribute: string, ...values: readonly unknown[]) =>
          values.map((value, at) => ({
            attribute,
            instance: property(value as number, { observedAt: NOW + at, modifiedAt: NOW + 60 }),
          }))
        const appended = (...lists: readonly ReturnType<typeof of>[]) =>
          evolve(id, { action: 'append', needs: 'either', types: [TYPE], instances: lists.flat() })
        await commit(appended(of(PM10, 1, 2, 3), of(NO2, 'a', 'b')))
        const end = await store.logEnd(DEFAULT_TENANT)
        const [result] = await commit(appended(of(PM10, 1, 2, 3), of(NO2, 'a', 'c', 'd')))
        expect(result).to.deep.include({ outcome: 'kept', same: { instances: 4, attributes: [PM10] } })
        expect(await values(id)).to.deep.equal(['a', 'c', 'd', 1, 2, 3])
        const [record, ...more] = await store.log(DEFAULT_TENANT, end, 10)
        expect(more).to.deep.equal([])
        expect(record?.attributes).to.deep.equal([{ attribute: NO2, action: 'created' }])
      })

      it('takes the last of several in one place, and finds its own', async () => {
        const id = 'urn:ngsi-ld:T:own-places'
        const given = [1, 1, 2, 2, 1].map((value) => property(value, { observedAt: NOW }))
        const [result] = await commit(append(id, given))
        expect(result).to.deep.include({ created: true, same: { instances: 2, attributes: [] } })
        expect(await values(id)).to.deep.equal([1])
      })

      it('finds few places among very many', async () => {
        const id = 'urn:ngsi-ld:T:sparse'
        const all = Array.from({ length: name === 'SQLite' ? 1500 : 15 }, (_, at) =>
          property(at % 7, { observedAt: NOW + at * HOUR }),
        )
        await commit(append(id, all))
        const [result] = await commit(
          append(
            id,
            all.filter((_, at) => at % (name === 'SQLite' ? 300 : 3) === 0),
          ),
        )
        expect(result).to.deep.equal({
          outcome: 'kept',
          version: 0,
          same: { instances: 5, attributes: [PM10] },
        })
      })

      it('goes on from what is there with another type or scope alone', async () => {
        const id = 'urn:ngsi-ld:T:members-only'
        await commit(append(id, [property(1, { observedAt: NOW })]))
        for (const members of [{ types: [OTHER_TYPE] }, { scopes: ['/a'] }]) {
          const unit = append(id, [property(1, { observedAt: NOW })], members)
          const [result] = await commit(unit)
          expect(result?.version).to.be.greaterThan(0)
          expect((await commit(unit))[0]?.version).to.equal(0)
        }
        expect(await headOf(id)).to.deep.include({ types: [TYPE, OTHER_TYPE], scopes: ['/a'] })
      })

      it('replaces an instance: it keeps its id and createdAt, wherever it goes', async () => {
        const id = 'urn:ngsi-ld:T:moved'
        await commit(put(entity(id, { attributes: { [PM10]: [property(1, { observedAt: NOW })] } })))
        const [first] = await instances(id)
        const replace = (value: number, observedAt: number) =>
          evolve(id, {
            action: 'replaceInstance',
            attribute: PM10,
            instanceId: first!.instanceId,
            instance: property(value, { observedAt, createdAt: NOW + 99, modifiedAt: NOW + 100 }),
          })
        for (const [value, observedAt] of [
          [2, NOW + HOUR],
          [3, NOW - HOUR],
          [4, NOW],
        ] as const) {
          expect(await commit(replace(value, observedAt))).to.have.nested.property('[0].outcome', 'kept')
          const found = await instances(id)
          expect(found).to.have.length(1)
          expect(found[0]).to.include({ instanceId: first!.instanceId, observedAt })
          expect(JSON.parse(found[0]!.text!)).to.include({ value, createdAt: NOW, modifiedAt: NOW + 100 })
        }
      })

      it('refuses what is not there', async () => {
        const id = 'urn:ngsi-ld:T:refused'
        const other = 'urn:ngsi-ld:T:refused-2'
        await commit(append(id, [property(1)]), append(other, [property(1)]))
        const [ofOther] = await instances(other)
        const changes: readonly EvolutionChange[] = [
          { action: 'deleteInstance', attribute: PM10, instanceId: ofOther!.instanceId },
          { action: 'deleteInstance', attribute: PM10, instanceId: 'urn:x:1' },
          { action: 'deleteAttribute', attribute: PM10, datasetId: 'urn:d:1' },
          { action: 'deleteAttribute', attribute: NO2, all: true },
          {
            action: 'replaceInstance',
            attribute: NO2,
            instanceId: ofOther!.instanceId,
            instance: property(2),
          },
        ]
        for (const change of changes) {
          expect(await commit(evolve(id, change)), change.action).to.deep.equal([
            { outcome: 'conflict', version: 0 },
          ])
        }
        expect(await values(id)).to.deep.equal([1])
        expect(await commit(evolve('urn:ngsi-ld:T:never', { action: 'delete' }))).to.deep.equal([
          { outcome: 'conflict', version: 0 },
        ])
      })

      it('is told in the log by id and names alone', async () => {
        const id = 'urn:ngsi-ld:T:logged'
        const end = await store.logEnd(DEFAULT_TENANT)
        await commit(
          append(id, [property('secret')]),
          evolve(id, { action: 'deleteAttribute', attribute: PM10 }),
          evolve(id, { action: 'delete' }),
        )
        const records = await store.log(DEFAULT_TENANT, end, 10)
        expect(records.map(({ sequence, ...record }) => record)).to.deep.equal(
          [
            { action: 'created', attributes: [{ attribute: PM10, action: 'created' }] },
            { action: 'updated', attributes: [{ attribute: PM10, action: 'deleted' }] },
            { action: 'deleted', attributes: [] },
          ].map((told) => ({ collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, ...told })),
        )
      })
    })

    describe('erasure', () => {
      it('of an instance leaves nothing of it, in whatever life it was, and it does not come back', async () => {
        const id = 'urn:ngsi-ld:T:erase-instance'
        const state = entity(id, {
          attributes: { [PM10]: [property(8, { observedAt: NOW }), property(9, { datasetId: 'urn:d:1' })] },
        })
        await commit(put(state), remove(state, 'previous', NOW + 1), put(state))
        const [first] = await instances(id, { window: { property: 'observedAt' } })
        await commit(evolve(id, { action: 'deleteInstance', attribute: PM10, instanceId: first!.instanceId }))
        expect(await values(id)).to.deep.equal([9, NGSI_LD_NULL, NGSI_LD_NULL])
        const { version } = (await store.read(DEFAULT_TENANT, id))!
        await commit(remove(state, version, NOW + 2))
        expect(await values(id, { window: { property: 'observedAt' } })).to.deep.equal([])
      })

      it('of an attribute means the default instances, those of a datasetId, or all', async () => {
        const cases = [
          [{}, [2, 3]],
          [{ datasetId: 'urn:d:1' }, [1, 3]],
          [{ all: true }, []],
        ] as const
        for (const [members, left] of cases) {
          for (const recorded of [true, false]) {
            const id = `urn:ngsi-ld:T:erase-${JSON.stringify(members)}-${recorded}`
            const three = [undefined, 'urn:d:1', 'urn:d:2'].map((datasetId, at) =>
              property(at + 1, { ...(datasetId !== undefined && { datasetId }) }),
            )
            await commit(recorded ? put(entity(id, { attributes: { [PM10]: three } })) : append(id, three))
            await commit(evolve(id, { action: 'deleteAttribute', attribute: PM10, ...members }))
            expect(await values(id), id).to.deep.equal(left)
            expect(await headOf(id), id).to.not.equal(undefined)
          }
        }
      })

      it('of what was written over what came with the entity leaves nothing of that either', async () => {
        const selections = [
          { datasetIds: [''] },
          { window: { property: 'modifiedAt', from: NOW + 2 } },
        ] as const
        for (const [at, what] of selections.entries()) {
          const id = `urn:ngsi-ld:T:erase-written-over-${at}`
          const [one, two] = [1, 2].map((value) =>
            entity(id, {
              attributes: { [PM10]: [property(value, { observedAt: NOW, modifiedAt: NOW + value })] },
            }),
          )
          if (!one || !two) throw new Error('Two states were made')
          const [result] = await commit(put(one))
          await commit(put(two, result?.version, one), evolve(id, { action: 'erase', what }))
          expect(await values(id)).to.deep.equal([])
        }
      })

      it('of an evolution leaves the state, and recording goes on', async () => {
        const id = 'urn:ngsi-ld:T:erase-all'
        const one = entity(id)
        const two = entity(id, { attributes: { [PM10]: [property(2, { modifiedAt: NOW + 2 })] } })
        await commit(
          put(one),
          append(id, [property(4, { modifiedAt: NOW - 4 })]),
          evolve(id, { action: 'delete' }),
        )
        expect(await instances(id)).to.deep.equal([])
        expect(await headOf(id)).to.equal(undefined)
        const all = await store.evolutions(DEFAULT_TENANT, {
          types: { kind: 'type', type: TYPE },
          limit: 1000,
        })
        expect(all.map((head) => head.id)).to.not.include(id)
        const { version } = (await store.read(DEFAULT_TENANT, id))!
        await commit(put(two, version, one))
        expect(await values(id)).to.deep.equal([2])
        expect((await headOf(id))?.state).to.deep.equal(two)
      })

      it('of what was deleted or only provisioned leaves no head', async () => {
        for (const id of ['urn:ngsi-ld:T:erase-gone', 'urn:ngsi-ld:T:erase-provisioned']) {
          const state = entity(id)
          if (id.endsWith('gone')) await commit(put(state), remove(state, 'previous', NOW + 1))
          else await commit(append(id, [property(1)]))
          await commit(evolve(id, { action: 'delete' }))
          expect(await headOf(id)).to.equal(undefined)
          const all = await store.evolutions(DEFAULT_TENANT, {
            types: { kind: 'type', type: TYPE },
            limit: 1000,
          })
          expect(all.map((head) => head.id)).to.not.include(id)
        }
      })
    })

    describe('heads', () => {
      const A = 'https://example.org/heads/A'
      const B = 'https://example.org/heads/B'
      const idOf = (name: string) => `urn:ngsi-ld:Heads:${name}`
      before(async () => {
        const a = (name: string) => entity(idOf(name), { types: [A] })
        await commit(put(a('4')), put(a('2')), put(entity(idOf('3'), { types: [B] })))
        await commit(put(a('1')), remove(a('1'), 'previous', NOW))
        await commit(append(idOf('5'), [property(1)], { types: [A, B] }))
      })

      const heads = async (query: Parameters<Store['evolutions']>[1]) =>
        (await store.evolutions(DEFAULT_TENANT, query)).map(({ id }) => id.slice('urn:ngsi-ld:Heads:'.length))
      const ofA = { kind: 'type', type: A } as const
      const ofB = { kind: 'type', type: B } as const

      it('come without the state of the entity where that is not wanted', async () => {
        const query = { types: { kind: 'or', nodes: [ofA, ofB] }, limit: 10 } as const
        const all = await store.evolutions(DEFAULT_TENANT, query)
        const bare = all.map(({ state: _, ...head }) => head)
        for (let times = 0; times < 2; times++)
          expect(await store.evolutions(DEFAULT_TENANT, { ...query, stateless: true })).to.deep.equal(bare)
        expect(all.some(({ state }) => state)).to.equal(true)
      })

      it('of a type are those of what is there, was deleted, or was only provisioned, by id', async () => {
        expect(await heads({ types: ofA, limit: 10 })).to.deep.equal(['1', '2', '4', '5'])
        expect(await heads({ types: ofA, limit: 2 })).to.deep.equal(['1', '2'])
        expect(await heads({ types: ofA, after: idOf('2'), limit: 2 })).to.deep.equal(['4', '5'])
        expect(await heads({ types: { kind: 'or', nodes: [ofA, ofB] }, limit: 10 })).to.deep.equal([
          ...'12345',
        ])
        expect(await heads({ types: { kind: 'and', nodes: [ofA, ofB] }, limit: 10 })).to.include('5')
        expect(await heads({ types: { kind: 'type', type: `${A}None` }, limit: 10 })).to.deep.equal([])
      })

      it('of ids come in their order, each once', async () => {
        const ids = ['5', '1', '9', '1', '3'].map(idOf)
        expect(await heads({ ids, limit: 10 })).to.deep.equal(['1', '3', '5'])
        expect(await heads({ ids, after: idOf('1'), limit: 1 })).to.deep.equal(['3'])
      })

      it('of all are paged to the end', async () => {
        const seen: string[] = []
        for (let after: string | undefined; ; after = seen.at(-1)) {
          const page = await store.evolutions(DEFAULT_TENANT, { ...(after && { after }), limit: 3 })
          if (page.length === 0) break
          seen.push(...page.map(({ id }) => id))
        }
        expect(seen).to.deep.equal([...new Set(seen)].sort())
        expect(seen).to.include.members([...'12345'].map(idOf))
      })
    })

    it('gives what comes to a place an id of its own where another took that one along', async () => {
      const id = 'urn:ngsi-ld:T:left'
      const at = (observedAt: number, value: number) => property(value, { observedAt })
      await commit(append(id, [at(NOW + 1, 1)]))
      const [first] = await instances(id)
      const move = {
        action: 'replaceInstance',
        attribute: PM10,
        instanceId: first?.instanceId ?? '',
      } as const
      await commit(evolve(id, { ...move, instance: at(NOW + 2, 2) }))
      await commit(append(id, [at(NOW + 1, 3)]))
      const [newcomer, moved] = await instances(id)
      expect(moved?.instanceId).to.equal(first?.instanceId)
      expect(newcomer?.instanceId).not.to.equal(moved?.instanceId)
      const gone = {
        action: 'deleteInstance',
        attribute: PM10,
        instanceId: newcomer?.instanceId ?? '',
      } as const
      const [result] = await commit(evolve(id, gone))
      expect(result?.outcome).to.equal('kept')
      expect((await instances(id)).map(({ text }) => JSON.parse(text ?? '').value)).to.deep.equal([2])
      expect((await commit(evolve(id, gone)))[0]?.outcome).to.equal('conflict')
    })

    it('gives what comes last to a place its id there, in whatever life of the entity it was', async () => {
      const id = 'urn:ngsi-ld:T:two-lives'
      const at = (observedAt: number, value: number) =>
        property(value, { observedAt, modifiedAt: NOW + value })
      await commit(append(id, [at(NOW + 1, 1)]), put(entity(id, { attributes: { [PM10]: [at(NOW, 2)] } })))
      const [own, appended] = await instances(id)
      for (const { instanceId } of [own!, appended!]) {
        const move = { action: 'replaceInstance', attribute: PM10, instanceId } as const
        await commit(evolve(id, { ...move, instance: at(NOW + 2, 3) }))
      }
      expect((await instances(id)).map(({ instanceId }) => instanceId)).to.deep.equal([appended!.instanceId])
    })

    it('is what a plain model says, whatever is done in whatever order', async () => {
      let cases = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(steps, { minLength: 1, maxLength: 25 }),
          queries,
          async (actions, query) => {
            const id = `urn:ngsi-ld:T:model-${++cases}`
            const model = new EvolutionModel(id)
            let state: Entity | undefined
            for (const [at, action] of actions.entries()) {
              const { unit, next } = await unitOf(action, { id, state, at: NOW + 1000 + at, instances })
              if (!unit) continue
              const [result] = await commit(unit)
              if (result?.outcome === 'kept') model.apply(unit)
              if (unit.collection === 'entity') {
                expect(result?.outcome).to.equal('kept')
                state = next
              }
            }
            for (const asked of [ALL, query, { ...query, order: 'newest' } as const]) {
              expect(await instances(id, asked)).to.deep.equal(model.instances({ ...ALL, ...asked }))
            }
          },
        ),
        { numRuns: runs },
      )
    })

    /** Makes of a random step the unit that it stands for, on the state that is there. */
    async function unitOf(
      step: Step,
      {
        id,
        state,
        at,
        instances: read,
      }: { id: string; state: Entity | undefined; at: number; instances: typeof instances },
    ): Promise<{ unit?: EntityUnit | EvolutionUnit; next?: Entity }> {
      const stored = await store.read(DEFAULT_TENANT, id)
      const version = stored?.version ?? 0
      const { attribute } = step
      const instance: Instance = { ...step.instance, createdAt: at, modifiedAt: at }
      if (step.do === 'put') {
        const next = entity(id, {
          createdAt: state?.createdAt ?? at,
          modifiedAt: at,
          attributes: { ...state?.attributes, [attribute]: [instance] },
          ...(step.scope && { scopes: [`/${step.pick}`] }),
        })
        const unit = put(next, version, state)
        // as decisions tell it: only what differs
        const attributes = unit.change.attributes.filter(({ before, after }) => before !== after)
        return { unit: { ...unit, change: { ...unit.change, attributes, members: true } }, next }
      }
      if (step.do === 'remove') return state ? { unit: remove(state, version, at) } : {}
      if (step.do === 'append') return { unit: append(id, [instance], { attribute, at }) }
      if (step.do === 'deleteAttribute') {
        const which = step.scope
          ? { all: true as const }
          : { ...(instance.datasetId && { datasetId: instance.datasetId }) }
        return { unit: evolve(id, { action: 'deleteAttribute', attribute, ...which }) }
      }
      if (step.do === 'delete') return { unit: evolve(id, { action: 'delete' }, at) }
      if (step.do === 'settle') {
        if (store instanceof SqliteStore) await store.rollUp()
        return {}
      }
      if (step.do === 'erase') return { unit: evolve(id, { action: 'erase', what: whatOf(step, at) }, at) }
      const all = await read(id)
      const chosen = all[step.pick % Math.max(1, all.length)]
      if (!chosen) return {}
      const place = { attribute: chosen.attribute, instanceId: chosen.instanceId }
      if (step.do === 'deleteInstance') return { unit: evolve(id, { action: 'deleteInstance', ...place }) }
      return { unit: evolve(id, { action: 'replaceInstance', ...place, instance }) }
    }
  })
}

/** Selects by one of the times, of one attribute or of all. */
function whatOf({ attribute, instance, scope, pick }: Step, at: number): PastSelection {
  const { observedAt = NOW + 3, datasetId } = instance
  const windows = [
    { property: 'observedAt', from: observedAt },
    { property: 'observedAt', to: observedAt },
    { property: 'createdAt', to: at - pick },
    { property: 'modifiedAt', from: at - pick },
    { property: 'deletedAt', to: at - pick },
  ] as const
  const window = windows[pick]
  return {
    ...(scope && { attributes: [attribute] }),
    ...(datasetId !== undefined && { datasetIds: ['', datasetId] }),
    ...(window && { window }),
  }
}

interface Step {
  readonly do:
    | 'put'
    | 'remove'
    | 'append'
    | 'deleteInstance'
    | 'replaceInstance'
    | 'deleteAttribute'
    | 'delete'
    | 'erase'
    | 'settle'
  readonly attribute: string
  readonly instance: Omit<Instance, 'createdAt' | 'modifiedAt'>
  readonly scope: boolean
  readonly pick: number
}

const steps: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    ...(['put', 'put', 'put', 'remove', 'append', 'append', 'deleteInstance'] as const),
    ...(['replaceInstance', 'deleteAttribute', 'delete', 'erase', 'erase', 'settle'] as const),
  ),
  attribute: fc.constantFrom(PM10, NO2),
  instance: fc.record(
    {
      kind: fc.constant('Property' as const),
      value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom('text', true, 0.1)),
      observedAt: fc.integer({ min: NOW, max: NOW + 6 }),
      datasetId: fc.constantFrom('urn:d:1', 'urn:d:2'),
    },
    { requiredKeys: ['kind', 'value'] },
  ),
  scope: fc.boolean(),
  pick: fc.nat({ max: 9 }),
})

const queries: fc.Arbitrary<Partial<InstanceQuery>> = fc.record(
  {
    attributes: fc.constantFrom([PM10], [NO2, PM10], [SCOPE]),
    window: fc.record(
      {
        property: fc.constantFrom('observedAt', 'createdAt', 'modifiedAt', 'deletedAt'),
        from: fc.oneof(
          fc.integer({ min: NOW, max: NOW + 6 }),
          fc.integer({ min: NOW + 999, max: NOW + 1030 }),
        ),
        to: fc.oneof(fc.integer({ min: NOW, max: NOW + 6 }), fc.integer({ min: NOW + 999, max: NOW + 1030 })),
      },
      { requiredKeys: [] },
    ),
    perAttribute: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<InstanceQuery>> // of literals
