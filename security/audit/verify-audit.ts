import { isJsonObject, type JsonObject } from '../../broker/core/model/json.ts'
import { hashOf, NO_RECORD } from './audit-entry.ts'
import { headFilesOf, listSegments, parsed, readHeads, readLines } from './audit-files.ts'
import type { ChainEnd } from './chain-state.ts'
import { isGenuine, readHead, type SignedHead } from './signed-head.ts'

/** What is wrong with a log, and where. */
export interface AuditFault {
  readonly file: string
  /** Line in the file, from 1. */
  readonly line?: number
  readonly text: string
}

/** What a check of a log found. */
export interface AuditVerdict {
  readonly faults: readonly AuditFault[]
  readonly records: number
  readonly segments: number
  /** Numbers of the first and the last record. */
  readonly first?: number
  readonly last?: number
  /** Up to here nothing can have been changed unnoticed. */
  readonly sealed?: SignedHead
  /** Public keys that heads are signed with. */
  readonly keys: readonly string[]
}

/** What a log is checked against. */
export interface VerifyAudit {
  readonly folder: string
  /** The second place of its heads; absent: the folder alone. */
  readonly heads?: string
  /** Heads that were kept elsewhere. */
  readonly anchors?: readonly SignedHead[]
  /** The only keys that may have signed; absent: any. */
  readonly keys?: readonly string[]
}

/**
 * Checks that a log has every record that it ever had, unchanged and in order: each line against the hash in the next one,
 * and all of it against the signed heads. What was added since the newest head could be cut off without a trace.
 */
export async function verifyAudit(asked: VerifyAudit): Promise<AuditVerdict> {
  const heads = await headsOf(asked)
  const chain = new Chain(heads.genuine)
  const segments = await listSegments(asked.folder)
  for (const { name, path, first } of segments) {
    const { lines, rest } = await readLines(path)
    chain.enter(name, first, lines.length)
    for (const line of lines) chain.take(line)
    if (rest !== '' && name !== segments.at(-1)?.name) chain.blame('ends in the middle of a record')
  }
  const { faults, ...verdict } = chain.end()
  return { ...verdict, faults: [...heads.faults, ...faults], segments: segments.length, keys: heads.keys }
}

/** Checks a part of a log as it was exported: lines, and where the log ended then. Before and behind it nothing can be told. */
export async function verifyExport(
  path: string,
  against: Pick<VerifyAudit, 'anchors' | 'keys'>,
): Promise<AuditVerdict> {
  const { lines, rest } = await readLines(path)
  const last = parsed(lines.at(-1) ?? '')
  const head = last !== undefined && isJsonObject(last) ? readHead(last.head ?? null) : undefined
  const heads = await headsOf({
    folder: '',
    ...against,
    anchors: [...(against.anchors ?? []), ...(head ? [head] : [])],
  })
  const chain = new Chain(heads.genuine)
  chain.enter(path, 0, 0)
  for (const line of head ? lines.slice(0, -1) : lines) chain.take(line)
  if (!head || rest !== '') chain.blame('ends without its signed head: it is not whole')
  const { faults, ...verdict } = chain.part()
  return { ...verdict, faults: [...heads.faults, ...faults], segments: 1, keys: heads.keys }
}

interface KnownHeads {
  readonly genuine: readonly SignedHead[]
  readonly keys: readonly string[]
  readonly faults: readonly AuditFault[]
}

async function headsOf({ folder, heads, anchors = [], keys }: VerifyAudit): Promise<KnownHeads> {
  const { all, newest } = headFilesOf(folder, heads)
  const faults: AuditFault[] = []
  const genuine: SignedHead[] = []
  const check = (file: string, all: readonly SignedHead[]): void => {
    all.forEach((head, at) => {
      const text = !isGenuine(head)
        ? `Head of record ${head.seq} is not signed by its key`
        : keys && !keys.includes(head.key)
          ? `Head of record ${head.seq} is signed by another key than was given`
          : undefined
      if (text === undefined) genuine.push(head)
      else faults.push({ file, line: at + 1, text })
    })
  }
  for (const file of [...all, ...newest]) check(file, await readHeads(file))
  check('given head', anchors)
  return { genuine, faults, keys: [...new Set(genuine.map(({ key }) => key))] }
}

/** Follows the records of a log, one after the other. */
class Chain {
  readonly #faults: AuditFault[] = []
  readonly #heads = new Map<number, SignedHead[]>()
  readonly #signed: SignedHead | undefined
  readonly #removed: ChainEnd[] = []
  #file = ''
  #line = 0
  #records = 0
  #start: ChainEnd | undefined
  #end: ChainEnd = { seq: 0, hash: NO_RECORD }
  #sealed: SignedHead | undefined

  constructor(heads: readonly SignedHead[]) {
    for (const head of heads) this.#heads.set(head.seq, [...(this.#heads.get(head.seq) ?? []), head])
    this.#signed = [...heads].sort((one, other) => other.seq - one.seq)[0]
  }

  enter(file: string, first: number, lines: number): void {
    this.#file = file
    this.#line = 0
    if (lines > 0 && this.#records > 0 && first !== this.#end.seq + 1)
      this.blame(`begins with record ${first} by its name, after record ${this.#end.seq}`)
  }

  take(line: string): void {
    this.#line++
    this.#records++
    const record = parsed(line)
    const hash = hashOf(line)
    if (record === undefined || !isJsonObject(record) || typeof record.seq !== 'number') {
      this.blame(`is no record; record ${this.#end.seq + 1} should be there`)
      this.#end = { seq: this.#end.seq + 1, hash }
      return
    }
    const { seq } = record
    if (!this.#start) this.#start = { seq: seq - 1, hash: String(record.prev) }
    else this.#compare(seq, String(record.prev))
    this.#end = { seq, hash }
    this.#note(record)
    this.#compareHeads(seq, hash)
  }

  blame(text: string): void {
    this.#faults.push({ file: this.#file, ...(this.#line > 0 && { line: this.#line }), text: sentence(text) })
  }

  end(): Omit<AuditVerdict, 'segments' | 'keys'> {
    this.#line = 0
    this.#checkBeginning()
    const { seq } = this.#end
    if (this.#signed && this.#signed.seq > seq) {
      const from = seq + 1
      this.blame(`ends with record ${seq}: ${missing(from, this.#signed.seq)} that a head was signed of`)
    }
    return this.part()
  }

  /** What was found of a part, wherever the log begins and ends. */
  part(): Omit<AuditVerdict, 'segments' | 'keys'> {
    const { seq } = this.#end
    return {
      faults: this.#faults,
      records: this.#records,
      ...(this.#start && { first: this.#start.seq + 1, last: seq }),
      ...(this.#sealed && { sealed: this.#sealed }),
    }
  }

  #compare(seq: number, prev: string): void {
    const { seq: before, hash } = this.#end
    if (seq > before + 1)
      this.blame(`holds record ${seq} after record ${before}: ${missing(before + 1, seq - 1)}`)
    else if (seq <= before) this.blame(`holds record ${seq} after record ${before}: it is out of its place`)
    else if (prev !== hash)
      this.blame(`does not go on from record ${before} as it stands: one of the two was altered`)
  }

  #compareHeads(seq: number, hash: string): void {
    const heads = this.#heads.get(seq) ?? []
    if (heads.some((head) => head.hash !== hash))
      this.blame(`holds record ${seq}, which is another one than a head was signed of`)
    else if (heads[0]) this.#sealed = heads[0]
  }

  /** Whole oldest segments may be gone where the log says so. */
  #checkBeginning(): void {
    const start = this.#start
    if (!start || (start.seq === 0 && start.hash === NO_RECORD)) return
    if (this.#removed.some(({ seq, hash }) => seq === start.seq && hash === start.hash)) return
    this.#faults.push({
      file: this.#file,
      text: `Log begins with record ${start.seq + 1}, and no record says that those before were removed`,
    })
  }

  #note({ operation, details }: JsonObject): void {
    if (operation !== 'log.removed' || details === undefined || !isJsonObject(details)) return
    const { last, hash } = details
    if (typeof last === 'number' && typeof hash === 'string') this.#removed.push({ seq: last, hash })
  }
}

function sentence(text: string): string {
  return `Log ${text}`
}

function missing(from: number, to: number): string {
  return from === to ? `record ${from} is missing` : `records ${from} to ${to} are missing`
}
