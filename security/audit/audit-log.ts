import { type FileHandle, mkdir, open, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import { formatDateTime } from '../../broker/core/model/time.ts'
import { type AuditEntry, hashOf } from './audit-entry.ts'
import { segmentName, syncFolder } from './audit-files.ts'
import { type ChainEnd, findEnd, isBehind } from './chain-state.ts'
import { type HeadOptions, type KeptHeads, openHeads } from './kept-heads.ts'
import type { SignedHead } from './signed-head.ts'

/** What a log is kept with. */
export interface AuditLogOptions extends HeadOptions {
  /** A segment that has so many bytes is followed by another one. */
  readonly segmentBytes: number
  /** What each segment begins with, so that nobody has to look into the one before. */
  readonly carried?: () => JsonObject
  readonly openFile?: typeof open
}

/** What a log did since it was opened. */
export interface AuditNumbers {
  readonly records: number
  readonly bytes: number
  readonly seals: number
  readonly failures: number
}

/** An append-only log whose records each hold the hash of the one before. */
export interface AuditLog {
  /** Resolves when the record is on disk. @throws Problem InsufficientStorage or ServiceUnavailable: it is not */
  append(entry: AuditEntry): Promise<void>
  /** Signs where the log ends, if it went on since it was signed last, and answers the newest head. */
  seal(): Promise<SignedHead | undefined>
  numbers(): AuditNumbers
  /** @throws Problem while the log cannot be written */
  check(): Promise<void>
  /** Records of the segment that was there at the opening. */
  readonly found: readonly JsonObject[]
  close(): Promise<void>
}

interface Waiting {
  readonly entry: AuditEntry
  readonly kept: () => void
  readonly lost: (problem: Problem) => void
}

/** Files are for the hub and its group alone. */
const MODE = 0o640
/** So many records at most are written together. */
const TOGETHER = 1000

/** Opens a log and goes on where it ended; what was cut off behind a signed head is said in its next record. */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  await mkdir(options.folder, { recursive: true })
  const heads = await openHeads(options)
  const found = await findEnd(options.folder)
  for (const { path } of found.empty) await rm(path)
  const log = new Log(options, { ...found, heads })
  await log.begin()
  return log
}

type Opened = Awaited<ReturnType<typeof findEnd>> & { readonly heads: KeptHeads }

class Log implements AuditLog {
  readonly found: readonly JsonObject[]
  readonly #options: AuditLogOptions
  #end: ChainEnd
  #segment: { readonly path: string; readonly month: string } | undefined
  #file: FileHandle | undefined
  #size = 0
  /** What stands behind the last record that was kept is to be cut off. */
  #dirty = false
  readonly #heads: KeptHeads
  #waiting: Waiting[] = []
  #draining: Promise<void> | undefined
  #sealing: Promise<unknown> = Promise.resolve()
  #failure: Problem | undefined
  #numbers = { records: 0, bytes: 0, failures: 0 }

  constructor(options: AuditLogOptions, { end, segment, records, heads }: Opened) {
    this.#options = options
    this.found = records
    this.#end = end
    this.#heads = heads
    if (!segment) return
    this.#segment = { path: segment.path, month: segment.begun.slice(0, 7) }
    this.#size = segment.size
    this.#dirty = true // a crash may have left part of a record
  }

  /** Says that the hub runs, what is missing of its records, and which of them no head vouches for. */
  async begin(): Promise<void> {
    const { hub, key, failed } = this.#options
    const { found } = this.#heads
    const cut = isBehind(this.#end, found) ? found : undefined
    const missing = cut && { from: this.#end.seq + 1, to: cut.seq }
    const unsealed = !cut && this.#end.seq - (found?.seq ?? 0)
    const details = { hub, key: key.id, ...(unsealed && { unsealed }) }
    if (cut) {
      failed(undefined, 'audit log ends before its signed head: records are missing')
      this.#end = { seq: cut.seq, hash: cut.hash }
      this.#segment = undefined
    }
    const entry: AuditEntry = {
      kind: 'log',
      operation: cut ? 'log.resumed' : 'log.opened',
      outcome: cut ? 'failed' : 'done',
      details: { ...details, ...(missing && { missing }) },
    }
    await this.append(entry).catch((err: unknown) => failed(err, 'audit log cannot be written'))
  }

  append(entry: AuditEntry): Promise<void> {
    return new Promise((kept, lost) => {
      this.#waiting.push({ entry, kept, lost })
      this.#draining ??= this.#drain()
    })
  }

  seal(): Promise<SignedHead | undefined> {
    const sealed = this.#sealing.then(() => this.#heads.seal(this.#end))
    this.#sealing = sealed.catch(() => undefined)
    return sealed
  }

  numbers(): AuditNumbers {
    return { ...this.#numbers, seals: this.#heads.seals }
  }

  async check(): Promise<void> {
    if (!this.#failure) return
    const { hub } = this.#options
    await this.append({ kind: 'log', operation: 'log.tried', outcome: 'done', details: { hub } })
  }

  async close(): Promise<void> {
    await this.#draining
    await this.seal().catch((err: unknown) => this.#options.failed(err, 'audit log cannot be sealed'))
    await this.#heads.close()
    await this.#file?.close()
    this.#file = undefined
  }

  /** Those that come while a group is on its way to the disk are the next group. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, TOGETHER)
      try {
        await this.#keep(group.map(({ entry }) => entry))
        this.#failure = undefined
        for (const { kept } of group) kept()
      } catch (error) {
        const problem = unwritten(error)
        this.#failure = problem
        this.#numbers.failures++
        this.#options.failed(error, 'audit log cannot be written')
        for (const { lost } of group) lost(problem)
      }
    }
    this.#draining = undefined
  }

  async #keep(entries: readonly AuditEntry[]): Promise<void> {
    const at = formatDateTime(this.#options.clock())
    const file = await this.#openSegment(at)
    await this.#write(file, entries, at)
  }

  async #write(file: FileHandle, entries: readonly AuditEntry[], at: string): Promise<void> {
    let { seq, hash } = this.#end
    let text = ''
    for (const entry of entries) {
      const line = JSON.stringify({ seq: ++seq, prev: hash, at, ...entry })
      hash = hashOf(line)
      text += `${line}\n`
    }
    if (this.#dirty) await file.truncate(this.#size)
    this.#dirty = true
    const bytes = Buffer.from(text)
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, from, bytes.length - from, this.#size + from)
      from += bytesWritten
    }
    await file.datasync()
    this.#dirty = false
    this.#size += bytes.length
    this.#end = { seq, hash }
    this.#heads.wentOn(this.#end)
    this.#numbers.records += entries.length
    this.#numbers.bytes += bytes.length
  }

  /** Answers the file that goes on: one segment for each month at least. */
  async #openSegment(at: string): Promise<FileHandle> {
    const { segmentBytes, openFile = open } = this.#options
    const month = at.slice(0, 7)
    const segment = this.#segment
    if (segment && segment.month === month && this.#size < segmentBytes) {
      this.#file ??= await openFile(segment.path, 'r+')
      return this.#file
    }
    await this.#file?.close()
    this.#file = undefined
    if (segment && this.#dirty) await truncate(segment.path, this.#size)
    return this.#beginSegment(month, at)
  }

  async #beginSegment(month: string, at: string): Promise<FileHandle> {
    const { folder, hub, carried, openFile = open } = this.#options
    const path = join(folder, segmentName(this.#end.seq + 1))
    const file = await openFile(path, 'w', MODE) // nothing that was kept has this number
    this.#segment = undefined
    this.#size = 0
    this.#dirty = false
    try {
      const details = { hub, ...carried?.() }
      await this.#write(file, [{ kind: 'log', operation: 'log.segment', outcome: 'done', details }], at)
      await syncFolder(folder)
    } catch (error) {
      await file.close()
      throw error
    }
    this.#segment = { path, month }
    this.#file = file
    return file
  }
}

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])

function unwritten(error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return FULL.has(code)
    ? new Problem('InsufficientStorage', 'Audit log has no room, and personal data is not given without it')
    : new Problem(
        'ServiceUnavailable',
        'Audit log cannot be written, and personal data is not given without it',
        {
          headers: { 'Retry-After': '5' },
        },
      )
}
