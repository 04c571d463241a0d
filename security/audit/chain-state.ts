import { isJsonObject, type JsonObject } from '../../broker/core/model/json.ts'
import { hashOf, NO_RECORD } from './audit-entry.ts'
import { listSegments, parsed, readLines, type Segment } from './audit-files.ts'
import type { SignedHead } from './signed-head.ts'

/** Where a chain ends. */
export interface ChainEnd {
  readonly seq: number
  readonly hash: string
}

/** What there is of a log when it is opened. */
export interface FoundLog {
  readonly end: ChainEnd
  /** The segment that goes on, and how many of its bytes are whole records. */
  readonly segment?: Segment & { readonly size: number; readonly begun: string }
  /** Records of the last segment, for what is to be known of them. */
  readonly records: readonly JsonObject[]
  /** Segments in which there is no whole record: left behind by a crash. */
  readonly empty: readonly Segment[]
}

/** Finds where a log ends: what was written in part when the hub died is no record. */
export async function findEnd(folder: string): Promise<FoundLog> {
  const empty: Segment[] = []
  for (const segment of [...(await listSegments(folder))].reverse()) {
    const { lines } = await readLines(segment.path)
    const last = lines.at(-1)
    if (last === undefined) {
      empty.push(segment)
      continue
    }
    const records = lines.map(objectIn).filter((record) => record !== undefined)
    const size = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
    const begun = records[0]?.at
    return {
      end: { seq: seqOf(objectIn(last)) ?? segment.first + lines.length - 1, hash: hashOf(last) },
      segment: { ...segment, size, begun: typeof begun === 'string' ? begun : '' },
      records,
      empty,
    }
  }
  return { end: { seq: 0, hash: NO_RECORD }, records: [], empty }
}

/** Tells whether a signed head says that there was more than there is. */
export function isBehind({ seq, hash }: ChainEnd, head: SignedHead | undefined): head is SignedHead {
  return head !== undefined && (head.seq > seq || (head.seq === seq && head.hash !== hash))
}

function objectIn(line: string): JsonObject | undefined {
  const value = parsed(line)
  return value !== undefined && isJsonObject(value) ? value : undefined
}

function seqOf(record: JsonObject | undefined): number | undefined {
  return typeof record?.seq === 'number' ? record.seq : undefined
}
