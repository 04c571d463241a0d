import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { walkDocuments } from '../../../broker/store/port/walk-documents.ts'
import { Cipher } from '../../../broker/store/sealed/cipher.ts'
import { Seal } from '../../../broker/store/sealed/seal.ts'
import { NONE_SEALED } from '../../../broker/store/sealed/sealed-attributes.ts'
import { SealedStore } from '../../../broker/store/sealed/sealed-store.ts'
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

  it('passes over what is under a lost key, and not over what comes behind it', async () => {
    const { store, close } = await SQLITE.open()
    const lost = ids.filter((_, at) => at % 2 === 0)
    const keep = async (name: string, some: readonly string[]) =>
      sealedUnder(store, name).commit(
        DEFAULT_TENANT,
        some.map((id) => document(id, { id })),
      )
    try {
      await keep('k1', lost)
      await keep(
        'k2',
        ids.filter((id) => !lost.includes(id)),
      )
      const found: string[] = []
      const sealed = sealedUnder(store, 'k2', ['k1'])
      for await (const { id } of walkDocuments(sealed, DEFAULT_TENANT, 'subscription')) found.push(id)
      expect(found).to.deep.equal(ids.filter((id) => !lost.includes(id)))
      const page = await sealed.documents(DEFAULT_TENANT, 'subscription', { limit: 10 })
      expect(page.map(({ id }) => id)).to.deep.equal(found.slice(0, 10))
    } finally {
      await close()
    }
  })
})

function sealedUnder(inner: OpenedStore['store'], name: string, lost: readonly string[] = []): SealedStore {
  const key = { name, secret: Buffer.alloc(32, name) }
  const cipher = new Cipher({ current: () => key, find: (each) => (each === name ? key : undefined) })
  const attributes = () => NONE_SEALED
  return new SealedStore(inner, { seal: new Seal(cipher, attributes), attributes, lost })
}
