import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'

/** What lies beside a .shp and is nothing without it; programs of maps add more than is read. */
const BESIDE = /\.(?:shx|dbf|prj|cpg|sbn|sbx|qix|shp\.xml)$/i
const READ = /\.(?:shp|dbf|prj|cpg)$/i
const SHAPES = /\.shp$/i

/** The same files have the same archive, whenever they were written. */
const STORED = { level: 0, mtime: '1980-01-01T00:00:00' } as const

/** Tells whether a file is a part of a Shapefile that its .shp stands for. */
export function isPart(file: string): boolean {
  return BESIDE.test(file)
}

/** Answers where the .shp of a part may be. */
export function shapesBeside(part: string): readonly string[] {
  const stem = part.replace(BESIDE, '')
  return [`${stem}.shp`, `${stem}.SHP`]
}

/** Answers the parts of a Shapefile with what is read of them, by its .shp; nothing for any other file. */
export async function partsOf(file: string): Promise<readonly string[]> {
  if (!SHAPES.test(file)) return []
  const stem = path.basename(file).replace(SHAPES, '').toLowerCase()
  const names = await readdir(path.dirname(file))
  return names
    .filter((name) => READ.test(name) && name.replace(READ, '').toLowerCase() === stem)
    .map((name) => path.join(path.dirname(file), name))
    .sort()
}

/** Answers how large the archive of files is, and when each of them was changed last. */
export async function archiveState(files: readonly string[]): Promise<{ size: number; changed: string }> {
  const states = await Promise.all(files.map((file) => stat(file)))
  return {
    size: states.reduce((sum, { size }, at) => sum + size + headsOf(files[at] ?? ''), END),
    changed: states.map(({ mtimeMs }) => mtimeMs).join(' '),
  }
}

/** A file that is stored has two heads with its name (APPNOTE 4.3.7, 4.3.12), the archive an end (4.3.16). */
const HEADS = 30 + 46
const END = 22

function headsOf(file: string): number {
  return HEADS + 2 * Buffer.byteLength(path.basename(file))
}

/** Answers files as one ZIP archive; of those that are too large together, only as much as shows that. */
export async function archiveOf(files: readonly string[], maxBytes: number): Promise<Uint8Array> {
  const { size } = await archiveState(files)
  if (size > maxBytes) return Buffer.alloc(maxBytes + 1)
  const { zipSync } = await import('fflate')
  const contents = await Promise.all(
    files.map(async (file) => [path.basename(file), await readFile(file)] as const),
  )
  return zipSync(Object.fromEntries(contents), STORED)
}
