import type { LogRecord } from '../../../core/model/change.ts'
import { canonicalJson, type JsonValue } from '../../../core/model/json.ts'
import type { Tenant } from '../../../core/model/tenant.ts'
import { compareText } from '../../../core/query/compare-text.ts'
import {
  documentKey,
  type KeyRange,
  type MovedDocument,
  type MovedEntity,
  type MovedStore,
} from '../../../store/port/moved-store.ts'
import { copyHistory } from './copy-history.ts'
import { areSame, type Compared, PartTally } from './part-tally.ts'

/** Between which stores a tenant is copied. */
export interface CopyOrder {
  readonly from: MovedStore
  readonly to: MovedStore
  readonly tenant: Tenant
  /** Is told how far it is. */
  readonly progress: (what: string, pieces: number) => void
}

/** What is alike in a store: read, compared and taken by ranges of its keys. */
interface Part<Piece, Key extends string | number> {
  readonly what: string
  readonly first: Key
  readonly page: number
  read(store: MovedStore, after: Key, limit: number): Promise<readonly Piece[]>
  keyOf(piece: Piece): Key
  /** What has to be the same on both sides. */
  textOf(piece: Piece): string
  take(range: KeyRange<Key>, pieces: readonly Piece[]): Promise<void>
}

/** Documents that expire so soon are not worth their way. */
const SOON = 60_000_000

/**
 * Makes one store have of a tenant what the other one has: whatever range of keys is not the same is written, and read again. So
 * it goes on where it was cut off, follows what was written meanwhile, and verifies, all by the same walk.
 */
export async function copyTenant(order: CopyOrder): Promise<readonly Compared[]> {
  const { from, to, tenant } = order
  const number = await from.begin(tenant)
  await to.begin(tenant)
  const log = await copyPart<LogRecord, number>(order, {
    what: 'log',
    first: 0,
    page: 500,
    read: (store, after, limit) => store.log(tenant, after, limit),
    keyOf: ({ sequence }) => sequence,
    textOf: canonical,
    take: (range, records) => to.takeLog(tenant, range, records),
  })
  await to.takeNumber(tenant, number)
  const entities = await copyPart<MovedEntity, string>(order, {
    what: 'entities',
    first: '',
    page: 200,
    read: (store, after, limit) => store.entities(tenant, after, limit),
    keyOf: ({ id }) => id,
    // a version is a name, and what has no instance has no history elsewhere
    textOf: ({ version, evolved, ...told }) => canonical(told),
    take: (range, taken) => to.takeEntities(tenant, range, taken),
  })
  const history = await copyHistory(order)
  const by = Date.now() * 1000 + SOON
  const documents = await copyPart<MovedDocument, string>(order, {
    what: 'documents',
    first: '',
    page: 200,
    read: (store, after, limit) => store.documents(tenant, after, limit, by),
    keyOf: ({ collection, id }) => documentKey(collection, id),
    textOf: ({ version, ...told }) => canonical(told),
    take: (range, taken) => to.takeDocuments(tenant, range, taken),
  })
  return [log, entities, history, documents]
}

async function copyPart<Piece, Key extends string | number>(
  { from, to, progress }: CopyOrder,
  part: Part<Piece, Key>,
): Promise<Compared> {
  const tally = new PartTally(part.what)
  let after = part.first
  for (;;) {
    const pieces = await part.read(from, after, part.page)
    const last = pieces.length < part.page ? undefined : pieces.at(-1)
    const end = last && part.keyOf(last)
    const texts = pieces.map(part.textOf)
    let there = await textsUpTo(part, to, after, end)
    const differs = !areSame(texts, there)
    if (differs) {
      await part.take({ after, to: end }, pieces)
      there = await textsUpTo(part, to, after, end)
    }
    tally.add({ from: texts, to: there, written: differs })
    progress(part.what, tally.pieces)
    if (end === undefined) return tally.end()
    after = end
  }
}

/** Answers all that a store has behind a key and not behind another one. */
async function textsUpTo<Piece, Key extends string | number>(
  part: Part<Piece, Key>,
  store: MovedStore,
  first: Key,
  end: Key | undefined,
): Promise<readonly string[]> {
  const texts: string[] = []
  let after = first
  for (;;) {
    const pieces = await part.read(store, after, part.page)
    const inside = end === undefined ? pieces : pieces.filter((piece) => !isBehind(part.keyOf(piece), end))
    texts.push(...inside.map(part.textOf))
    const last = inside.at(-1)
    if (!last || inside.length < part.page) return texts
    after = part.keyOf(last)
  }
}

function isBehind(key: string | number, end: string | number): boolean {
  return typeof key === 'number' ? key > Number(end) : compareText(key, String(end)) > 0
}

function canonical(told: object): string {
  return canonicalJson(told as JsonValue) // read from JSON, and written as such
}
