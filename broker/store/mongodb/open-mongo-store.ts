import type { MongoClient, MongoClientOptions } from 'mongodb'
import { asked } from './mongo-errors.ts'
import { MongoStore } from './mongo-store.ts'
import type { MongoStoreOptions } from './mongo-store-options.ts'

const CLIENT_OPTIONS: MongoClientOptions = {
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  serverSelectionTimeoutMS: 10_000,
}

/** What the driver says of a connection string that it cannot read repeats it, with its password. */
function clientFor(make: () => MongoClient): MongoClient {
  try {
    return make()
  } catch {
    throw new Error('Setting store.mongodb.url is no connection string of MongoDB')
  }
}

/** Connects to a server, so that what it answered to a write is on the disks of a majority. @throws Problem */
export async function connectMongo(url: string): Promise<MongoClient> {
  const { MongoClient } = await import('mongodb') // heavy: only loaded where it is used
  const client = clientFor(() => new MongoClient(url, CLIENT_OPTIONS))
  return asked(() => client.connect())
}

/** Opens a store on MongoDB, where every answered write is on the disks of a majority. @throws Problem */
export async function openMongoStore(options: MongoStoreOptions): Promise<MongoStore> {
  const client = await connectMongo(options.url)
  const store = new MongoStore(client, options)
  try {
    await asked(() => store.open())
    return store
  } catch (error) {
    await client.close()
    throw error
  }
}
