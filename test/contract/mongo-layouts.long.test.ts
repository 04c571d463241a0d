import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { Problem } from '../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { EntityQuery } from '../../broker/core/query/ast.ts'
import { type TenantCollections, tenantCollections } from '../../broker/store/mongodb/mongo-documents.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { SILENT } from '../../broker/store/port/store-log.ts'
import { type MongoServer, startMongo } from '../support/mongodb-server.ts'
import { rejection } from '../support/rejection.ts'
import { append, entity, PM10, property, put, remove, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'

const ENTITIES = 80
const DATABASE = `hub-test-layouts-${process.pid}`
const ABOVE: EntityQuery = {
  q: { kind: 'compare', path: { attributes: [PM10] }, operator: '>=', value: { kind: 'number', value: 50 } },
}

if (stores.some(({ name }) => name === 'MongoDB')) {
  describe('MongoDB: entities that an older program wrote', () => {
    let server: MongoServer
    let client: MongoClient
    let collections: TenantCollections
    before(async () => {
      server = await startMongo()
      client = await new MongoClient(server.url).connect()
      collections = tenantCollections(client.db(DATABASE), DEFAULT_TENANT)
      const store = await open()
      const live = Array.from({ length: ENTITIES }, (_, at) =>
        entity(`urn:e:${at}`, { attributes: { [PM10]: [property(at)] } }),
      )
      const gone = entity('urn:e:gone')
      const created = await store.commit(
        DEFAULT_TENANT,
        [...live, gone].map((one) => put(one)),
      )
      await store.commit(DEFAULT_TENANT, [
        remove(gone, created.at(-1)?.version ?? 0),
        append('urn:e:past', [property(1)]),
      ])
      await store.logEnd(DEFAULT_TENANT)
      await store.close()
    })
    after(async () => {
      await client.db(DATABASE).dropDatabase()
      await client.close()
      await server.close()
    })
    beforeEach(writeAsBefore)

    const open = (log = SILENT) => openMongoStore({ url: server.url, database: DATABASE, log })

    async function writeAsBefore(): Promise<void> {
      const { entities, state } = collections
      await entities.updateMany({}, { $unset: { layout: '', values: '', shape: '' } })
      await entities.updateMany(
        { text: { $exists: true } },
        { $set: { pairs: [`${PM10} ${TYPE}`], kinds: [`${PM10} Property`], triples: [] } },
      )
      await entities.updateMany(
        { text: { $exists: false } },
        { $set: { place: 7, types: [], attributes: [], pairs: [], kinds: [], triples: [] } },
      )
      await state.deleteOne({ _id: 'layout' })
    }

    async function expectRight(store: MongoStore): Promise<void> {
      const page = { limit: 1000, maxRows: 10_000, count: true }
      const above = await store.query(DEFAULT_TENANT, { query: ABOVE, ...page })
      const expected = Array.from({ length: ENTITIES - 50 }, (_, at) => `urn:e:${at + 50}`)
      const found = above.rows.map(({ id }) => id)
      if (above.exact) expect(found).to.have.members(expected)
      else expect(found).to.include.members(expected)
      const all = await store.query(DEFAULT_TENANT, { query: { attributes: [PM10] }, ...page })
      expect(all).to.include({ exact: true, count: ENTITIES })
      const { types, attributes, instances } = await store.counters(DEFAULT_TENANT)
      expect([types.get(TYPE), attributes.get(PM10)?.get(TYPE), instances.get(PM10)]).to.deep.equal(
        Array(3).fill(ENTITIES),
      )
    }

    /** Opens a store; resolves with what it told once all is laid out. */
    function opened(): { readonly store: Promise<MongoStore>; readonly done: Promise<readonly object[]> } {
      const told: object[] = []
      let store: Promise<MongoStore> | undefined
      const done = new Promise<readonly object[]>((resolve, reject) => {
        const log = {
          ...SILENT,
          info: (fields: object, text: string) => {
            if ('documents' in fields) told.push(fields)
            if (text === 'entities are all laid out') resolve(told)
          },
          error: (_: object, text: string) => reject(new Error(text)),
        }
        store = open(log)
      })
      return { store: store!, done }
    }

    it('are found all the time, and are laid out as those of this one in the end', async () => {
      const { store: opening, done } = opened()
      const store = await opening
      let isDone = false
      const finished = done.finally(() => {
        isDone = true
      })
      for (let times = 0; times < 3 && !isDone; times++) await expectRight(store)
      expect(await finished).to.deep.include({ tenant: DEFAULT_TENANT, documents: ENTITIES + 2 })
      await expectRight(store)
      const documents = await collections.entities.find().toArray()
      for (const document of documents) {
        expect(document).to.include({ layout: 1 }).and.not.have.any.keys('pairs', 'kinds', 'triples')
        if (document.text === undefined)
          expect(document).to.not.have.any.keys('place', 'types', 'attributes', 'values', 'shape')
        else expect(document).to.include.keys('place', 'types', 'attributes', 'values', 'shape')
      }
      await store.close()
    })

    it('are gone on with where a process ended, and by what is written meanwhile', async () => {
      const first = await open()
      await first.close()
      const left = await collections.entities.countDocuments({ layout: { $exists: false } })
      expect(left).to.be.greaterThan(0)
      const { store: opening, done } = opened()
      const store = await opening
      const { version = 0 } = (await store.read(DEFAULT_TENANT, 'urn:e:79')) ?? {}
      const [before, next] = [79, 3].map((value) =>
        entity('urn:e:79', { attributes: { [PM10]: [property(value)] } }),
      )
      await store.commit(DEFAULT_TENANT, [put(next!, version, before!)])
      await done
      const above = await store.query(DEFAULT_TENANT, { query: ABOVE, limit: 1000, maxRows: 10_000 })
      if (above.exact) expect(above.rows.map(({ id }) => id)).to.not.include('urn:e:79')
      expect(await collections.entities.countDocuments({ layout: { $ne: 1 } })).to.equal(0)
      const written = await collections.entities.findOne({ _id: 'urn:e:79' })
      expect(written?.values).to.deep.equal([{ n: `${PM10} number`, v: 3 }])
      await store.close()
    })

    it('are refused where a newer one has been', async () => {
      await collections.state.insertOne({ _id: 'layout', value: 2 })
      const error = await rejection(open())
      expect(error).to.be.instanceOf(Problem).with.property('code', 'ServiceUnavailable')
      expect(error).to.have.property('message').which.includes('layout 2')
    })
  })
}
