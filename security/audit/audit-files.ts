import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isJsonObject, type JsonValue } from '../../broker/core/model/json.ts'
import { readHead, type SignedHead } from './signed-head.ts'

const SEGMENT = /^(\d{12})\.ndjson$/

/** Name of the file of heads in the folder of the log. */
export const HEADS = 'heads.ndjson'

/** Name of the file of the newest head beside it. */
const NEWEST = 'newest-head.json'

/** Answers the files of heads: those that have all of them, one a minute, and those that have the newest alone. */
export function headFilesOf(
  folder: string,
  heads?: string,
): { readonly all: readonly string[]; readonly newest: readonly string[] } {
  const elsewhere = heads === undefined ? [] : [heads]
  return {
    all: [join(folder, HEADS), ...elsewhere],
    newest: [join(folder, NEWEST), ...elsewhere.map((path) => `${path}.newest`)],
  }
}

/** A part of the log: one file, named by the number of its first record. */
export interface Segment {
  readonly name: string
  readonly path: string
  readonly first: number
}

/** Answers the name of the segment that begins with a record. */
export function segmentName(first: number): string {
  return `${String(first).padStart(12, '0')}.ndjson`
}

/** Lists the segments of a folder, oldest first; none where there is no folder. */
export async function listSegments(folder: string): Promise<readonly Segment[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => SEGMENT.test(name))
    .sort()
    .map((name) => ({ name, path: join(folder, name), first: Number(SEGMENT.exec(name)?.[1]) }))
}

/** Reads the whole lines of a segment, and what stands behind the last of them, which is no record. */
export async function readLines(path: string): Promise<{ lines: readonly string[]; rest: string }> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  const rest = lines.pop() ?? ''
  return { lines, rest }
}

/**
 * Reads the signed heads of a file, in the order in which they were written, also those that a process told its own log;
 * none where there is no file.
 */
export async function readHeads(path: string): Promise<readonly SignedHead[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => (line === '' ? [] : (headIn(line) ?? [])))
}

function headIn(line: string): SignedHead | undefined {
  const value = parsed(line)
  if (value === undefined) return undefined
  return readHead(isJsonObject(value) && value.auditHead !== undefined ? value.auditHead : value)
}

/** Reads a line as JSON; undefined: it is none. */
export function parsed(line: string): JsonValue | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return // folders cannot be opened there
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
