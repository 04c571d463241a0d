import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Recording } from '../../broker/core/temporal/recording.ts'
import type { RetentionRule } from '../../broker/core/temporal/retention.ts'
import type { MongoStoreOptions } from '../../broker/store/mongodb/mongo-store-options.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import type { Quotas } from '../../broker/store/port/quotas.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { Cipher } from '../../broker/store/sealed/cipher.ts'
import { Seal } from '../../broker/store/sealed/seal.ts'
import { SealedStore } from '../../broker/store/sealed/sealed-store.ts'
import { openSqliteStore, type SqliteStoreOptions } from '../../broker/store/sqlite/sqlite-store.ts'
import { startCapableMongo } from './capable-mongo.ts'
import { dropDatabase, type MongoServer, startMongo } from './mongodb-server.ts'

/** A store for one test, and what takes it away again. */
export interface OpenedStore {
  readonly store: Store
  /** All that it keeps, as it keeps it. */
  contents(): Promise<string>
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
  /** Opens one whose tenants may have so many. */
  openFor(quotas: Quotas): Promise<OpenedStore>
}

/** Makes a folder for one test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hub-store-'))
}

/** The embedded store in a folder of its own. */
export const SQLITE: StoreKind = {
  name: 'SQLite',
  runs: 16,
  open: (clock, recording, retention) =>
    openSqlite({
      ...(clock && { clock }),
      ...(recording && { recording }),
      ...(retention && { retention: () => retention }),
    }),
  openFor: (quotas) => openSqlite({ quotas }),
}

async function openSqlite(options: Omit<SqliteStoreOptions, 'directory'>): Promise<OpenedStore> {
  const directory = temporaryFolder()
  const store = await openSqliteStore({ directory, ...options })
  return {
    store,
    contents: async () =>
      readdirSync(directory)
        .map((file) => readFileSync(join(directory, file)).toString('utf8'))
        .join('\n'),
    async close() {
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The attributes that `SEALED` keeps under seal, on whatever entity, and on those of one type. */
export const SEALED_NAMES = {
  always: ['urn:p:one', 'urn:p:place'],
  byType: ['urn:p:two', 'urn:t:a'],
} as const

/** The embedded store under seal. */
export const SEALED: StoreKind = {
  name: 'SQLite under seal',
  runs: 4,
  open: async (clock, recording, retention) =>
    underSeal(await SQLITE.open(clock, undefined, retention), recording),
  openFor: async (quotas) => underSeal(await SQLITE.openFor(quotas), undefined),
}

function underSeal({ store, ...opened }: OpenedStore, recording: Recording | undefined): OpenedStore {
  const key = { name: 'k1', secret: Buffer.alloc(32, 1) }
  const [attribute, type] = SEALED_NAMES.byType
  const attributes = () => ({
    always: new Set<string>(SEALED_NAMES.always),
    byType: new Map([[attribute, new Set<string>([type])]]),
  })
  const seal = new Seal(new Cipher({ current: () => key, find: () => key }), attributes)
  return { ...opened, store: new SealedStore(store, { seal, attributes, recording, lost: [] }) }
}

let databases = 0

/** A kind of store on a server that all suites share, each with a database of its own. */
export interface MongoKind extends StoreKind {
  /** Ends the server, when one was started. */
  stop(): Promise<void>
}

/** MongoDB, or what speaks its protocol. */
export const MONGODB = mongoKind('MongoDB', startMongo)

/** MongoDB, or what can do more of what it can than the least capable server. */
export const CAPABLE_MONGODB = mongoKind('MongoDB, capable', startCapableMongo)

function mongoKind(name: string, start: () => Promise<MongoServer>): MongoKind {
  let server: Promise<MongoServer> | undefined
  const open = async (options: Omit<MongoStoreOptions, 'url' | 'database'>): Promise<OpenedStore> => {
    server ??= start()
    const { url } = await server
    const database = `hub-test-${process.pid}-${++databases}`
    const store = await openMongoStore({ url, database, ...options })
    store.known.beAlone()
    return {
      store,
      contents: () => contentsOf(url, database),
      close: () => store.close().then(() => dropDatabase(url, database)),
    }
  }
  return {
    name,
    runs: 4,
    open: (clock, recording, retention) =>
      open({
        ...(clock && { clock }),
        ...(recording && { recording }),
        ...(retention && { retention: () => retention }),
      }),
    openFor: (quotas) => open({ quotas }),
    stop: async () => {
      const started = server
      server = undefined
      await (await started)?.close()
    },
  }
}

async function contentsOf(url: string, name: string): Promise<string> {
  const client = await new MongoClient(url).connect()
  try {
    const collections = await client.db(name).listCollections().toArray()
    const all = await Promise.all(
      collections.map((collection) => client.db(name).collection(collection.name).find().toArray()),
    )
    return JSON.stringify(all)
  } finally {
    await client.close()
  }
}
