import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../broker/core/model/tenant.ts'
import { document, NOW } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

for (const { name, open } of stores) {
  describe(`${name}: documents`, () => {
    let opened: OpenedStore
    let now = NOW
    before(async () => {
      opened = await open(() => now)
    })
    after(() => opened.close())

    it('keeps documents as they are, by collection and id', async () => {
      const { store } = opened
      const next = JSON.parse('{"__proto__":{"x":1},"$a.b":[null,{"":true}],"n":1e21}')
      const [result] = await store.commit(DEFAULT_TENANT, [document('urn:s:1', next)])
      const stored = await store.document(DEFAULT_TENANT, 'subscription', 'urn:s:1')
      expect(stored).to.include({ id: 'urn:s:1', version: result!.version })
      expect(JSON.stringify(stored!.document)).to.equal(JSON.stringify(next))
      expect(await store.document(DEFAULT_TENANT, 'registration', 'urn:s:1')).to.equal(undefined)
    })

    it('obeys the expected version: 0 must be absent, none is whatever is there', async () => {
      const { store } = opened
      const outcomes = await store.commit(DEFAULT_TENANT, [
        document('urn:s:2', { a: 1 }, { expectedVersion: 0 }),
        document('urn:s:2', { a: 2 }, { expectedVersion: 0 }),
        document('urn:s:2', { a: 3 }, { expectedVersion: 99_999 }),
        document('urn:s:2', { a: 4 }),
      ])
      expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(['kept', 'conflict', 'conflict', 'kept'])
      const stored = await store.document(DEFAULT_TENANT, 'subscription', 'urn:s:2')
      expect(stored?.document).to.deep.equal({ a: 4 })
      const [gone] = await store.commit(DEFAULT_TENANT, [
        document('urn:s:2', undefined, { expectedVersion: stored!.version }),
      ])
      expect(gone?.outcome).to.equal('kept')
      expect(await store.document(DEFAULT_TENANT, 'subscription', 'urn:s:2')).to.equal(undefined)
    })

    it('settles once what began before is kept or refused, where nothing is under way at once', async () => {
      const { store } = opened
      const tenant = parseTenant('documents-settled')
      await store.createTenant(tenant)
      const done: string[] = []
      const commits = ['urn:s:7', 'urn:s:8'].map((id) =>
        store.commit(tenant, [document(id, { id })]).then(() => done.push(id)),
      )
      await store.settled(tenant)
      expect(done.toSorted()).to.deep.equal(['urn:s:7', 'urn:s:8'])
      await Promise.all(commits)
      await store.settled(tenant)
      await store.settled(parseTenant('documents-none'))
    })

    it('forgets what records of the log told of a document, which stays as it is', async () => {
      const { store } = opened
      const tenant = parseTenant('documents-forgotten')
      await store.createTenant(tenant)
      for (const a of [1, 2, 3]) await store.commit(tenant, [document('urn:s:1', { a })])
      await store.commit(tenant, [document('urn:s:2', { a: 4 })])
      const told = await store.log(tenant, 0, 10)
      const [first, second, third] = told.map(({ sequence }) => sequence)
      const forgets = [
        { sequence: first!, after: true },
        { sequence: second!, before: true, after: true },
        { sequence: third!, before: true },
      ] as const
      const [result] = await store.commit(tenant, [
        { ...document('urn:s:1', undefined), logged: false, forgets },
        { ...document('urn:s:2', undefined), logged: false, forgets: [{ sequence: first!, after: true }] },
      ])
      expect(result?.outcome).to.equal('kept')
      expect(await store.finishErasing(tenant)).to.equal(true)
      const left = await store.log(tenant, 0, 10)
      expect(left.map(({ before, after }) => [before, after])).to.deep.equal([
        [undefined, undefined],
        [undefined, undefined],
        [undefined, { a: 3 }],
        [undefined, { a: 4 }],
      ])
      expect(left.map(({ id, action }) => [id, action])).to.deep.equal(
        told.map(({ id, action }) => [id, action]),
      )
      expect((await store.document(tenant, 'subscription', 'urn:s:1'))?.document).to.deep.equal({ a: 3 })
    })

    it('forgets it of the record behind too, which told of it as of what was before', async () => {
      const { store } = opened
      const tenant = parseTenant('documents-forgotten-before')
      await store.createTenant(tenant)
      await store.commit(tenant, [document('urn:s:1', { a: 1 }), document('urn:s:1 2', { a: 2 })])
      const [first] = await store.log(tenant, 0, 10)
      await store.commit(tenant, [document('urn:s:1', undefined), document('urn:s:1 2', { a: 3 })])
      const forgets = [{ sequence: first!.sequence, after: true }] as const
      await store.commit(tenant, [{ ...document('urn:s:1', undefined), logged: false, forgets }])
      expect(await store.finishErasing(tenant)).to.equal(true)
      const left = (await store.log(tenant, 0, 10)).map(({ id, before, after }) => [id, before, after])
      expect(left).to.have.deep.members([
        ['urn:s:1', undefined, undefined],
        ['urn:s:1 2', undefined, { a: 2 }],
        ['urn:s:1', undefined, undefined],
        ['urn:s:1 2', { a: 2 }, { a: 3 }],
      ])
    })

    it('pages in the order of ids', async () => {
      const { store } = opened
      const ids = ['a', 'b', 'c', 'd', 'e'].map((end) => `urn:r:${end}`)
      const units = ids.map((id) => document(id, { id }, { collection: 'registration' }))
      await store.commit(DEFAULT_TENANT, units.toReversed())
      const first = await store.documents(DEFAULT_TENANT, 'registration', { limit: 2 })
      const rest = await store.documents(DEFAULT_TENANT, 'registration', {
        after: first.at(-1)!.id,
        limit: 9,
      })
      expect([...first, ...rest].map(({ id }) => id)).to.deep.equal(ids)
    })

    it('logs documents, except those that say not to', async () => {
      const { store } = opened
      const tenant = parseTenant('documents-log')
      await store.createTenant(tenant)
      await store.commit(tenant, [
        document('urn:s:1', { a: 1 }),
        document('urn:i:1', { secret: 1 }, { collection: 'identity', logged: false }),
        document('urn:s:1', { a: 2 }),
        document('urn:s:1', undefined),
        document('urn:s:1', undefined),
      ])
      const records = await store.log(tenant, 0, 10)
      expect(records.map(({ action, before, after }) => ({ action, before, after }))).to.deep.equal([
        { action: 'created', before: undefined, after: { a: 1 } },
        { action: 'updated', before: { a: 1 }, after: { a: 2 } },
        { action: 'deleted', before: { a: 2 }, after: undefined },
      ])
      expect(records[0]).to.deep.include({
        collection: 'subscription',
        origin: { by: 'tester', requestId: 'r1' },
      })
      expect(JSON.stringify(records)).to.not.contain('secret')
    })

    it('answers no document that has expired, and takes its place for free', async () => {
      const { store } = opened
      now = NOW
      await store.commit(DEFAULT_TENANT, [
        document('urn:f:1', { a: 1 }, { collection: 'feed', expiresAt: NOW + 1000 }),
        document('urn:f:2', { a: 2 }, { collection: 'feed' }),
      ])
      expect((await store.document(DEFAULT_TENANT, 'feed', 'urn:f:1'))?.document).to.deep.equal({ a: 1 })
      now = NOW + 1000
      expect(await store.document(DEFAULT_TENANT, 'feed', 'urn:f:1')).to.equal(undefined)
      const left = await store.documents(DEFAULT_TENANT, 'feed', { limit: 9 })
      expect(left.map(({ id }) => id)).to.deep.equal(['urn:f:2'])
      const [again] = await store.commit(DEFAULT_TENANT, [
        document('urn:f:1', { a: 3 }, { collection: 'feed', expectedVersion: 0, at: now }),
      ])
      expect(again?.outcome).to.equal('kept')
      expect((await store.document(DEFAULT_TENANT, 'feed', 'urn:f:1'))?.document).to.deep.equal({ a: 3 })
    })
  })
}
