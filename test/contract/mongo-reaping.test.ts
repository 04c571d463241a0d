import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { startMongo } from '../support/mongodb-server.ts'
import { document, NOW } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'

const [kind] = stores.filter(({ name }) => name === 'MongoDB')

if (kind) {
  describe('MongoDB: what stays behind', () => {
    it('reaps documents that have expired, and drains what a process left when it ended', async () => {
      const server = await startMongo()
      const database = `hub-test-reap-${process.pid}`
      let now = NOW
      const open = () => openMongoStore({ url: server.url, database, clock: () => now })
      const client = await new MongoClient(server.url).connect()
      const documents = client.db(database).collection<{ _id: string; changes: string[] }>('default.document')
      const first = await open()
      await first.commit(DEFAULT_TENANT, [
        document('urn:f:1', {}, { expiresAt: NOW + 5 }),
        document('urn:f:2', {}, { expiresAt: NOW + 5e9 }),
      ])
      await first.close()
      const left = {
        id: 'urn:f:2',
        collection: 'subscription',
        action: 'updated',
        at: NOW,
        origin: { by: 'gone' },
      }
      const record = JSON.stringify({ version: 99, ...left, after: { a: 1 } })
      await documents.updateOne(
        { _id: 'subscription urn:f:2' },
        { $set: { pending: true, changes: [record] } },
      )
      now = NOW + 120_000_000
      const second = await open()
      await second.reap()
      const [last] = (await second.log(DEFAULT_TENANT, 0, 10)).slice(-1)
      expect(last).to.deep.include({ ...left, after: { a: 1 } })
      expect((await second.log(DEFAULT_TENANT, 0, 10)).length).to.equal(3)
      const ids = (await documents.find().toArray()).map(({ _id, changes }) => [_id, changes.length])
      expect(ids).to.deep.equal([['subscription urn:f:2', 0]])
      await second.close()
      await client.db(database).dropDatabase()
      await client.close()
      await server.close()
    })
  })
}
