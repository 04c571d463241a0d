import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import type { Unit } from '../../broker/store/port/store.ts'
import { type MongoLink, startMongoLink } from '../support/mongo-link.ts'
import { dropDatabase, type MongoServer, startMongo } from '../support/mongodb-server.ts'
import { document, entity, NOW, property, put, remove, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'

const FIND = 'find default.entity'
const INSERT = 'insert default.entity'
const UPDATE = 'update default.entity'
/** What a drain asks, whatever waits: how many records, of which documents. */
const DRAIN = [
  FIND,
  'find default.document',
  'insert default.history',
  'find default.log',
  'insert default.log',
]

if (stores.some(({ name }) => name === 'MongoDB'))
  describe('MongoDB: what is asked of the server, where no other process commits', () => {
    const database = `hub-test-trips-${process.pid}`
    let server: MongoServer
    let link: MongoLink
    let store: MongoStore
    let ids = 0
    before(async () => {
      server = await startMongo()
      link = await startMongoLink(server.url)
      store = await openMongoStore({ url: link.url, database, clock: () => NOW })
      store.known.beAlone()
      await commit(put(entity(newId()))) // takes a block of versions
    })
    after(async () => {
      await store.close()
      await dropDatabase(server.url, database)
      await link.close()
      await server.close()
    })

    const newId = () => `urn:t:${++ids}`
    const commit = (...units: readonly Unit[]) => store.commit(DEFAULT_TENANT, units)
    async function created(): Promise<{ readonly id: string; readonly version: number }> {
      const id = newId()
      const [result] = await commit(put(entity(id)))
      return { id, version: result?.version ?? 0 }
    }
    const drained = () => store.log(DEFAULT_TENANT, 0, 1)
    /** What something asks from when nothing is under way until nothing is. */
    async function asks(act: () => Promise<unknown>): Promise<readonly string[]> {
      await drained()
      link.asked.length = 0
      await act()
      const asked = [...link.asked]
      await drained()
      return asked
    }
    /** The first of those are what its answer waits for. */
    async function asksBeforeAnswer(act: () => Promise<unknown>): Promise<readonly string[]> {
      let ended = 0
      const unwatch = store.watch(() => {
        ended = link.asked.length
      })
      const asked = await asks(act)
      unwatch()
      return asked.slice(0, ended)
    }

    it('is one command for the first read of an entity, and none for those behind it', async () => {
      const { id } = await created()
      const read = () => store.read(DEFAULT_TENANT, id)
      expect(await asks(read)).to.deep.equal([FIND])
      expect(await asks(read)).to.deep.equal([])
      expect(store.version(DEFAULT_TENANT, id)).to.be.a('number')
    })

    it('is at most two commands at once for a page, and none to tell whether it is still right', async () => {
      const query = { types: { kind: 'type', type: TYPE } } as const
      const asked = await asks(() => store.query(DEFAULT_TENANT, { query, limit: 5, maxRows: 100 }))
      expect(asked.length).to.be.within(1, 2)
      expect(await asks(async () => store.generation(DEFAULT_TENANT, [TYPE]))).to.deep.equal([])
    })

    it('is one command for a creation, and for the creation of many', async () => {
      expect(await asksBeforeAnswer(created)).to.deep.equal([INSERT])
      const many = Array.from({ length: 20 }, () => put(entity(newId())))
      expect(await asksBeforeAnswer(() => commit(...many))).to.deep.equal([INSERT])
    })

    it('is one command more where what is created is there', async () => {
      const [first, second] = [await created(), await created()]
      expect(await asksBeforeAnswer(() => commit(put(entity(first.id))))).to.deep.equal([INSERT, FIND])
      const results = await commit(
        ...[put(entity(newId())), put(entity(first.id)), put(entity(newId()), 99), put(entity(second.id))],
        ...[put(entity(newId())), document(newId(), { a: 1 })],
      )
      expect(results.map(({ outcome }) => outcome)).to.deep.equal([
        ...['kept', 'conflict', 'conflict', 'conflict', 'kept', 'kept'],
      ])
    })

    it('is two commands for a change and for a deletion', async () => {
      const { id, version } = await created()
      const next = entity(id, { attributes: { [TYPE]: [property(1)] } })
      const change = async () => {
        const [result] = await commit(put(next, version, entity(id)))
        const removal = () => commit(remove(next, result?.version ?? 0))
        return removal
      }
      let removal: (() => Promise<unknown>) | undefined
      expect(
        await asksBeforeAnswer(async () => {
          removal = await change()
        }),
      ).to.deep.equal([FIND, UPDATE])
      expect(await asksBeforeAnswer(async () => removal?.())).to.deep.equal([FIND, UPDATE])
    })

    it('is one command for whoever reads the log, once all is in it', async () => {
      await created()
      expect(await asks(drained)).to.deep.equal(['find default.log'])
    })

    it('is as much for a drain of many records as for one of one', async () => {
      await drained()
      link.asked.length = 0
      await commit(...Array.from({ length: 30 }, () => put(entity(newId()))))
      await drained()
      expect(link.asked).to.deep.equal([INSERT, ...DRAIN, UPDATE, 'find default.log'])
    })
  })
