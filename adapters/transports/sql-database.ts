import path from 'node:path'
import type { SqlTransport } from '../kit/definition/transport-definition.ts'
import type { Json, JsonMap } from '../kit/values/json.ts'
import { isJsonMap } from '../kit/values/json.ts'
import type { Limits } from './http-source.ts'
import { SourceFault } from './transport.ts'

/** A database that is only read. */
export interface Database {
  /** How a value is named in a query, counted from 1. */
  mark(at: number): string
  rows(text: string, values: readonly Json[]): Promise<readonly JsonMap[]>
  close(): Promise<void>
}

/** Opens the database of a URL for reading. @throws SourceFault */
export function openDatabase(
  definition: SqlTransport,
  limits: Limits,
  signal: AbortSignal,
): Promise<Database> {
  const { protocol } = new URL(definition.url)
  if (protocol === 'sqlite:') return openSqlite(definition, limits)
  return protocol === 'mysql:'
    ? openMysql(definition, limits, signal)
    : openPostgresql(definition, limits, signal)
}

async function openSqlite({ url, timeoutMs }: SqlTransport, { folder }: Limits): Promise<Database> {
  const { DatabaseSync } = await import('@photostructure/sqlite')
  const file = path.resolve(folder, url.slice('sqlite:'.length))
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: timeoutMs })
    return {
      mark: () => '?',
      rows: async (text, values) => {
        const statement = database.prepare(text)
        statement.setReadBigInts(true)
        return statement.all(...(values as (string | number | null)[])).map(jsonRow) // watermarks are no more
      },
      close: async () => database.close(),
    }
  } catch (cause) {
    throw new SourceFault('Database cannot be opened', { cause })
  }
}

/** Types of PostgreSQL whose values JSON has too; all others stay texts, whole and exact. */
const POSTGRESQL_TYPES: Readonly<Record<number, (text: string) => Json>> = {
  16: (text) => text === 't',
  21: Number,
  23: Number,
  700: Number,
  701: Number,
  114: (text) => JSON.parse(text) as Json,
  3802: (text) => JSON.parse(text) as Json,
}

async function openPostgresql(
  definition: SqlTransport,
  limits: Limits,
  signal: AbortSignal,
): Promise<Database> {
  const { default: pg } = await import('pg') // loaded with the first such feed
  const { timeoutMs } = definition
  const client = new pg.Client({
    ...(await placeOf(definition, limits, 5432)),
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
    application_name: 'urban-data-hub',
    options: '-c default_transaction_read_only=on',
    types: { getTypeParser: (type: number) => POSTGRESQL_TYPES[type] ?? String },
  })
  client.on('error', () => undefined) // the query that is under way fails too
  const end = (): void => void client.end().catch(() => undefined)
  signal.addEventListener('abort', end)
  await client.connect().catch(refused)
  return {
    mark: (at) => `$${at}`,
    rows: async (text, values) => {
      const { rows } = await client.query<Record<string, unknown>>(text, [...values]).catch(failed)
      return rows.map(jsonRow)
    },
    close: async () => {
      signal.removeEventListener('abort', end)
      await client.end().catch(() => undefined)
    },
  }
}

async function openMysql(definition: SqlTransport, limits: Limits, signal: AbortSignal): Promise<Database> {
  const { createConnection } = await import('mysql2/promise') // loaded with the first such feed
  const { timeoutMs } = definition
  const connection = await createConnection({
    ...(await placeOf(definition, limits, 3306)),
    connectTimeout: timeoutMs,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    charset: 'utf8mb4',
  }).catch(refused)
  const end = (): void => connection.destroy()
  signal.addEventListener('abort', end)
  await connection.query('SET SESSION TRANSACTION READ ONLY').catch(failed)
  return {
    mark: () => '?',
    rows: async (sql, values) => {
      const [rows] = await connection.query({ sql, values: [...values], timeout: timeoutMs }).catch(failed)
      return (rows as Record<string, unknown>[]).map(jsonRow) // of a SELECT
    },
    close: async () => {
      signal.removeEventListener('abort', end)
      connection.destroy()
    },
  }
}

async function placeOf(
  { url, user, password, encryption, authorities }: SqlTransport,
  { secrets }: Limits,
  usualPort: number,
) {
  const { hostname, port, pathname } = new URL(url)
  const ca = authorities && (await secrets(authorities))
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? usualPort : Number(port),
    database: decodeURIComponent(pathname.slice(1)),
    ...(user !== undefined && { user }),
    ...(password && { password: await secrets(password) }),
    ...(encryption === 'required' && { ssl: ca === undefined ? { rejectUnauthorized: true } : { ca } }),
  }
}

function refused(cause: unknown): never {
  throw new SourceFault(`Database cannot be reached${codeOf(cause)}`, { cause })
}

/** Messages of databases quote values: only their codes are told. */
function failed(cause: unknown): never {
  throw new SourceFault(`Query fails${codeOf(cause)}`, { cause })
}

function codeOf(cause: unknown): string {
  const code =
    isJsonMap(cause) || cause instanceof Error ? (cause as { readonly code?: unknown }).code : undefined
  return typeof code === 'string' ? ` with ${code}` : ''
}

function jsonRow(row: unknown): JsonMap {
  return Object.fromEntries(
    Object.entries(row as Record<string, unknown>).map(([name, value]) => [name, jsonOf(value)]),
  ) // drivers answer rows as objects
}

function jsonOf(value: unknown): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Date) return value.toISOString()
  return (value ?? null) as Json // texts, numbers and JSON
}
