import { expect } from 'chai'
import { DEFAULT_TENANT, hiddenTenant } from '../../broker/core/model/tenant.ts'
import { toldInstance } from '../../broker/store/port/history-instances.ts'
import type { Store } from '../../broker/store/port/store.ts'
import type { RewritableTexts } from '../../broker/store/port/stored-texts.ts'
import { Cipher, type SealingKey } from '../../broker/store/sealed/cipher.ts'
import { reseal } from '../../broker/store/sealed/reseal.ts'
import { Seal } from '../../broker/store/sealed/seal.ts'
import type { SealedAttributes } from '../../broker/store/sealed/sealed-attributes.ts'
import { SealedStore } from '../../broker/store/sealed/sealed-store.ts'
import { append, document, entity, NOW, PM10, property, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const OPEN = 'https://example.org/open'
const COPY = hiddenTenant(DEFAULT_TENANT, 'copy')
const IDS = ['urn:e:1', 'urn:e:2', 'urn:e:past'] as const
const key = (name: string, fill: number): SealingKey => ({ name, secret: Buffer.alloc(32, fill) })

for (const { name, open } of stores) {
  describe(`${name}: what is stored in clear, or under another key`, () => {
    const keys = [key('k1', 1)]
    const cipher = new Cipher({
      current: () => keys.at(-1) ?? key('k1', 1),
      find: (one) => keys.find((each) => each.name === one),
    })
    let attributes: SealedAttributes = { always: new Set([PM10]), byType: new Map() }
    const seal = new Seal(cipher, () => attributes)
    let opened: OpenedStore
    let sealed: SealedStore
    const walk = (whole: boolean) =>
      reseal({
        store: opened.store as Store & RewritableTexts, // each of the stores is
        ...{ seal, attributes: () => attributes, whole, pause: 0, signal: new AbortController().signal },
        current: () => cipher.current,
        isLost: () => false,
      })
    /** Everything that a hub could tell of it. */
    const told = async () => ({
      states: (await sealed.readMany(DEFAULT_TENANT, IDS)).map(({ text }) => text),
      copies: (await sealed.readMany(COPY, IDS)).map(({ text }) => text),
      past: await Promise.all(
        IDS.map(async (id) =>
          (await sealed.instances(DEFAULT_TENANT, id, { order: 'oldest', perAttribute: 100 })).map(
            ({ text, instance, ...place }) => [
              place,
              toldInstance({ ...(text && { text }), ...(instance && { instance }) }),
            ],
          ),
        ),
      ),
      heads: await sealed.evolutions(DEFAULT_TENANT, { ids: [...IDS], limit: 10 }),
      log: await sealed.log(DEFAULT_TENANT, 0, 1000),
      document: await sealed.document(DEFAULT_TENANT, 'subscription', 'd'),
      version: await sealed.logEnd(DEFAULT_TENANT),
    })
    let given: Awaited<ReturnType<typeof told>>

    before(async () => {
      opened = await open(() => NOW)
      sealed = new SealedStore(opened.store, { seal, attributes: () => attributes, lost: [] })
      const { store } = opened
      const first = entity(IDS[0], {
        attributes: { [PM10]: [property('secret before')], [OPEN]: [property('open')] },
      })
      const next = entity(IDS[0], {
        modifiedAt: NOW + 1,
        attributes: { ...first.attributes, [PM10]: [property('secret now')] },
      })
      const gone = entity(IDS[1], { attributes: { [PM10]: [property('secret of what is gone')] } })
      await store.commit(DEFAULT_TENANT, [put(first), put(next, 'previous', first), put(gone)])
      await store.commit(DEFAULT_TENANT, [
        remove(gone, 'previous', NOW + 2),
        append(IDS[2], [property('secret past', { observedAt: NOW - 5 })]),
        document('d', { q: 'secret asked' }),
        document('d', { q: 'secret asked later' }),
      ])
      await store.createHidden(COPY)
      await store.commit(COPY, [put(next)])
      given = await told()
      expect(given.heads).to.have.length(3)
    })
    after(() => opened.close())

    it('is sealed where it stands, and nothing of it is told otherwise', async () => {
      expect(await opened.contents()).to.include('secret')
      expect(await walk(true)).to.be.at.least(8)
      expect(await told()).to.deep.equal(given)
      const contents = await opened.contents()
      expect(contents).to.include('open').and.include('k1.')
      expect(contents).not.to.include('secret')
      expect(await walk(true)).to.equal(0)
    })

    it('comes under another key, with what was written meanwhile', async () => {
      keys.push(key('k2', 2))
      const later = entity('urn:e:later', { attributes: { [PM10]: [property('secret later')] } })
      await sealed.commit(DEFAULT_TENANT, [put(later)])
      given = await told()
      expect(await walk(false)).to.be.at.least(8)
      expect(await walk(false)).to.equal(0)
      expect(await told()).to.deep.equal(given)
      expect(await opened.contents()).not.to.match(/k1\.|secret/)
    })

    it('is opened again where it is to be in clear', async () => {
      attributes = { always: new Set(), byType: new Map() }
      await walk(true)
      expect(await told()).to.deep.equal(given)
      expect((await opened.store.read(DEFAULT_TENANT, IDS[0]))?.text).to.include('secret now')
    })

    it('is left as it is where something else stands by now', async () => {
      const store = opened.store as Store & RewritableTexts // each of the stores is
      const page = { limit: 100, numbersOf: [] }
      const stale = await store.texts(DEFAULT_TENANT, page)
      attributes = { always: new Set([PM10]), byType: new Map() }
      await walk(true)
      const changes = stale.flatMap((from) => (from.text?.includes('secret') ? [{ from, text: 'lost' }] : []))
      expect(changes).not.to.deep.equal([])
      await store.rewrite(DEFAULT_TENANT, changes)
      expect(await told()).to.deep.equal(given)
    })
  })
}
