import type { Decoded, SourceRecord } from '../../formats/format.ts'
import { isUnreadable } from '../../formats/format.ts'
import type { FeedDefinition } from '../definition/feed-definition.ts'
import { withoutPrivate } from '../mapping/feed-privacy.ts'
import type { MapContext } from '../mapping/mapper.ts'
import { placeEntity } from '../mapping/place-entity.ts'
import type { EntityDocument } from '../values/entity-document.ts'
import { latestTime, property } from '../values/entity-document.ts'
import { RecordFault } from '../values/fault.ts'
import type { JsonMap } from '../values/json.ts'
import { compareTimes, laterOf, millisecondsAt } from '../values/local-time.ts'
import type { Feed } from './feed.ts'
import { type Input, WHOLE_BYTES } from './input.ts'
import type { Holds } from './quarantine-record.ts'
import type { RecordPlace } from './source-record.ts'

/** What is known of an input besides its bytes: its name, when it came, and which it is of those that came together. */
export interface InputPlace extends Pick<Input, 'name' | 'receivedAt'> {
  /** Absent: the first. */
  readonly number?: number
}

/** A record with the entities that it became. */
export interface MappedRecord {
  readonly record: SourceRecord
  readonly input: InputPlace
  readonly place: RecordPlace
  readonly documents: readonly EntityDocument[]
  /** Values that were set aside. */
  readonly doubts: readonly string[]
  /** When it was observed. */
  readonly time?: string
}

/** A record that did not become entities. */
export interface RefusedRecord {
  readonly record: Omit<SourceRecord, 'value'>
  readonly input: InputPlace
  readonly fault: RecordFault
  /** It is no record, but all of an input, or something to be said of one. */
  readonly holds?: Holds
  /** Size of the input where `record` has only a part of it. */
  readonly size?: number
}

/** Something new about a source, whose records are written nevertheless. */
export interface Notice {
  readonly input: InputPlace
  readonly text: string
  /** What of its records that is about. */
  readonly said: ReadonlySet<string>
}

/** So many are told of one input, each with so many values of so many letters. */
const MOST_NOTICES = 100
const MOST_SAID = 20
const MOST_LETTERS = 40

/** The records of an input: those to write, oldest observation first, and those that cannot be written. */
export interface MappedInput {
  readonly mapped: readonly MappedRecord[]
  readonly refused: readonly RefusedRecord[]
  /** What is new about the source, once each: no records. */
  readonly notices: readonly Notice[]
}

/** What is mapped of an input; with a size, there is only its beginning. */
type MappableInput = InputPlace & Pick<Input, 'bytes' | 'size' | 'linesBefore' | 'pieceOf'>

/** Decodes and maps inputs that are taken together; each record stands for itself, and one that is too large for none. */
export async function mapInputs(feed: Feed, inputs: readonly MappableInput[]): Promise<MappedInput> {
  const parts: MappedInput[] = []
  for (const [at, input] of inputs.entries()) parts.push(await mapInput(feed, { ...input, number: at + 1 }))
  const [only] = parts
  if (parts.length === 1 && only) return only
  return {
    mapped: inOrder(parts.flatMap(({ mapped }) => mapped)),
    refused: parts.flatMap(({ refused }) => refused),
    notices: parts.flatMap(({ notices }) => notices),
  }
}

/** Decodes and maps an input; each record stands for itself. */
export async function mapInput(feed: Feed, input: MappableInput): Promise<MappedInput> {
  const most = Math.min(feed.definition.maxBytes, WHOLE_BYTES)
  const { bytes, size, pieceOf } = input
  if (size === undefined && bytes.length <= most) {
    const { refused, ...others } = await mapRecords(feed, feed.format.decode(bytes, input), placeOf(input))
    const whole = { holds: 'input', ...(pieceOf !== undefined && { size: pieceOf }) } as const
    return {
      ...others,
      refused: refused.map((one) => (one.record.raw === bytes ? { ...one, ...whole } : one)),
    }
  }
  const fault = new RecordFault('too-large', `Input has more than ${most} bytes`)
  const refused: RefusedRecord = {
    record: { raw: bytes },
    input: placeOf(input),
    fault,
    holds: 'input',
    ...(size !== undefined && { size }),
  }
  return { mapped: [], refused: [refused], notices: [] }
}

function placeOf({ name, receivedAt, number }: InputPlace): InputPlace {
  return { name, ...(receivedAt !== undefined && { receivedAt }), ...(number !== undefined && { number }) }
}

/** Maps decoded records and puts them in the order of their observation. */
export async function mapRecords(
  feed: Feed,
  records: readonly Decoded[],
  input: InputPlace,
): Promise<MappedInput> {
  const mapped: MappedRecord[] = []
  const refused: RefusedRecord[] = []
  const notices = new Map<string, Set<string>>()
  const notice: MapContext['notice'] = (text, said) => {
    const all = notices.get(text) ?? new Set()
    if (said !== undefined && all.size < MOST_SAID) all.add(said.slice(0, MOST_LETTERS))
    if (notices.size < MOST_NOTICES) notices.set(text, all)
  }
  const { name, source, dataProvider } = feed.definition
  const all = { input, notice, about: { name, source, dataProvider }, origin: originOf(feed.definition) }
  for (const [at, decoded] of records.entries()) {
    const place = { input: input.number ?? 1, position: decoded.line ?? at + 1 }
    const outcome = isUnreadable(decoded)
      ? { record: decoded, input, fault: decoded.fault }
      : await mapOne(feed, decoded, place, all)
    if ('fault' in outcome) refused.push(outcome)
    else mapped.push(outcome)
  }
  return {
    mapped: inOrder(mapped),
    refused,
    notices: [...notices].map(([text, said]) => ({ input, text, said })),
  }
}

/** What is the same for all records of an input. */
interface Shared extends Pick<MapContext, 'notice'> {
  readonly input: InputPlace
  readonly about: MapContext['feed']
  readonly origin: JsonMap
}

async function mapOne(
  { definition, places, hash, map }: Feed,
  record: SourceRecord,
  place: RecordPlace,
  { input, about, origin, notice }: Shared,
): Promise<MappedRecord | RefusedRecord> {
  const { variables, tables, places: declared } = definition
  const doubts: string[] = []
  const doubt = (text: string): void => void doubts.push(text)
  try {
    const documents: EntityDocument[] = []
    const mapped = map(record.value, { feed: about, variables, tables, input, places, hash, doubt, notice })
    // nothing is waited for where there is nothing to wait for: that is the case for nearly all of many records
    for (const document of Array.isArray(mapped) ? (mapped as readonly EntityDocument[]) : await mapped) {
      const { id, type } = document
      // an object that begins with a spread has a hidden class of its own
      const clean: JsonMap = withoutPrivate(document, definition)
      const own: EntityDocument = { id, type, ...clean, ...origin }
      const placed = declared ? placeEntity(own, declared, places) : own
      documents.push(placed instanceof Promise ? await placed : placed)
    }
    const time = timeOf(documents)
    checkClock(time, definition)
    return { record, input, place, documents, doubts, ...(time !== undefined && { time }) }
  } catch (error) {
    return { record, input, fault: error instanceof RecordFault ? error : mappingFailure(error) }
  }
}

/** A clock that runs ahead would make all true observations late. @throws RecordFault */
function checkClock(time: string | undefined, { aheadSeconds }: FeedDefinition): void {
  if (time !== undefined && millisecondsAt(time) > Date.now() + aheadSeconds * 1000) {
    throw new RecordFault('implausible', `Observed more than ${aheadSeconds} seconds ahead of now`)
  }
}

/** A fault in a mapping spoils the record, not the feed; its message may hold values and is only kept as the cause. */
function mappingFailure(error: unknown): RecordFault {
  const name = error instanceof Error ? error.name : 'an error'
  return new RecordFault('unmapped', `Mapping fails with ${name}`, error)
}

/** Every entity says which feed it comes from and who provides it. */
function originOf({ source, dataProvider }: FeedDefinition): JsonMap {
  return { source: property(source), dataProvider: property(dataProvider) }
}

function timeOf(documents: readonly EntityDocument[]): string | undefined {
  let latest: string | undefined
  for (const document of documents) {
    const time = latestTime(document)
    if (time !== undefined) latest = laterOf(latest, time)
  }
  return latest
}

/** Oldest first; a record without a time stays behind the one before it. */
function inOrder(records: readonly MappedRecord[]): readonly MappedRecord[] {
  let latest = ''
  const keys = records.map(({ time }) => {
    latest = time ?? latest
    return latest
  })
  const inKeys = (left: string, right: string): number =>
    left && right ? compareTimes(left, right) : left.length - right.length
  if (keys.every((key, at) => at === 0 || inKeys(keys[at - 1] ?? '', key) <= 0)) return records
  return records
    .map((record, at) => ({ record, key: keys[at] ?? '' }))
    .sort((left, right) => inKeys(left.key, right.key))
    .map(({ record }) => record)
}
