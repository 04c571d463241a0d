import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet'
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import type { TestAnswer } from './hub.ts'

/** A Parquet file as another implementation reads it: instants are microseconds. */
export interface ReadParquet {
  readonly metadata: FileMetaData
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** Reads a Parquet file. @throws Error where it is none, or not whole */
export async function readParquet(bytes: Uint8Array): Promise<ReadParquet> {
  const file = new Uint8Array(bytes).buffer
  const metadata = parquetMetadata(file)
  const rows = await parquetReadObjects({
    file,
    parsers: {
      ...DEFAULT_PARSERS,
      timestampFromMicroseconds: (micros: bigint) => Number(micros),
    },
  })
  return { metadata, rows }
}

/** Answers the text of an answer, of a Parquet file what its rows say. */
export async function legibleText({
  headers,
  text,
  bytes = Buffer.alloc(0),
}: Pick<TestAnswer, 'headers' | 'text' | 'bytes'>): Promise<string> {
  if (headers['content-type'] !== 'application/vnd.apache.parquet' || bytes.length === 0) return text
  return JSON.stringify((await readParquet(bytes)).rows)
}
