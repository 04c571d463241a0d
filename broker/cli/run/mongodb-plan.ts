import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import { readConfig } from '../../read-config.ts'
import { INDEXES, type KeptIndex } from '../../store/mongodb/layout/mongo-indexes.ts'
import { type TenantCollections, tenantCollections } from '../../store/mongodb/mongo-documents.ts'
import { arithmetic, type Load } from '../../store/mongodb/plan/arithmetic.ts'
import { footprint } from '../../store/mongodb/plan/footprint.ts'
import { lookAtServer, type SeenServer } from '../../store/mongodb/plan/look-at-server.ts'
import { REACH, SHARDING } from '../../store/mongodb/plan/sharding.ts'
import { CommandFailure } from '../command-failure.ts'
import { tableText } from './print-table.ts'

/** Options of `hub mongodb plan`. */
export interface PlanOptions extends Omit<Load, 'pool'> {
  readonly url?: string
  readonly config?: string
  readonly database: string
  readonly attributes: number
}

const WAIT_MILLISECONDS = 5000

/** Prints a program for mongosh; what is no command is a comment in it. @throws CommandFailure */
export async function printPlan(options: PlanOptions): Promise<void> {
  const { MongoClient, BSON } = await import('mongodb')
  const { url, database } = await serverOf(options)
  const client = clientFor(
    () =>
      new MongoClient(url ?? 'mongodb://127.0.0.1/', {
        serverSelectionTimeoutMS: WAIT_MILLISECONDS,
        connectTimeoutMS: WAIT_MILLISECONDS,
      }),
  )
  try {
    const db = client.db(database)
    const seen = url === undefined ? undefined : await look(() => lookAtServer(db))
    const namesOf = (tenant: SeenServer['tenants'][number]['tenant']) =>
      Object.entries(tenantCollections(db, tenant)).map(
        ([name, { collectionName }]) => [name as keyof TenantCollections, collectionName] as const, // a key of it
      )
    const shards = seen?.shards?.length ?? options.shards
    const load = { ...options, shards, pool: client.options.maxPoolSize }
    const bytes = footprint(options.attributes, (document) => BSON.calculateObjectSize(document))
    const tenants = seen?.tenants ?? [
      { tenant: DEFAULT_TENANT, parts: [], missing: [], sharded: new Set<keyof TenantCollections>() },
    ]
    print(heading(database, seen))
    for (const { tenant, parts, missing, sharded } of tenants) {
      if (parts.length > 0) print(comment(partsText(parts)))
      const names = new Map(namesOf(tenant))
      for (const [name, index] of missing) print(createIndex(database, names.get(name) ?? '', index))
      if (shards === 1) continue
      for (const [name, collection] of names) print(shardText(database, collection, name, sharded.has(name)))
    }
    if (shards > 1) print(tenantsText(database, tenants, namesOf, seen))
    print(
      '//\n// Indexes of each tenant, which hubs make where they are missing\n',
      comment(tableText(indexRows())),
    )
    print('//\n// Shards that a request asks\n', comment(tableText(REACH)))
    print(
      `//\n// What ${options.entities} entities of ${options.attributes} numbers and ${options.writesPerSecond} writes a second take, before the server compresses it\n`,
      comment(tableText(arithmetic(load, bytes))),
    )
  } finally {
    await client.close()
  }
}

function print(...texts: readonly string[]): void {
  process.stdout.write(texts.join(''))
}

async function serverOf({
  url,
  config,
  database,
}: PlanOptions): Promise<{ readonly url: string | undefined; readonly database: string }> {
  if (config === undefined) return { url, database }
  const { mongodb } = (await readConfig({ file: config, environment: process.env })).store
  return { url: url ?? (mongodb.url || undefined), database: mongodb.database }
}

/** What the driver says of a connection string that it cannot read repeats it, with its password. */
function clientFor<T>(make: () => T): T {
  try {
    return make()
  } catch {
    throw new CommandFailure('Value of --url is no connection string of MongoDB', 2)
  }
}

async function look(task: () => Promise<SeenServer>): Promise<SeenServer> {
  try {
    return await task()
  } catch (error) {
    throw new CommandFailure(
      `Server does not tell what is there: ${error instanceof Error ? error.message : error}`,
    )
  }
}

function heading(database: string, seen: SeenServer | undefined): string {
  if (!seen) return `// Plan for database ${database}; with --url it is that of what is there\n`
  const { version, replicaSet, shards, connections } = seen
  const kind = shards
    ? `${shards.length} shards (${shards.join(', ')})`
    : replicaSet
      ? `replica set ${replicaSet}`
      : 'a single server: no other takes over'
  const open = connections
    ? `; ${connections.current} connections, ${connections.available} more can be had`
    : ''
  return `// Database ${database} on MongoDB ${version}, ${kind}${open}\n`
}

function shardText(
  database: string,
  collection: string,
  name: keyof TenantCollections,
  isSharded: boolean,
): string {
  const { key, why } = SHARDING[name]
  if (!key) return `// ${collection} stays on one shard: ${why}\n`
  if (isSharded) return `// ${collection} is sharded\n`
  const text = JSON.stringify(key)
  return [
    `// ${collection}: ${why}\n`,
    `db.getSiblingDB("${database}").getCollection("${collection}").createIndex(${text})\n`,
    `sh.shardCollection("${database}.${collection}", ${text})\n`,
  ].join('')
}

function createIndex(
  database: string,
  collection: string,
  { key, serves, unique, sparse }: KeptIndex,
): string {
  const options = JSON.stringify({ ...(unique && { unique }), ...(sparse && { sparse }) })
  return `// missing, for ${serves}\ndb.getSiblingDB("${database}").getCollection("${collection}").createIndex(${JSON.stringify(key)}, ${options})\n`
}

/** What stays on one shard need not be the same one for all tenants. */
function tenantsText(
  database: string,
  tenants: SeenServer['tenants'],
  namesOf: (
    tenant: SeenServer['tenants'][number]['tenant'],
  ) => readonly (readonly [keyof TenantCollections, string])[],
  seen: SeenServer | undefined,
): string {
  const others = tenants.filter(({ tenant }) => tenant !== DEFAULT_TENANT)
  const { shards = [], version = '' } = seen ?? {}
  if (others.length === 0 || shards.length === 0 || Number.parseInt(version, 10) < 8)
    return '// Tenants: each has such collections; from MongoDB 8 on sh.moveCollection spreads what is not sharded over the shards\n'
  const moves = others.flatMap(({ tenant }, at) =>
    namesOf(tenant)
      .filter(([name]) => !SHARDING[name].key)
      .map(
        ([, collection]) =>
          `sh.moveCollection("${database}.${collection}", "${shards[at % shards.length]}")\n`,
      ),
  )
  return `// What is not sharded of tenants, spread over the shards\n${moves.join('')}`
}

function partsText(parts: SeenServer['tenants'][number]['parts']): string {
  return tableText(
    parts.map(({ name, bytes, rows }) => [
      name,
      `${(bytes / 1e6).toFixed(1)} MB`,
      rows === undefined ? '' : `${rows} documents`,
    ]),
  )
}

function indexRows(): readonly (readonly string[])[] {
  return Object.entries(INDEXES).flatMap(([name, indexes]) =>
    indexes.map(({ key, unique, sparse, serves }) => [
      name,
      Object.keys(key).join(', ') + (unique ? ' (unique)' : '') + (sparse ? ' (sparse)' : ''),
      serves,
    ]),
  )
}

function comment(text: string): string {
  return text.replaceAll(/^/gm, '//').replace(/\/\/$/, '')
}
