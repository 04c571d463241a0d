import { parse, stringify } from 'yaml'
import type { KeyEpoch } from './mask-keys.ts'

/** A secret of pseudonyms and when it comes into force. */
export interface DatedEpoch extends KeyEpoch {
  /** Milliseconds since 1970. */
  readonly from: number
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const SECRET = /^[A-Za-z0-9+/_-]{43,1024}={0,2}$/

/** Reads a file of keys: `epochs`, each with name, from (date or time, UTC) and secret. @throws Error that names no secret */
export function parseKeyEpochs(text: string): readonly DatedEpoch[] {
  const content: unknown = parse(text)
  const listed = isRecord(content) ? content.epochs : undefined
  if (!Array.isArray(listed) || listed.length === 0) throw new Error('File of keys has no list of epochs')
  const epochs = listed.map(epochOf).sort((one, other) => one.from - other.from)
  for (const key of ['name', 'from'] as const) {
    if (new Set(epochs.map((epoch) => epoch[key])).size < epochs.length)
      throw new Error(`File of keys has two epochs with one ${key}`)
  }
  return epochs
}

function epochOf(entry: unknown, at: number): DatedEpoch {
  const { name, from, secret } = isRecord(entry) ? entry : {}
  const begins = from instanceof Date ? from.getTime() : Date.parse(String(from))
  if (typeof name !== 'string' || !NAME.test(name))
    throw new Error(`Epoch ${at + 1} has no name of letters and digits`)
  if (Number.isNaN(begins)) throw new Error(`Epoch ${name} has no date from which it is in force`)
  if (typeof secret !== 'string' || !SECRET.test(secret))
    throw new Error(`Epoch ${name} has no secret of at least 32 bytes in base64`)
  return { name, from: begins, secret: Buffer.from(secret, 'base64') }
}

/** Answers the epoch in force at a time; before the first one begins, that one. */
export function epochAt(epochs: readonly DatedEpoch[], time: number): DatedEpoch | undefined {
  return epochs.findLast(({ from }) => from <= time) ?? epochs[0]
}

/** What becomes of epochs that ended before the one in force: what was masked under them is not made again, what was sealed is opened. */
export type EndedEpochs = 'drop' | 'keep'

/** Answers the text of a file of keys with one more epoch. @throws Error when the new one begins before the last */
export function withNextEpoch(
  text: string,
  next: DatedEpoch,
  { now, ended = 'drop' }: { readonly now: number; readonly ended?: EndedEpochs | undefined },
): string {
  const known = text.trim() === '' ? [] : parseKeyEpochs(text)
  const last = known.at(-1)
  if (last && next.from <= last.from) throw new Error(`Epoch ${next.name} begins before ${last.name}`)
  if (known.some(({ name }) => name === next.name)) throw new Error(`Epoch ${next.name} is already there`)
  const inForce = epochAt(known, now)
  const kept = known.filter(({ from }) => ended === 'keep' || inForce === undefined || from >= inForce.from)
  return stringify({
    epochs: [...kept, next].map(({ name, from, secret }) => ({
      name,
      from: new Date(from).toISOString(),
      secret: Buffer.from(secret).toString('base64'),
    })),
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
