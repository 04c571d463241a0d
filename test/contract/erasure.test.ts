import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Entity, Instance } from '../../broker/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../broker/core/model/iri.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { parseEntity } from '../../broker/store/port/change.ts'
import type { EvolutionChange, EvolutionUnit, InstanceQuery } from '../../broker/store/port/evolution.ts'
import type { PastSelection } from '../../broker/store/port/past-selection.ts'
import type { EntityUnit, Store } from '../../broker/store/port/store.ts'
import { SqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { append, entity, evolve, NOW, PM10, property, put, remove, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const NO2 = 'https://example.org/no2'
const ALL: InstanceQuery = { order: 'oldest', perAttribute: 1000 }

for (const { name, open, runs } of stores) {
  describe(`${name}: erasure of the past`, () => {
    let opened: OpenedStore
    let store: Store
    let entities = 0
    before(async () => {
      opened = await open()
      store = opened.store
    })
    after(() => opened.close())

    const newId = () => `urn:ngsi-ld:T:erased-${++entities}`
    const commit = (...units: readonly (EntityUnit | EvolutionUnit)[]) => store.commit(DEFAULT_TENANT, units)
    const erase = async (id: string, what: PastSelection, at = NOW + 1000) =>
      (await commit(evolve(id, { action: 'erase', what }, at)))[0]
    const values = async (id: string, query: Partial<InstanceQuery> = {}) =>
      (await store.instances(DEFAULT_TENANT, id, { ...ALL, ...query })).map(
        ({ text }) => JSON.parse(text ?? '').value,
      )
    /** What the log tells of an id once nothing is left to do. */
    const logOf = async (id: string) => {
      if (store instanceof SqliteStore) await store.rollUp()
      await store.logEnd(DEFAULT_TENANT)
      const records = await store.log(DEFAULT_TENANT, 0, 10_000)
      return records.filter((record) => record.id === id && record.collection === 'entity')
    }
    /** Keeps states one after the other; each is written when it says that it was changed last. */
    const live = async (...states: readonly Entity[]) => {
      for (const state of states) {
        const stored = await store.read(DEFAULT_TENANT, state.id)
        const before = stored && parseEntity(stored.text)
        // as decisions tell it: only what differs
        const unit = put(state, stored?.version ?? 0, before)
        const attributes = unit.change.attributes.filter(
          ({ before: old, after }) => !isDeepStrictEqual(old, after),
        )
        await commit({ ...unit, change: { ...unit.change, attributes } })
      }
    }
    const stateOf = (id: string, at: number, pm10: Partial<Instance>, no2: unknown = 'open') =>
      entity(id, {
        modifiedAt: NOW + at,
        attributes: {
          [PM10]: [{ ...property(1), observedAt: NOW + at, modifiedAt: NOW + at, ...pm10 } as Instance],
          [NO2]: [property(no2 as string)],
        },
      })

    it('by time takes what was observed then, of the attributes and datasets that are named, and counts it', async () => {
      const id = newId()
      const at = (time: number, value: number, datasetId?: string) =>
        property(value, { observedAt: NOW + time, ...(datasetId !== undefined && { datasetId }) })
      const some = [at(0, 0), at(1, 1), at(2, 2), at(2, 22, 'urn:d:1'), at(3, 3)]
      await commit(append(id, some), append(id, some, { attribute: NO2 }))
      const window = { property: 'observedAt', from: NOW + 1, to: NOW + 3 } as const
      expect(await erase(id, { attributes: [PM10], window })).to.include({ outcome: 'kept', erased: 3 })
      expect(await values(id, { attributes: [PM10] })).to.deep.equal([0, 3])
      expect(await values(id, { attributes: [NO2] })).to.deep.equal([0, 1, 2, 22, 3])
      expect(await erase(id, { attributes: [PM10], window })).to.include({ outcome: 'kept', erased: 0 })
      expect(await erase(id, { datasetIds: ['urn:d:1'], window })).to.include({ erased: 1 })
      expect(await values(id, { attributes: [NO2] })).to.deep.equal([0, 1, 2, 3])
      expect(await erase(id, { window: { property: 'modifiedAt', to: NOW + 1 } })).to.include({ erased: 6 })
      expect(await values(id)).to.deep.equal([])
    })

    it('takes what came with an entity, and leaves what came with it otherwise', async () => {
      const id = newId()
      const state = stateOf(id, 5, { value: 'secret' })
      await live(state)
      expect(await erase(id, { window: { property: 'observedAt', to: NOW + 6 } })).to.include({ erased: 1 })
      expect(await values(id)).to.deep.equal(['open'])
      await logOf(id)
      expect(await values(id)).to.deep.equal(['open'])
    })

    it('refuses an id that neither history nor the log knows', async () => {
      expect(await erase(newId(), {})).to.deep.equal({ outcome: 'conflict', version: 0 })
    })

    const ways: readonly [string, (id: string, instanceId: string) => EvolutionChange][] = [
      ['an instance', (_, instanceId) => ({ action: 'deleteInstance', attribute: PM10, instanceId })],
      [
        'a correction',
        (_, instanceId) => ({
          ...{ action: 'replaceInstance', attribute: PM10, instanceId },
          instance: property('right', { observedAt: NOW + 1, modifiedAt: NOW + 1000 }),
        }),
      ],
      ['an attribute', () => ({ action: 'deleteAttribute', attribute: PM10, all: true })],
      ['a time', () => ({ action: 'erase', what: { window: { property: 'observedAt', to: NOW + 2 } } })],
      ['everything', () => ({ action: 'delete' })],
    ]
    for (const [title, changeOf] of ways) {
      it(`of ${title} reaches the log: it keeps who, when and the names`, async () => {
        const id = newId()
        const states = [stateOf(id, 1, { value: 'secret' }), stateOf(id, 2, { value: 'next' })]
        await live(...states, { ...states[1]!, modifiedAt: NOW + 3, scopes: ['/a'] })
        const [first] = await store.instances(DEFAULT_TENANT, id, { ...ALL, attributes: [PM10] })
        expect(JSON.stringify(await logOf(id))).to.include('secret')
        await commit(evolve(id, changeOf(id, first!.instanceId), NOW + 1000))
        const records = await logOf(id)
        expect(JSON.stringify(records)).to.not.include('secret')
        expect(records.map(({ action, at, origin }) => [action, at, origin.by])).to.deep.equal([
          ['created', NOW + 1, 'tester'],
          ['updated', NOW + 2, 'tester'],
          ['updated', NOW + 3, 'tester'],
        ])
        expect(records[0]?.attributes?.map(({ attribute }) => attribute)).to.include.members([PM10, NO2])
        expect(records[1]?.attributes?.map(({ attribute, action }) => [attribute, action])).to.deep.include([
          PM10,
          'updated',
        ])
        expect(records[2]?.after, 'the current state stays').to.deep.include({ scopes: ['/a'] })
        expect(records[2]?.after).to.have.deep.nested.property(
          'attributes.https://example\\.org/pm10',
          states[1]!.attributes[PM10],
        )
        expect(await values(id, { attributes: [PM10] })).to.not.include('secret')
      })
    }

    for (const [clock, at] of [
      ['', 10],
      [', also by a clock that is late', 0],
    ] as const)
      it(`of what is still current waits until it is not${clock}`, async () => {
        const id = newId()
        const states = [stateOf(id, 1, { value: 'secret' }), stateOf(id, 1, { value: 'secret' }, 'other')]
        await live(states[0]!)
        await erase(id, { attributes: [PM10] }, NOW + at)
        expect(JSON.stringify(await logOf(id)), 'current').to.include('secret')
        expect(await values(id)).to.deep.equal(['open'])
        await live(...[states[1]!].map((state) => ({ ...state, modifiedAt: NOW + 20 })))
        const [created, updated] = await logOf(id)
        expect(JSON.stringify(created), 'past').to.not.include('secret')
        expect(JSON.stringify(updated), 'still current').to.include('secret')
        await live(stateOf(id, 30, { value: 'new' }, 'other'))
        const records = await logOf(id)
        expect(JSON.stringify(records)).to.not.include('secret')
        expect(JSON.stringify(records)).to.include('new')
        expect(await values(id, { attributes: [PM10] })).to.deep.equal(['new'])
      })

    it('leaves what is written to the same place later, in history and in the log', async () => {
      const id = newId()
      await live(stateOf(id, 1, { value: 'secret' }), stateOf(id, 2, { value: 'two' }))
      await erase(id, { attributes: [PM10] }, NOW + 10)
      await logOf(id)
      const again = stateOf(id, 1, { value: 'again', modifiedAt: NOW + 20 })
      await live(again, stateOf(id, 30, { value: 'last' }))
      const told = JSON.stringify(await logOf(id))
      expect(told).to.include('again').and.include('last').and.not.include('secret').and.not.include('"two"')
      expect(await values(id, { attributes: [PM10] })).to.deep.equal(['again', 'last'])
    })

    it('goes back through all lives of an id, and leaves that they ended', async () => {
      const id = newId()
      for (const [at, value] of [
        [1, 'secret one'],
        [3, 'secret two'],
      ] as const) {
        const state = { ...stateOf(id, at, { value }), scopes: ['/a'] }
        await live(state)
        const { version } = (await store.read(DEFAULT_TENANT, id))!
        await commit(remove(state, version, NOW + at + 1))
      }
      const before = await values(id)
      const result = await erase(id, { attributes: [PM10], window: { property: 'observedAt' } })
      expect(result).to.include({ erased: 2 })
      const records = await logOf(id)
      expect(records).to.have.length(4)
      expect(JSON.stringify(records)).to.include('open').and.not.include('secret')
      expect(await values(id)).to.deep.equal(before.filter((value) => !String(value).startsWith('secret')))
      expect(await values(id, { attributes: [PM10] })).to.deep.equal([NGSI_LD_NULL, NGSI_LD_NULL])
      const [head] = await store.evolutions(DEFAULT_TENANT, { ids: [id], limit: 1 })
      expect(head).to.deep.include({ id, types: [TYPE], scopes: ['/a'], deletedAt: NOW + 4 })
      expect(JSON.stringify(head?.state)).to.not.include('secret')
    })

    it('leaves in the log no value that history lost, unless it is current, whatever is done in whatever order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 2, maxLength: 25 }), async (actions) => {
          const id = newId()
          const lost = new Set<string>()
          for (const [at, step] of actions.entries()) {
            const before = await store.instances(DEFAULT_TENANT, id, ALL)
            const unit = await unitOf(step, id, NOW + 1000 + at)
            if (unit) await commit(unit)
            else if (step.do === 'settle') await logOf(id)
            if (unit?.collection !== 'evolution' || unit.change.action === 'append') continue
            const { change } = unit
            const after = new Set(await values(id))
            // what is in the place that another moves to is not erased, but written over
            const meant = change.action === 'replaceInstance' ? change.instanceId : undefined
            for (const { instanceId, text } of before) {
              const { value } = JSON.parse(text ?? '')
              if (meant !== undefined && instanceId !== meant) continue
              if (value !== NGSI_LD_NULL && !after.has(value)) lost.add(`"${value}"`)
            }
          }
          const told = JSON.stringify(await logOf(id))
          const current = (await store.read(DEFAULT_TENANT, id))?.text ?? ''
          for (const value of lost) if (!current.includes(value)) expect(told).to.not.include(value)
          await values(id)
        }),
        { numRuns: runs },
      )
    }).timeout(180_000)

    /** Makes of a random step the unit that it stands for: every value is another. */
    async function unitOf(
      { do: action, attribute, time, pick, window }: Step,
      id: string,
      at: number,
    ): Promise<EntityUnit | EvolutionUnit | undefined> {
      const value = `value ${at}`
      const instance: Instance = { kind: 'Property', value, observedAt: time, createdAt: at, modifiedAt: at }
      const stored = await store.read(DEFAULT_TENANT, id)
      const state = stored && parseEntity(stored.text)
      if (action === 'put') {
        const attributes = { ...state?.attributes, [attribute]: [instance] }
        const createdAt = state?.createdAt ?? at
        const unit = put(entity(id, { createdAt, modifiedAt: at, attributes }), stored?.version ?? 0, state)
        const differs = unit.change.attributes.filter(({ before, after }) => before !== after)
        return { ...unit, change: { ...unit.change, attributes: differs } }
      }
      if (action === 'remove') return state && stored && remove(state, stored.version, at)
      if (action === 'append') return append(id, [instance], { attribute })
      if (action === 'delete') return evolve(id, { action }, at)
      if (action === 'deleteAttribute') return evolve(id, { action, attribute, all: true }, at)
      if (action === 'erase') return evolve(id, { action, what: window }, at)
      if (action === 'settle') return undefined
      const all = await store.instances(DEFAULT_TENANT, id, ALL)
      const chosen = all[pick % Math.max(1, all.length)]
      if (!chosen) return undefined
      const place = { attribute: chosen.attribute, instanceId: chosen.instanceId }
      return evolve(
        id,
        action === 'replaceInstance' ? { action, ...place, instance } : { action, ...place },
        at,
      )
    }

    it('of an entity that is gone leaves nothing of it, also where history had gone before', async () => {
      const id = newId()
      const state = { ...stateOf(id, 1, { value: 'secret' }), scopes: ['/secret'] }
      await live(state)
      const { version } = (await store.read(DEFAULT_TENANT, id))!
      await commit(remove(state, version, NOW + 2))
      await commit(evolve(id, { action: 'delete' }))
      const end = await store.logEnd(DEFAULT_TENANT)
      expect(await erase(id, {})).to.include({ outcome: 'kept', erased: 0 })
      expect(await store.logEnd(DEFAULT_TENANT)).to.be.greaterThan(end)
      const records = await logOf(id)
      expect(JSON.stringify(records)).to.not.include('secret').and.not.include('open')
      expect(records.map(({ action }) => action)).to.deep.equal(['created', 'deleted'])
      expect(records[1]?.attributes?.map(({ attribute }) => attribute).sort()).to.deep.equal([NO2, PM10])
      expect(await store.evolutions(DEFAULT_TENANT, { ids: [id], limit: 1 })).to.deep.equal([])
    })
  })
}

interface Step {
  readonly do: 'put' | 'remove' | 'settle' | EvolutionChange['action']
  readonly attribute: string
  readonly time: number
  readonly pick: number
  readonly window: PastSelection
}

const steps: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    ...(['put', 'put', 'put', 'put', 'remove', 'append', 'settle', 'erase'] as const),
    ...(['deleteInstance', 'replaceInstance', 'deleteAttribute', 'delete'] as const),
  ),
  attribute: fc.constantFrom(PM10, NO2),
  time: fc.integer({ min: NOW, max: NOW + 6 }),
  pick: fc.nat({ max: 9 }),
  window: fc.constantFrom<PastSelection>(
    { window: { property: 'observedAt', to: NOW + 3 } },
    { window: { property: 'observedAt', from: NOW + 3 }, attributes: [PM10] },
    { window: { property: 'modifiedAt', to: NOW + 1010 } },
    { window: { property: 'createdAt', from: NOW + 1005 } },
    { attributes: [NO2] },
    {},
  ),
})
