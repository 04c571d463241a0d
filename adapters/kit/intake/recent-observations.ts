import { createHash } from 'node:crypto'
import type { DocumentInstance, EntityDocument } from '../values/entity-document.ts'
import { instancesOf } from '../values/entity-document.ts'
import type { Json } from '../values/json.ts'
import { canonical } from '../values/json.ts'

const HASH_BYTES = 6
const LIMIT = 10_000

/** The observations that a feed took last, as hashes: a source that repeats them says nothing new. */
export class RecentObservations {
  /** Hash of entity, attributes and times → hash of what was observed. */
  readonly #taken: Map<string, string>

  /** Reads what `toText` wrote. */
  constructor(text = '') {
    const bytes = Buffer.from(text, 'base64url')
    const at = (index: number): string =>
      bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES).toString('base64url')
    const pairs = Math.floor(bytes.length / (2 * HASH_BYTES))
    this.#taken = new Map(Array.from({ length: pairs }, (_, pair) => [at(2 * pair), at(2 * pair + 1)]))
  }

  /** Tells whether exactly this was the last that was taken of its entity, attributes and times. */
  has(document: EntityDocument): boolean {
    return this.#taken.get(placeOf(document)) === contentOf(document)
  }

  /** Remembers that the hub holds the observations of a document; the oldest of too many are forgotten. */
  add(document: EntityDocument): void {
    if (observed(document).length === 0) return
    this.forget(document)
    this.#taken.set(placeOf(document), contentOf(document))
    for (const place of this.#taken.keys()) {
      if (this.#taken.size <= LIMIT) break
      this.#taken.delete(place)
    }
  }

  /** Forgets what the hub held in the place of a document. */
  forget(document: EntityDocument): void {
    this.#taken.delete(placeOf(document))
  }

  /** Writes everything that is remembered as one text. */
  toText(): string {
    return Buffer.concat([...this.#taken].flat().map((hash) => Buffer.from(hash, 'base64url'))).toString(
      'base64url',
    )
  }
}

function placeOf(document: EntityDocument): string {
  return short([document.id, ...observed(document).map(({ key, observedAt }) => [key, observedAt ?? ''])])
}

function contentOf(document: EntityDocument): string {
  return short(observed(document).map(({ instance }) => instance))
}

function observed(document: EntityDocument): readonly DocumentInstance[] {
  return instancesOf(document).filter(({ observedAt }) => observedAt !== undefined)
}

function short(what: Json): string {
  return createHash('sha256').update(canonical(what)).digest().subarray(0, HASH_BYTES).toString('base64url')
}
