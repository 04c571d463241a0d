import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { SettingPath } from '../../broker/config-schema.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'

/** Where hubs of tests keep their state in MongoDB: `npm run proof:mongodb` says so. */
const url = process.env.HUB_TEST_MONGODB ?? ''

/** Hubs of tests keep their state in MongoDB. */
export const onMongo = url !== ''

/** A test that loads months may take so long: a server without indexes reads all that there is whenever it is asked. */
export const LOADING_MILLISECONDS = onMongo ? 1_800_000 : 300_000

/** So much time hubs of tests have to stop: what was written last waits to be drained. */
export const STOP_MILLISECONDS = onMongo ? 300_000 : 15_000

/** Settings by which a hub with this data folder keeps its state where hubs of this run do; a folder has its database. */
export function storeSettings(data: string | undefined): Readonly<Partial<Record<SettingPath, string>>> {
  if (!onMongo) return {}
  return {
    'store.kind': 'mongodb',
    'store.mongodb.url': url,
    'store.mongodb.database': databaseOf(data ?? randomUUID()),
  }
}

/** Opens the store that a hub with this data folder would have. */
export function openTestStore(directory: string, clock: () => Micros): Promise<Store> {
  return onMongo
    ? openMongoStore({ url, database: databaseOf(directory), clock })
    : openSqliteStore({ directory, clock })
}

/** All bytes that are kept in a data folder and its database, but for the lock, as latin1: to look for what must not be there. */
export async function keptIn(data: string): Promise<string> {
  const found = existsSync(data) ? readdirSync(data, { recursive: true, withFileTypes: true }) : []
  const files = found
    .filter((file) => file.isFile() && !file.name.endsWith('.lock'))
    .map((file) => readFileSync(join(file.parentPath, file.name)).toString('latin1'))
  if (!onMongo) return files.join('\n')
  return inDatabases(async (client) => {
    const database = client.db(databaseOf(data))
    const collections = await database.listCollections().toArray()
    const documents = await Promise.all(
      collections.map(({ name }) => database.collection(name).find().toArray()),
    )
    const text = JSON.stringify(documents).replaceAll('\\', '') // texts of JSON are inside
    return [...files, Buffer.from(text).toString('latin1')].join('\n')
  })
}

/** Takes away the database of a data folder. */
export async function dropStore(data: string): Promise<void> {
  if (onMongo) await inDatabases((client) => client.db(databaseOf(data)).dropDatabase())
}

/** Takes away the databases of this run. */
export async function dropStores(): Promise<void> {
  await inDatabases(async (client) => {
    const { databases } = await client.db().admin().listDatabases({ nameOnly: true })
    for (const { name } of databases) if (name.startsWith(databaseOf())) await client.db(name).dropDatabase()
  })
}

/** Removes from history what is kept no longer. */
export function retain(store: Store): Promise<void> {
  return (store as Store & { retain(): Promise<void> }).retain() // each of the stores has it
}

/** A test of what the embedded store alone has: on another it is skipped, and says why. */
export function itEmbedded(title: string, why: string, test: () => Promise<void>): void {
  if (onMongo) it.skip(`SKIPPED: ${title} (${why})`)
  else it(title, test)
}

async function inDatabases<T>(task: (client: import('mongodb').MongoClient) => Promise<T>): Promise<T> {
  const { MongoClient } = await import('mongodb')
  const client = await new MongoClient(url).connect()
  try {
    return await task(client)
  } finally {
    await client.close()
  }
}

/** The folder of the run names its databases; without a data folder: what all their names begin with. */
function databaseOf(data?: string): string {
  const run = `${basename(process.env.TEST_RUN_FOLDER ?? 'hub-tests')}-`
  return data === undefined ? run : run + createHash('sha256').update(data).digest('hex').slice(0, 16)
}
