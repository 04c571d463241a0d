import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, open, readdir } from 'node:fs/promises'

/** How long a file is, and its hash. */
export interface Measure {
  readonly bytes: number
  readonly sha256: string
}

/** Reads a whole file. */
export async function measureFile(path: string): Promise<Measure> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Copies a file for the eyes of its owner alone; when this answers the copy is on disk. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  await makeDurable(to)
}

/** Takes a file from the eyes of others, cuts it off where that is said, and brings it to disk. */
export async function makeDurable(path: string, length?: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.chmod(0o600)
    if (length !== undefined) await file.truncate(length)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Answers how long a file is up to the end of its last whole line. */
export async function lengthOfLines(path: string): Promise<number> {
  let [read, end] = [0, 0]
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const last = chunk.lastIndexOf(LINE_END)
    if (last >= 0) end = read + last + 1
    read += chunk.length
  }
  return end
}

const LINE_END = 0x0a

/** Tells whether nothing is in a folder, or it is not there. */
export async function isEmptyFolder(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0
}
