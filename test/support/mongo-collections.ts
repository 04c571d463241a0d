import { MongoClient } from 'mongodb'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { type TenantCollections, tenantCollections } from '../../broker/store/mongodb/mongo-documents.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { dropDatabase, startMongo } from './mongodb-server.ts'

/** What a store keeps, for tests that do what it does in steps of their own. */
export interface OpenedCollections {
  readonly url: string
  readonly database: string
  readonly client: MongoClient
  readonly collections: TenantCollections
  close(): Promise<void>
}

/** Makes a database of a store by this name, in which nothing is. */
export async function openCollections(name: string): Promise<OpenedCollections> {
  const server = await startMongo()
  const { url } = server
  const database = `hub-test-${name}-${process.pid}`
  await (await openMongoStore({ url, database })).close()
  const client = await new MongoClient(url, { monitorCommands: true }).connect()
  return {
    ...{ url, database, client },
    collections: tenantCollections(client.db(database), DEFAULT_TENANT),
    async close() {
      await client.close()
      await dropDatabase(url, database)
      await server.close()
    },
  }
}
