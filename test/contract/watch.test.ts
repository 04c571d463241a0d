import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import type { LogRecord } from '../../broker/core/model/change.ts'
import { parseTenant, type Tenant } from '../../broker/core/model/tenant.ts'
import type { LogGrowth, Store } from '../../broker/store/port/store.ts'
import { document, entity, PM10, property, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const ID = 'urn:w:1'

for (const { name, open } of stores) {
  describe(`${name}: watching the log`, () => {
    let opened: OpenedStore
    let tenants = 0
    before(async () => {
      opened = await open()
    })
    after(() => opened.close())

    /** A tenant of its own, and all that is told of it meanwhile. */
    async function watched(
      act: (store: Store, tenant: Tenant, told: readonly LogGrowth[]) => Promise<void>,
    ): Promise<void> {
      const tenant = parseTenant(`watch-${++tenants}`)
      await opened.store.createTenant(tenant)
      const told: LogGrowth[] = []
      const unwatch = opened.store.watch((growth) => {
        if (growth.tenant === tenant) told.push(growth)
      })
      try {
        await act(opened.store, tenant, told)
      } finally {
        unwatch()
      }
    }

    /** What somebody knows who takes records as they are told, and asks the log where it has to. */
    async function followed(
      store: Store,
      tenant: Tenant,
      told: readonly LogGrowth[],
    ): Promise<readonly LogRecord[]> {
      const known: LogRecord[] = []
      for (const { records } of told)
        known.push(...(records ?? (await store.log(tenant, known.at(-1)?.sequence ?? 0, 1000))))
      return known
    }

    it('tells of a commit before it is answered, and what it tells is what the log answers', () =>
      watched(async (store, tenant, told) => {
        let before = entity(ID)
        const commits = [
          () => [put(before), put(entity('urn:w:2'))],
          (version: number) => {
            const next = entity(ID, {
              attributes: { [PM10]: [property(3), property(4, { datasetId: 'urn:d' })] },
            })
            const unit = put(next, version, before)
            before = next
            return [unit]
          },
          (version: number) => [remove(before, version)],
        ]
        let version = 0
        for (const units of commits) {
          const earlier = told.length
          const answered = store.commit(tenant, units(version)).then(([result]) => {
            version = result?.version ?? 0
            return told.length
          })
          expect(await answered).to.be.greaterThan(earlier)
        }
        const log = await store.log(tenant, 0, 1000)
        expect(log.map(({ action }) => action)).to.deep.equal(['created', 'created', 'updated', 'deleted'])
        expect(await followed(store, tenant, told)).to.deep.equal(log)
      }))

    it('keeps the order of the log under many commits at once', () =>
      watched(async (store, tenant, told) => {
        const commits: Promise<unknown>[] = []
        while (commits.length < 40) {
          const at = commits.length
          commits.push(store.commit(tenant, [put(entity(`urn:w:${at}`)), put(entity(`urn:w:${at}:more`))]))
          // some are under way while others come back
          if (at >= 20) await nextTurn()
        }
        await Promise.all(commits)
        const known = await followed(store, tenant, told)
        expect(known).to.have.length(80)
        expect(known).to.deep.equal(await store.log(tenant, 0, 1000))
      }))

    it('lets the log tell of documents, and has nothing to tell of conflicts and of what is not logged', () =>
      watched(async (store, tenant, told) => {
        await store.commit(tenant, [put(entity(ID))])
        await store.commit(tenant, [put(entity(ID)), put(entity(ID), 12_345)])
        await store.commit(tenant, [document('urn:s:1', { secret: 1 }, { logged: false })])
        const known = await followed(store, tenant, told)
        expect(known.map(({ id }) => id)).to.deep.equal([ID])
        const earlier = told.length
        await store.commit(tenant, [document('urn:s:2', { a: 1 })])
        expect(told.slice(earlier).some(({ records }) => records === undefined)).to.equal(true)
        expect((await followed(store, tenant, told)).map(({ id }) => id)).to.deep.equal([ID, 'urn:s:2'])
      }))

    it('tells nothing to whoever has stopped watching, and to everybody else still', () =>
      watched(async (store, tenant, told) => {
        let heard = 0
        const unwatch = store.watch(() => heard++)
        await store.commit(tenant, [put(entity(ID))])
        const earlier = heard
        expect(earlier).to.be.greaterThan(0)
        unwatch()
        unwatch()
        await store.commit(tenant, [put(entity('urn:w:2'))])
        expect(heard).to.equal(earlier)
        expect(await followed(store, tenant, told)).to.have.length(2)
      }))

    it('knows where the log ends', () =>
      watched(async (store, tenant) => {
        const empty = await store.logEnd(tenant)
        await store.commit(tenant, [put(entity(ID)), document('urn:s:1', { a: 1 })])
        const end = await store.logEnd(tenant)
        expect(await store.log(tenant, empty, 10)).to.have.length(2)
        expect(await store.log(tenant, end, 10)).to.deep.equal([])
        await store.commit(tenant, [put(entity('urn:w:2'))])
        expect((await store.log(tenant, end, 10)).map(({ id }) => id)).to.deep.equal(['urn:w:2'])
        expect(await store.logEnd(parseTenant('nowhere'))).to.equal(0)
      }))
  })
}
