import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { watch } from 'chokidar'
import type { DirectoryTransport } from '../kit/feed-definition.ts'
import type { Input } from '../kit/input.ts'
import type { Intake, Transport } from './transport.ts'

/**
 * Watches a folder and takes each file when it keeps its size, whatever its name; nothing is ever deleted. The hub
 * knows by their content which files it has; within a run a file is read again only when its size or time changes.
 */
export function fileTransport(
  { pattern, stableMs }: DirectoryTransport,
  folder: string,
  maxBytes: number,
): Transport {
  return async (intake, signal) => {
    const queue = new FileQueue(intake, signal, { maxBytes, stableMs })
    const watcher = watch(folder, {
      ignored: (file, stats) => stats?.isFile() === true && !matches(path.basename(file), pattern),
    })
    watcher.on('add', (file) => queue.add(file)).on('change', (file) => queue.add(file))
    watcher.on('error', (error) => void intake.failed(`Folder ${folder} cannot be watched`, error))
    await aborted(signal)
    await watcher.close()
    await queue.idle()
  }
}

/** Lists the files that are one input each: a file, or those of a folder whose names match, in name order. */
export async function listFiles(place: string, pattern = '*'): Promise<readonly string[]> {
  if (!(await stat(place)).isDirectory()) return [place]
  const entries = await readdir(place, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && matches(entry.name, pattern))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

/** Reads a file as an input; of one that is too large, only as much as shows that. */
export async function readInput(file: string, maxBytes: number): Promise<Input> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(Math.min(size, maxBytes + 1))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    return { name: path.basename(file), bytes: bytes.subarray(0, bytesRead), repeatable: false }
  } finally {
    await handle.close()
  }
}

interface FileLimits {
  readonly maxBytes: number
  readonly stableMs: number
}

/** Files one after the other, those with the smaller path first; one that still grows waits its turn again. */
class FileQueue {
  readonly #intake: Intake
  readonly #signal: AbortSignal
  readonly #limits: FileLimits
  readonly #waiting = new Set<string>()
  /** Files that were looked at and not yet old enough: what they were like, and since when. */
  readonly #growing = new Map<string, { readonly mark: string; readonly since: number }>()
  readonly #taken = new Map<string, string>()
  #work: Promise<void> | undefined

  constructor(intake: Intake, signal: AbortSignal, limits: FileLimits) {
    this.#intake = intake
    this.#signal = signal
    this.#limits = limits
  }

  add(file: string): void {
    this.#waiting.add(file)
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined
    })
  }

  async idle(): Promise<void> {
    await this.#work
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#signal.aborted) {
      const file = [...this.#waiting].sort()[0] ?? ''
      this.#waiting.delete(file)
      await this.#take(file).catch((error: unknown) => this.#intake.failed('File cannot be taken', error))
    }
  }

  async #take(file: string): Promise<void> {
    const { size, mtimeMs } = await stat(file)
    const mark = `${size} ${mtimeMs}`
    if (this.#taken.get(file) === mark || !this.#isComplete(file, mark, mtimeMs)) return
    await this.#intake.take(await readInput(file, this.#limits.maxBytes))
    this.#taken.set(file, mark)
  }

  /** A file is complete when it was left alone for long enough; a clock that differs must not let it wait for ever. */
  #isComplete(file: string, mark: string, mtimeMs: number): boolean {
    const { stableMs } = this.#limits
    const now = Date.now()
    const before = this.#growing.get(file)
    if (now - mtimeMs >= stableMs || (before?.mark === mark && now - before.since >= stableMs)) {
      this.#growing.delete(file)
      return true
    }
    if (before?.mark !== mark) this.#growing.set(file, { mark, since: now })
    setTimeout(() => this.add(file), stableMs).unref()
    return false
  }
}

function matches(name: string, pattern: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`, 'i').test(name)
}

/** Resolves when the signal fires. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
