import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { logEnds, mirrorDocuments } from '../../../broker/main/mirror-documents.ts'
import { SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'

describe('documents that are mirrored', () => {
  it('do not wait for one that cannot be read', async () => {
    const { store, close } = await SQLITE.open()
    const ends = await logEnds(store)
    const learned: string[] = []
    const mirror = mirrorDocuments(
      { store, ends, failed: () => undefined },
      {
        registration: async (_, id) => {
          if (id === 'unreadable') throw new Error('Registration cannot be opened')
          learned.push(id)
        },
      },
    )
    mirror.start()
    for (const id of ['unreadable', 'a', 'b'])
      await store.commit(DEFAULT_TENANT, [
        { collection: 'registration', id, at: 1, origin: { by: 'test' }, next: { id } },
      ])
    await until('those behind it', () => learned.length === 2)
    expect(learned).to.deep.equal(['a', 'b'])
    await mirror.stop()
    await close()
  })
})
