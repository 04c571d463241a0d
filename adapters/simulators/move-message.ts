import { unzipSync, zipSync } from 'fflate'
import { PbfWriter } from 'pbf'
import { ENTITY, HEADER } from '../formats/gtfs-realtime-messages.ts'
import { type FieldKind, fieldsIn, type Message as Protocol, pass, readMessage } from '../formats/protobuf.ts'
import { latestIn, moveText } from './move-in-time.ts'
import type { Message } from './simulator.ts'

/** Turns a text of a message into another one. */
export type Rewrite = (text: string) => string

/** FeedMessage of GTFS-Realtime 2.0. */
const FEED_MESSAGE: Protocol = {
  message: 'FeedMessage',
  fields: { 1: { name: 'header', kind: HEADER }, 2: { name: 'entity', kind: ENTITY, many: true } },
}

/** Parts of archives that are text. */
const TEXTS = /\.(?:xml|txt|dbf)$/

/** Rewrites the texts of a message: itself, or the parts of its archive that are texts. Bytes that are neither stay as they are. */
export function rewrite(bytes: Uint8Array, change: Rewrite): Uint8Array {
  if (!isArchive(bytes)) return isText(bytes) ? Buffer.from(change(textOf(bytes))) : bytes
  const parts = partsOf(bytes)
  if (!parts) return bytes
  const next = Object.entries(parts).map(([name, part]): [string, Uint8Array] => [
    name,
    TEXTS.test(name) ? changed(name, part, change) : part,
  ])
  return zipSync(Object.fromEntries(next), { mtime: new Date(2025, 10, 15) })
}

/** Tables have fields of so many bytes: what is not ASCII in them stays. */
function changed(name: string, part: Uint8Array, change: Rewrite): Uint8Array {
  if (!name.endsWith('.dbf')) return Buffer.from(change(textOf(part)))
  return Buffer.from(change(Buffer.from(part).toString('latin1')), 'latin1')
}

/** Moves the times of a message, and those in its name, by so many milliseconds. */
export function moveMessage({ name, bytes }: Message, byMs: number): Message {
  const moved = name.endsWith('.pb')
    ? moveProtocol(bytes, FEED_MESSAGE, byMs)
    : rewrite(bytes, (text) => moveDays(moveText(text, byMs), byMs))
  return { name: moveText(name, byMs), bytes: moved }
}

/** Answers when the latest of a message was, leaving out what is after a time. */
export function latestOf(message: Message, most: number): number | undefined {
  const times = textsOf(message)
    .map((text) => latestIn(text, most))
    .filter((time) => time !== undefined)
  return times.length === 0 ? undefined : Math.max(...times)
}

function textsOf({ name, bytes }: Message): readonly string[] {
  if (name.endsWith('.pb')) return protocolText(bytes)
  if (!isArchive(bytes)) return [textOf(bytes)]
  const texts = Object.entries(partsOf(bytes) ?? {}).filter(([part]) => TEXTS.test(part))
  return texts.map(([, part]) => textOf(part))
}

function protocolText(bytes: Uint8Array): readonly string[] {
  try {
    return [JSON.stringify(readMessage(bytes, FEED_MESSAGE).value)]
  } catch {
    return [] // half of one
  }
}

function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b
}

/** Half an archive has no parts. */
function partsOf(bytes: Uint8Array): Record<string, Uint8Array> | undefined {
  try {
    return unzipSync(bytes)
  } catch {
    return undefined
  }
}

function isText(bytes: Uint8Array): boolean {
  return !bytes.includes(0)
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}

const DAY_MS = 86_400_000

/** Workbooks count days. */
function moveDays(text: string, byMs: number): string {
  return text.replace(
    /<v>(4[5-7]\d{3}(?:\.\d+)?)<\/v>/g,
    (_, day: string) => `<v>${Number(day) + Math.round(byMs / DAY_MS)}</v>`,
  )
}

const SINCE_1970 = { least: 1_700_000_000, most: 2_000_000_000 }

/** Moves what a message of Protocol Buffers says of times; half a message stays as it is. */
function moveProtocol(bytes: Uint8Array, protocol: Protocol, byMs: number): Uint8Array {
  try {
    return moveFields(bytes, protocol, byMs)
  } catch {
    return bytes
  }
}

function moveFields(bytes: Uint8Array, { fields }: Protocol, byMs: number): Uint8Array {
  const moved: Uint8Array[] = []
  let start = 0
  for (const { number, reader } of fieldsIn(bytes)) {
    const kind: FieldKind = fields[number]?.kind ?? 'passed'
    const writer = new PbfWriter()
    if (typeof kind === 'object' && 'fields' in kind) {
      writer.writeBytesField(number, moveFields(reader.readBytes(), kind, byMs))
    } else if (kind === 'integer' || kind === 'signed') {
      const value = reader.readVarint(kind === 'signed')
      const isTime = value > SINCE_1970.least && value < SINCE_1970.most
      writer.writeVarintField(number, isTime ? value + Math.round(byMs / 1000) : value)
    } else if (kind === 'text') writer.writeStringField(number, moveText(reader.readString(), byMs))
    else pass(reader)
    const written = writer.finish()
    moved.push(written.length > 0 ? written : bytes.subarray(start, reader.pos))
    start = reader.pos
  }
  return Buffer.concat(moved)
}

/** Field 15 of a FeedEntity, a number: the protocol has none. */
const STRANGE = Uint8Array.from([15 << 3, 1])

/** Adds to each entity of a GTFS-Realtime message a field that the protocol does not have; half a message stays as it is. */
export function withStrangeField(bytes: Uint8Array): Uint8Array {
  const fields: Uint8Array[] = []
  let start = 0
  for (const { number, reader } of fieldsIn(bytes)) {
    const writer = new PbfWriter()
    if (number === 2) writer.writeBytesField(number, Buffer.concat([reader.readBytes(), STRANGE]))
    else pass(reader)
    const written = writer.finish()
    fields.push(written.length > 0 ? written : bytes.subarray(start, reader.pos))
    start = reader.pos
  }
  return Buffer.concat(fields)
}
