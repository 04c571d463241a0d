import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Recording } from '../../broker/core/temporal/recording.ts'
import type { RetentionRule } from '../../broker/core/temporal/retention.ts'
import { openMongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { type MongoServer, startMongo } from './mongodb-server.ts'

/** A store for one test, and what takes it away again. */
export interface OpenedStore {
  readonly store: Store
  close(): Promise<void>
}

/** A kind of store that the contract suites run on. */
export interface StoreKind {
  readonly name: string
  /** How many random cases of a property suit its speed. */
  readonly runs: number
  open(
    clock?: () => Micros,
    recording?: Recording,
    retention?: readonly RetentionRule[],
  ): Promise<OpenedStore>
}

/** Makes a folder for one test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hub-store-'))
}

/** The embedded store in a folder of its own. */
export const SQLITE: StoreKind = {
  name: 'SQLite',
  runs: 24,
  async open(clock, recording, retention) {
    const directory = temporaryFolder()
    const store = await openSqliteStore({
      directory,
      ...(clock && { clock }),
      ...(recording && { recording }),
      ...(retention && { retention: () => retention }),
    })
    return {
      store,
      async close() {
        await store.close()
        rmSync(directory, { recursive: true, force: true })
      },
    }
  },
}

let server: Promise<MongoServer> | undefined
let databases = 0

/** MongoDB, or what speaks its protocol: one server for all suites, one database for each. */
export const MONGODB: StoreKind = {
  name: 'MongoDB',
  runs: 4,
  async open(clock, recording, retention) {
    server ??= startMongo()
    const { url } = await server
    const database = `hub-test-${process.pid}-${++databases}`
    const store = await openMongoStore({
      url,
      database,
      ...(clock && { clock }),
      ...(recording && { recording }),
      ...(retention && { retention: () => retention }),
    })
    return { store, close: () => store.close().then(() => dropDatabase(url, database)) }
  },
}

/** Ends the server, when one was started. */
export async function stopMongo(): Promise<void> {
  const started = server
  server = undefined
  await (await started)?.close()
}

async function dropDatabase(url: string, name: string): Promise<void> {
  const client = await new MongoClient(url).connect()
  await client.db(name).dropDatabase()
  await client.close()
}
