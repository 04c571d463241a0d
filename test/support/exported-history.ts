import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import type { TestAnswer, TestHub } from './hub.ts'
import { type ReadParquet, readParquet } from './parquet.ts'

export const LINES = 'application/x-ndjson'
export const CSV = 'text/csv'
export const PARQUET = 'application/vnd.apache.parquet'

type Row = Readonly<Record<string, string>>
// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
type Told = any

/** Asks for an export, which has to succeed. */
export async function exported(hub: TestHub, path: string, accept: string): Promise<TestAnswer> {
  const answer = await hub.send(path, { headers: { Accept: accept } })
  expect(answer.status, answer.text).to.equal(200)
  expect(answer.headers['content-type']).to.equal(accept)
  expect(answer.headers['content-length']).to.equal(undefined)
  return answer
}

/** Answers the fragments of an export as lines. */
export async function fragmentsOf(hub: TestHub, path: string): Promise<readonly Told[]> {
  const { text } = await exported(hub, path, LINES)
  if (text !== '') expect(text.endsWith('}\n')).to.equal(true)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

/** Answers the rows of an export as CSV, by their names. */
export async function csvOf(hub: TestHub, path: string): Promise<readonly Row[]> {
  const { text } = await exported(hub, path, CSV)
  expect(text.endsWith('\r\n')).to.equal(true)
  return parse(text, { columns: true, record_delimiter: '\r\n' })
}

/** Answers an export as Parquet, read back. */
export async function parquetOf(hub: TestHub, path: string): Promise<ReadParquet> {
  return readParquet((await exported(hub, path, PARQUET)).bytes ?? Buffer.alloc(0))
}

/** Answers all instances that evolutions tell of, each as a text, sorted. */
export function instancesOf(evolutions: readonly Told[]): readonly string[] {
  return evolutions
    .flatMap(({ id, type: _, createdAt: _c, modifiedAt: _m, deletedAt: _d, ...attributes }) =>
      Object.entries<Told>(attributes).flatMap(([name, instances]) =>
        Array.isArray(instances) && typeof instances[0] === 'object'
          ? instances.map((instance) => `${id} ${name} ${JSON.stringify(instance)}`)
          : [],
      ),
    )
    .sort()
}

/** Reads a cell of the column value as it was meant: what is JSON is JSON, and all else a text. */
export function cellValue(cell: string): unknown {
  try {
    return JSON.parse(cell)
  } catch {
    return cell
  }
}
