import { createHash } from 'node:crypto'
import type { SourceRecord } from '../../formats/format.ts'
import { isText } from '../../formats/text.ts'
import type { Reason } from '../values/fault.ts'
import { REASONS } from '../values/fault.ts'
import type { Json, JsonMap } from '../values/json.ts'
import { member, textMember } from '../values/json.ts'

/** Larger records keep only their beginning; the input itself is never deleted. */
const MAX_RAW_BYTES = 1_048_576
const BATCH_RECORDS = 50

/** A record as quarantine keeps it: why, from where, and its bytes. */
export interface QuarantineRecord {
  readonly id: string
  readonly feed: string
  readonly reason: Reason
  readonly detail: string
  readonly input: string
  /** When the input came: of records without a time it is theirs. */
  readonly cameAt?: string
  readonly line?: number
  readonly raw: Uint8Array
  readonly preamble?: Uint8Array
  /** Size of the whole record when only its beginning is kept. */
  readonly truncatedFrom?: number
  readonly holds?: Holds
}

/** What a quarantine record has where it is no record: all of an input, or what is new about a source. */
export type Holds = (typeof HOLDS)[number]

const HOLDS = ['input', 'notice'] as const

type Piece = Pick<SourceRecord, 'raw' | 'line' | 'preamble'> & {
  readonly holds?: Holds
  /** Size of the whole where `raw` is a part. */
  readonly size?: number
}

/** Makes the quarantine record of a piece of an input: same piece, same id, so that it is kept once. */
export function quarantineRecord(
  where: Pick<QuarantineRecord, 'feed' | 'input' | 'cameAt'> & {
    readonly places: boolean
    readonly bytes?: false
  },
  piece: Piece,
  why: { readonly reason: Reason; readonly detail: string },
): QuarantineRecord {
  const hash = createHash('sha256')
  for (const part of [where.feed, where.input, where.places ? String(piece.line ?? 0) : '']) {
    hash.update(part).update('\0')
  }
  const whole = piece.size ?? piece.raw.length
  const most = where.bytes === false || why.reason === 'private' ? 0 : MAX_RAW_BYTES
  return {
    id: `${where.feed}.${hash.update(piece.raw).digest('hex').slice(0, 32)}`,
    feed: where.feed,
    input: where.input,
    ...(where.cameAt !== undefined && { cameAt: where.cameAt }),
    ...why,
    raw: piece.raw.subarray(0, most),
    ...(piece.line !== undefined && { line: piece.line }),
    ...(piece.preamble && most > 0 && { preamble: piece.preamble }),
    ...(whole > most && { truncatedFrom: whole }),
    ...(piece.holds && { holds: piece.holds }),
  }
}

/** Writes a quarantine record as JSON: bytes as text where they are UTF-8, else as base64. */
export function quarantineJson(record: QuarantineRecord): JsonMap {
  const { raw, preamble, ...rest } = record
  const encoding = isText(raw) && (!preamble || isText(preamble)) ? 'utf-8' : 'base64'
  const text = (bytes: Uint8Array): string =>
    Buffer.from(bytes).toString(encoding === 'utf-8' ? 'utf8' : 'base64')
  return { ...rest, encoding, raw: text(raw), ...(preamble && { preamble: text(preamble) }) }
}

/** Reads a quarantine record that a hub kept; undefined when it is none. */
export function quarantineOf(value: Json): QuarantineRecord | undefined {
  const [id, feed, input, raw] = ['id', 'feed', 'input', 'raw'].map((name) => member(value, name))
  const reason = REASONS.find((known) => known === member(value, 'reason'))
  if (typeof id !== 'string' || typeof feed !== 'string' || typeof raw !== 'string' || !reason)
    return undefined
  const encoding = member(value, 'encoding') === 'base64' ? 'base64' : 'utf8'
  const preamble = member(value, 'preamble')
  const line = member(value, 'line')
  const cameAt = textMember(value, 'cameAt')
  const truncatedFrom = member(value, 'truncatedFrom')
  const holds = HOLDS.find((known) => known === member(value, 'holds'))
  return {
    id,
    feed,
    reason,
    detail: textMember(value, 'detail') ?? '',
    input: typeof input === 'string' ? input : '',
    ...(cameAt !== undefined && { cameAt }),
    raw: Buffer.from(raw, encoding),
    ...(typeof preamble === 'string' && { preamble: Buffer.from(preamble, encoding) }),
    ...(typeof line === 'number' && { line }),
    ...(typeof truncatedFrom === 'number' && { truncatedFrom }),
    ...(holds && { holds }),
  }
}

/** Cuts records into requests of at most fifty, and of about a mebibyte. */
export function quarantineBatches(records: readonly QuarantineRecord[]): readonly QuarantineRecord[][] {
  const batches: QuarantineRecord[][] = []
  let bytes = 0
  for (const record of records) {
    const last = batches.at(-1)
    bytes += record.raw.length
    if (last && last.length < BATCH_RECORDS && bytes <= MAX_RAW_BYTES) last.push(record)
    else {
      batches.push([record])
      bytes = record.raw.length
    }
  }
  return batches
}
