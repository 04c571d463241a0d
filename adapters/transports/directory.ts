import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { watch } from 'chokidar'
import type { DirectoryTransport } from '../kit/definition/transport-definition.ts'
import { HELD_BYTES, type Input } from '../kit/intake/input.ts'
import { type FileEntry, matches, type OpenFolder } from './folder.ts'
import { archiveOf, archiveState, isPart, partsOf, shapesBeside } from './shape-parts.ts'
import { SourceFault } from './transport.ts'

const CHUNK_BYTES = 262_144
/** Milliseconds after which a new folder is watched for sure. */
const NEW_FOLDER_MS = 1000

/** Opens a folder of this machine, or a file, and watches it: what came while nobody looked is found by looking now and then. */
export function watchedFolder(
  { pattern, everySeconds }: Pick<DirectoryTransport, 'pattern' | 'everySeconds'>,
  root: string,
): (signal: AbortSignal) => Promise<OpenFolder> {
  return async (signal) => {
    const gone = (cause?: unknown): SourceFault => new SourceFault(`Folder ${root} is not there`, { cause })
    const found = await stat(root).catch((cause: unknown) => {
      throw gone(cause)
    })
    const base = found.isDirectory() ? root : path.dirname(root)
    const arrivals = new Arrivals({ root, base, pattern })
    const watcher = watch(root, {
      ignoreInitial: true,
      ignored: (file, stats) => stats?.isFile() === true && !matches(path.basename(file), pattern),
    })
    watcher.on('add', (file) => arrivals.add(file)).on('change', (file) => arrivals.add(file))
    watcher.on('unlinkDir', (folder) => folder === root && arrivals.fail(gone()))
    // what cannot be watched is still looked at now and then
    watcher.on('error', () => undefined)
    const look = (): void => void arrivals.look().catch((cause: unknown) => arrivals.fail(gone(cause)))
    const looking = setInterval(look, everySeconds * 1000)
    // what came into a new folder before that was watched is told by nobody
    let soon: NodeJS.Timeout | undefined
    watcher.on('addDir', () => {
      clearTimeout(soon)
      soon = setTimeout(look, NEW_FOLDER_MS)
    })
    await new Promise<void>((resolve) => watcher.once('ready', resolve))
    await arrivals.look()
    const wake = (): void => arrivals.wake()
    signal.addEventListener('abort', wake)
    return {
      list: () => arrivals.entries(),
      settled: (entry) => arrivals.delete(entry),
      read: (entry, maxBytes) => readInput(path.join(base, entry.path), maxBytes).catch(() => undefined),
      changed: async () => {
        if (!signal.aborted) await arrivals.come()
      },
      close: async () => {
        signal.removeEventListener('abort', wake)
        clearInterval(looking)
        clearTimeout(soon)
        await watcher.close()
      },
    }
  }
}

/** Files that came and were not settled yet. */
class Arrivals {
  readonly #place: { readonly root: string; readonly base: string; readonly pattern: string }
  readonly #files = new Set<string>()
  #told: (() => void) | undefined
  #failure: Error | undefined

  /** Paths of entries start from `base`. */
  constructor(place: { readonly root: string; readonly base: string; readonly pattern: string }) {
    this.#place = place
  }

  /** A part of a Shapefile that came, or changed, brings all of it. */
  add(file: string): void {
    for (const one of isPart(file) ? shapesBeside(file) : [file]) this.#files.add(one)
    this.wake()
  }

  delete({ path: place }: FileEntry): void {
    this.#files.delete(path.join(this.#place.base, place))
  }

  wake(): void {
    this.#told?.()
  }

  /** Nothing can come any more. */
  fail(reason: Error): void {
    this.#failure ??= reason
    this.wake()
  }

  /** Adds every file that is there. */
  async look(): Promise<void> {
    const { root, pattern } = this.#place
    for (const file of await listFiles(root, pattern)) this.add(file)
  }

  async entries(): Promise<readonly FileEntry[]> {
    const entries: FileEntry[] = []
    for (const file of this.#files) {
      const found = await stateOf(file).catch(() => undefined)
      if (!found) this.#files.delete(file)
      else {
        const place = path.relative(this.#place.base, file).split(path.sep).join('/')
        entries.push({ path: place, ...found })
      }
    }
    return entries
  }

  /** Waits until there is one, or it is woken. @throws SourceFault when the folder is gone */
  async come(): Promise<void> {
    if (this.#files.size === 0 && !this.#failure) {
      await new Promise<void>((resolve) => {
        this.#told = resolve
      })
    }
    if (this.#failure) throw this.#failure
  }
}

/** Answers the size of a file and when it was changed; of a Shapefile with its parts. */
async function stateOf(file: string): Promise<Pick<FileEntry, 'size' | 'changed'> | undefined> {
  const found = await stat(file)
  if (!found.isFile()) return undefined
  const parts = await partsOf(file)
  return parts.length > 0 ? archiveState(parts) : { size: found.size, changed: String(found.mtimeMs) }
}

/**
 * Lists the files that are one input each: a file, or those of a folder whose names match, in name order. A .shp stands for all parts
 * of its Shapefile.
 */
export async function listFiles(place: string, pattern = '*'): Promise<readonly string[]> {
  if (!(await stat(place)).isDirectory()) return [place]
  const entries = await readdir(place, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !isPart(entry.name) && matches(entry.name, pattern))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

/**
 * Reads a file as an input, a Shapefile as an archive of its parts: of a large one the beginning, and how to read all of it; of one that
 * is too large only as much as shows that.
 */
export async function readInput(file: string, maxBytes: number): Promise<Input> {
  const parts = await partsOf(file)
  const handle = await open(file)
  try {
    const { size, mtime } = await handle.stat()
    const about = { name: path.basename(file), repeatable: false, receivedAt: mtime.toISOString() }
    if (parts.length > 0) return { ...about, bytes: await archiveOf(parts, maxBytes) }
    const bytes = Buffer.alloc(Math.min(size, maxBytes + 1, HELD_BYTES))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    const input = { ...about, bytes: bytes.subarray(0, bytesRead) }
    if (size <= HELD_BYTES) return input
    if (size > maxBytes) return { ...input, size }
    // what is appended meanwhile makes it another file, which is taken then
    return {
      ...input,
      size,
      stream: () => createReadStream(file, { end: size - 1, highWaterMark: CHUNK_BYTES }),
    }
  } finally {
    await handle.close()
  }
}
