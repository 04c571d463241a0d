import { open } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isJsonObject, type JsonObject } from '../../broker/core/model/json.ts'
import { type Micros, parseDateTime } from '../../broker/core/model/time.ts'
import { listSegments, parsed, readLines, type Segment } from './audit-files.ts'

/** Which records are wanted; what is absent does not matter. */
export interface AuditSelection {
  readonly from?: Micros
  /** Before this instant. */
  readonly to?: Micros
  /** Key of a caller. */
  readonly caller?: string
  /** Pseudonym of an entity. */
  readonly subject?: string
  /** Text that its operation contains. */
  readonly operation?: string
  readonly kind?: string
  /** Only records of this tenant. */
  readonly tenant?: string
  /** Behind the record with this number. */
  readonly after?: number
}

/** A step through the log: a record that is wanted, or without one how far it was looked. */
export interface AuditStep {
  readonly seq: number
  /** The line as it stands. */
  readonly line?: string
  readonly record?: JsonObject
}

/** So many records at most are looked at without a step. */
const STEP = 1000

/** Reads the records that are wanted, oldest first; files that cannot hold any are not read. */
export async function* readAudit(folder: string, wanted: AuditSelection): AsyncGenerator<AuditStep> {
  const { after = 0, from, to } = wanted
  const segments = await listSegments(folder)
  for (const [at, segment] of segments.entries()) {
    const next = segments[at + 1]
    if (next && next.first <= after + 1) continue
    if (to !== undefined && ((await beginOf(segment)) ?? 0) >= to) return
    if (next && from !== undefined && ((await beginOf(next)) ?? from) < from) continue
    yield* readSegment(segment, wanted)
  }
}

async function* readSegment(segment: Segment, wanted: AuditSelection): AsyncGenerator<AuditStep> {
  const { lines } = await readLines(segment.path)
  let looked = 0
  let seq = segment.first - 1
  for (const line of lines) {
    const record = parsed(line)
    seq =
      record !== undefined && isJsonObject(record) && typeof record.seq === 'number' ? record.seq : seq + 1
    if (record !== undefined && isJsonObject(record) && isWanted(record, seq, wanted))
      yield { seq, line, record }
    else if (++looked % STEP === 0) {
      await nextTurn() // others want to be served too
      yield { seq }
    }
  }
}

function isWanted(record: JsonObject, seq: number, wanted: AuditSelection): boolean {
  const { after = 0, caller, subject, operation, kind, tenant } = wanted
  if (seq <= after || !isOfTime(record, wanted)) return false
  if (tenant !== undefined && record.tenant !== tenant) return false
  if (caller !== undefined && record.caller !== caller) return false
  if (kind !== undefined && record.kind !== kind) return false
  if (operation !== undefined && !String(record.operation).includes(operation)) return false
  return subject === undefined || (Array.isArray(record.subjects) && record.subjects.includes(subject))
}

function isOfTime(
  { at }: JsonObject,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: AuditSelection,
): boolean {
  const time = timeOf(at) ?? Number.NaN
  return time >= from && time < to
}

const BEGINNING = 4096

/** When the first record of a segment was written; undefined: nobody can tell. */
export async function beginOf({ path }: Segment): Promise<Micros | undefined> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0)
    const record = parsed(buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '')
    return record !== undefined && isJsonObject(record) ? timeOf(record.at) : undefined
  } finally {
    await file.close()
  }
}

function timeOf(at: unknown): Micros | undefined {
  return typeof at === 'string' ? parseDateTime(at) : undefined
}
