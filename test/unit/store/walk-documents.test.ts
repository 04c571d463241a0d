import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { walkDocuments } from '../../../broker/store/port/walk-documents.ts'
import { document } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'

describe('store/port: walkDocuments', () => {
  const ids = Array.from({ length: 230 }, (_, at) => `b:${String(at).padStart(3, '0')}`)
  let opened: OpenedStore
  before(async () => {
    opened = await SQLITE.open()
    const all = [...ids.toReversed(), 'a:1', 'b', 'c:1']
    await opened.store.commit(
      DEFAULT_TENANT,
      all.map((id) => document(id, { id })),
    )
  })
  after(() => opened.close())

  const walked = async (beginning?: string, most = Number.POSITIVE_INFINITY) => {
    const found: string[] = []
    for await (const { id } of walkDocuments(opened.store, DEFAULT_TENANT, 'subscription', beginning)) {
      found.push(id)
      if (found.length === most) break
    }
    return found
  }

  it('passes over all, in the order of their ids, however many pages they fill', async () => {
    expect(await walked()).to.deep.equal(['a:1', 'b', ...ids, 'c:1'])
  })

  it('passes over those that begin so, and nothing before or behind them', async () => {
    expect(await walked('b:')).to.deep.equal(ids)
    expect(await walked('c')).to.deep.equal(['c:1'])
    expect(await walked('d')).to.deep.equal([])
  })

  it('ends where nobody wants more', async () => {
    expect(await walked('b:', 3)).to.deep.equal(ids.slice(0, 3))
  })
})
