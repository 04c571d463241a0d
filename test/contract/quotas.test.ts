import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { DocumentUnit } from '../../broker/store/port/store.ts'
import { entity, NOW, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const MOST = 5
const id = (at: number) => `urn:ngsi-ld:T:${at}`
const creations = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => put(entity(id(from + at))))
const context = (at: number): DocumentUnit => ({
  collection: 'context',
  id: `c${at}`,
  expectedVersion: 0,
  next: {},
  at: NOW,
  origin: { by: 'test' },
})

for (const { name, openFor } of stores) {
  describe(`${name}: quotas`, () => {
    let opened: OpenedStore
    const refused: string[] = []
    before(async () => {
      opened = await openFor({
        most: (_, collection) => (collection === 'entity' || collection === 'context' ? MOST : 0),
        refused: (collection) => void refused.push(collection),
        counted: () => undefined,
      })
    })
    after(() => opened.close())
    const commit = async (units: Parameters<OpenedStore['store']['commit']>[1]) =>
      (await opened.store.commit(DEFAULT_TENANT, units)).map(({ outcome }) => outcome)

    it('keep what there is room for, and say which was one too many', async () => {
      expect(await commit(creations(0, 3))).to.deep.equal(['kept', 'kept', 'kept'])
      expect(await commit(creations(3, 7))).to.deep.equal(['kept', 'kept', 'full', 'full'])
      expect(await opened.store.read(DEFAULT_TENANT, id(5))).to.equal(undefined)
      expect(refused).to.deep.equal(['entity'])
    })

    it('have room again for what went, for no more of many at once', async () => {
      const gone = await opened.store.readMany(DEFAULT_TENANT, [id(0), id(1)])
      await commit(gone.map((each) => remove(entity(each.id), each.version)))
      const outcomes = await Promise.all(creations(10, 20).map((unit) => commit([unit])))
      expect(outcomes.flat().filter((each) => each === 'kept')).to.have.length(2)
    })

    it('count documents by their collection', async () => {
      const units = Array.from({ length: MOST + 1 }, (_, at) => context(at))
      expect((await commit(units)).filter((each) => each === 'full')).to.have.length(1)
      expect(await commit([{ ...context(0), collection: 'feed' }])).to.deep.equal(['kept'])
    })
  })
}
