import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Input } from '../kit/intake/input.ts'
import { type Deliveries, type Delivery, SourceFault, type Transport, type Visit } from './transport.ts'

/** A file as its folder tells of it. */
export interface FileEntry {
  /** From the folder on, with `/`. */
  readonly path: string
  readonly size: number
  /** When it was changed last, as the folder writes that. */
  readonly changed: string
}

/** What was read of a file. */
export type FileContent = Pick<Input, 'bytes' | 'size' | 'stream'>

/** A folder while it is visited, here or at another machine. */
export interface OpenFolder {
  /** Lists the files that may be new: all of them, or those that the folder knows to have come. */
  list(): Promise<readonly FileEntry[]>
  /** Reads a file, of one that is too large only as much as shows that; undefined when it is not there or not to be read. */
  read(entry: FileEntry, maxBytes: number): Promise<FileContent | undefined>
  /** Told that a file needs no second look until it changes. */
  settled?(entry: FileEntry): void
  /** Answers when there may be something new; a folder without this is visited anew instead. */
  changed?(): Promise<void>
  close(): Promise<void>
}

/** Which files of a folder are taken, and when. */
export interface FolderOptions {
  /** Names to take, with `*` for any characters. */
  readonly pattern: string
  /** How long a file must stay as it is before it is taken, milliseconds. */
  readonly stableMs: number
  /** Pause between two visits, seconds. */
  readonly everySeconds: number
}

/** Marks of files that are known to be taken, without asking the hub again. */
const MOST_KNOWN = 200_000

/**
 * Takes the files of a folder, each when it stayed the same for long enough by two looks at it: clocks of other machines tell nothing.
 * Late files, whatever their names, and files that change are taken too; none is ever changed or deleted.
 */
export function folderTransport(
  open: (signal: AbortSignal) => Promise<OpenFolder>,
  { pattern, stableMs, everySeconds }: FolderOptions,
  maxBytes: number,
): Transport {
  const known = new Set<string>()
  return {
    pauseMs: everySeconds * 1000,
    visit: async function* (visit) {
      const folder = await open(visit.signal)
      try {
        if (folder.changed) await visit.reached()
        do {
          yield* pass(folder, visit)
          await folder.changed?.()
        } while (folder.changed && !visit.signal.aborted)
      } finally {
        await folder.close()
      }
    },
  }

  async function* pass(folder: OpenFolder, { isTaken, signal }: Visit): Deliveries {
    const before = await fresh(folder, isTaken)
    if (before.length === 0) return
    await wait(stableMs, undefined, { signal })
    const now = new Set((await folder.list()).map(markOf))
    const unread: string[] = []
    for (const entry of before.filter((one) => now.has(markOf(one)))) {
      folder.settled?.(entry)
      const content = await folder.read(entry, maxBytes)
      // what grew or shrank meanwhile has another mark now
      if (content && isWhole(content, entry, maxBytes)) yield deliveryOf(entry, content)
      else if (!content) unread.push(entry.path)
    }
    if (unread.length > 0) throw new SourceFault(`File cannot be read: ${namesOf(unread)}`)
  }

  async function fresh(folder: OpenFolder, isTaken: Visit['isTaken']): Promise<readonly FileEntry[]> {
    if (known.size > MOST_KNOWN) known.clear()
    const entries: FileEntry[] = []
    for (const entry of await folder.list()) {
      if (await isNew(entry, isTaken)) entries.push(entry)
      else folder.settled?.(entry)
    }
    return entries.sort((left, right) => (left.path < right.path ? -1 : 1))
  }

  async function isNew(entry: FileEntry, isTaken: Visit['isTaken']): Promise<boolean> {
    const mark = markOf(entry)
    if (known.has(mark) || !matches(path.posix.basename(entry.path), pattern)) return false
    if (!(await isTaken(mark))) return true
    known.add(mark)
    return false
  }
}

function isWhole({ bytes, size }: FileContent, entry: FileEntry, maxBytes: number): boolean {
  return size === entry.size || bytes.length === Math.min(entry.size, maxBytes + 1)
}

function deliveryOf(entry: FileEntry, { bytes, size, stream }: FileContent): Delivery {
  const isBeginning = size !== undefined || bytes.length < entry.size
  const large = { ...(isBeginning && { size: entry.size }), ...(stream && { stream }) }
  const input: Input = { name: path.posix.basename(entry.path), bytes, ...large, repeatable: false }
  return { inputs: [input], mark: markOf(entry) }
}

function markOf({ path: place, size, changed }: FileEntry): string {
  return `${place} ${size} ${changed}`
}

function namesOf(paths: readonly string[]): string {
  const [first = ''] = paths
  return paths.length === 1 ? first : `${first} and ${paths.length - 1} more`
}

/** What programs call a file that they have not written whole. */
const UNFINISHED = /^\.|\.(?:part|partial|filepart|tmp|temp|crdownload|swp)$|~$/i

/** Tells whether a file has one of the names to take, and not one that programs give to what they still write. */
export function matches(name: string, pattern: string): boolean {
  if (UNFINISHED.test(name)) return false
  const expression = expressions.get(pattern) ?? expressionOf(pattern)
  expressions.set(pattern, expression)
  return expression.test(name)
}

/** Definitions of feeds have few patterns, and each name is held against them. */
const expressions = new Map<string, RegExp>()

function expressionOf(pattern: string): RegExp {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`, 'i')
}
