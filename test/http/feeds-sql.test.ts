import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import type { SqlTransport, Watermark } from '../../adapters/kit/definition/transport-definition.ts'
import { NOTHING } from '../../adapters/kit/intake/summary.ts'
import { secretsBeside } from '../../adapters/kit/run/secrets-beside.ts'
import { sqlRows } from '../../adapters/transports/sql-rows.ts'
import { hasPostgresql, type PostgresqlServer, startPostgresql } from '../support/postgresql-server.ts'
import { inFolder } from './feed-hub.ts'

/** What a visit gives, from what the one before remembered. */
async function visit(
  memory: Record<string, string>,
  definition: Pick<SqlTransport, 'url' | 'user' | 'query'> & { readonly watermark?: Watermark },
  password = 'p@ss:word',
): Promise<{ rows: Record<string, unknown>[]; memory: Record<string, string>; failure?: string }> {
  let [kept, failure]: [Record<string, string>, string | undefined] = [memory, undefined]
  const rows: Record<string, unknown>[] = []
  await inFolder(async (folder) => {
    await writeFile(path.join(folder, 'password'), password)
    const whole: SqlTransport = {
      kind: 'sql',
      password: { file: 'password' },
      encryption: 'none',
      pageRows: 2,
      maxRows: 100,
      everySeconds: 1,
      timeoutMs: 2000,
      ...definition,
    }
    const limits = { maxBytes: 1_000_000, folder, secrets: secretsBeside(folder, {}) }
    const given = sqlRows(whole, limits).visit({
      memory,
      signal: new AbortController().signal,
      isTaken: async () => false,
      reached: async () => undefined,
      remember: async (next) => {
        kept = { ...next }
      },
    })
    try {
      for (let next = await given.next(); !next.done; next = await given.next(NOTHING)) {
        rows.push(...JSON.parse(Buffer.from(next.value.inputs[0].bytes).toString()))
      }
    } catch (error) {
      failure = (error as Error).message
    }
  })
  return { rows, memory: kept, ...(failure !== undefined && { failure }) }
}

const suite = hasPostgresql() ? describe : describe.skip

suite(`feeds: rows of PostgreSQL${hasPostgresql() ? '' : ' (SKIPPED without PostgreSQL)'}`, () => {
  let server: PostgresqlServer
  let owner: pg.Client

  before(async () => {
    server = await startPostgresql()
    owner = new pg.Client({
      host: '127.0.0.1',
      port: server.port,
      user: 'owner',
      password: 'p@ss:word',
      database: 'postgres',
    })
    await owner.connect()
    await owner.query(
      `CREATE TABLE readings (id bigint, level numeric, at timestamptz, flags jsonb, raw bytea)`,
    )
  })
  after(async () => {
    await owner.end()
    await server.stop()
  })

  const read = (
    memory: Record<string, string>,
    watermark?: Watermark,
    query = 'SELECT * FROM readings',
    password?: string,
  ) =>
    visit(
      memory,
      {
        url: `postgresql://127.0.0.1:${server.port}/postgres`,
        user: 'owner',
        query,
        ...(watermark && { watermark }),
      },
      password,
    )

  const add = (id: number, at: string): Promise<unknown> =>
    owner.query("INSERT INTO readings VALUES ($1, 1.50, $2, '{\"a\":1}', 'x')", [id, at])

  it('come page by page, exact as they are, and go on where they were', async () => {
    const watermark = { column: 'at', key: 'id', overlap: 0 }
    for (const id of [1, 2, 3]) await add(id, '2025-11-15T01:00:00.000001Z')
    const first = await read({}, watermark)
    expect(first.rows.map(({ id }) => id)).to.deep.equal(['1', '2', '3'])
    expect(first.rows[0]).to.deep.include({ level: '1.50', flags: { a: 1 }, raw: '\\x78' })
    // of the same time, which was committed later
    await add(4, '2025-11-15T01:00:00.000001Z')
    await add(5, '2025-11-15T01:00:01Z')
    const second = await read(first.memory, watermark)
    expect(second.rows.map(({ id }) => id)).to.deep.equal(['4', '5'])
    expect((await read(second.memory, watermark)).rows).to.deep.equal([])
    await add(6, '2025-11-15T00:59:30Z')
    expect((await read(second.memory, { ...watermark, overlap: 60 })).rows.map(({ id }) => id)).to.deep.equal(
      ['6', '1', '2', '3', '4', '5'],
    )
  })

  it('say why there are none, and hold back what the database says of values', async () => {
    const failures = [
      await read({}, undefined, undefined, 'wrong'),
      await read({}, undefined, "SELECT 'secret'::int AS at FROM readings"),
      await read({}, undefined, 'DELETE FROM readings RETURNING *'),
      await read({}, { column: 'at', overlap: 0 }),
    ].map(({ failure }) => failure)
    expect(failures).to.deep.equal([
      'Database cannot be reached with 28P01',
      'Query fails with 22P02',
      'Query fails with 42601',
      'More than 2 rows have one at: a key has to tell them apart',
    ])
    expect((await owner.query('SELECT count(*) FROM readings')).rows).to.deep.equal([{ count: '6' }])
  })
})
