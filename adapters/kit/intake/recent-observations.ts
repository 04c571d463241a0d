import { hash } from 'node:crypto'
import type { DocumentInstance, ListedDocument } from '../values/entity-document.ts'
import type { Json } from '../values/json.ts'

/** Characters of base64url: six bytes. */
const HASH_LENGTH = 8
const LIMIT = 10_000
/** So many more are forgotten together: to find the oldest each time takes longer than all else. */
const SPARE = 1000

/** The observations that a feed took last, as hashes: a source that repeats them says nothing new. */
export class RecentObservations {
  /** Hash of entity, attributes and times → hash of what was observed. */
  readonly #taken: Map<string, string>

  /** Reads what `toText` wrote. */
  constructor(text = '') {
    const at = (index: number): string => text.slice(index * HASH_LENGTH, (index + 1) * HASH_LENGTH)
    const pairs = Math.floor(text.length / (2 * HASH_LENGTH))
    this.#taken = new Map(Array.from({ length: pairs }, (_, pair) => [at(2 * pair), at(2 * pair + 1)]))
  }

  /** Tells whether exactly this was the last that was taken of its entity, attributes and times. */
  has(listed: ListedDocument): boolean {
    const instances = observed(listed)
    return this.#taken.get(placeOf(listed, instances)) === contentOf(instances)
  }

  /** Remembers that the hub holds the observations of a document; the oldest of too many are forgotten. */
  add(listed: ListedDocument): void {
    const instances = observed(listed)
    if (instances.length === 0) return
    const place = placeOf(listed, instances)
    this.#taken.delete(place)
    this.#taken.set(place, contentOf(instances))
    if (this.#taken.size <= LIMIT + SPARE) return
    for (const oldest of this.#taken.keys()) {
      if (this.#taken.size <= LIMIT) break
      this.#taken.delete(oldest)
    }
  }

  /** Forgets what the hub held in the place of a document. */
  forget(listed: ListedDocument): void {
    this.#taken.delete(placeOf(listed, observed(listed)))
  }

  /** Writes everything that is remembered as one text: whole bytes in base64url stay what they are side by side. */
  toText(): string {
    return [...this.#taken].slice(-LIMIT).flat().join('')
  }
}

type Observed = readonly DocumentInstance[]

function placeOf({ document }: ListedDocument, instances: Observed): string {
  const place = [document.id]
  for (const { key, observedAt = '' } of instances) place.push(key, observedAt)
  return short(place)
}

function contentOf(instances: Observed): string {
  return short(instances.map(({ instance }) => instance))
}

function observed({ instances }: ListedDocument): Observed {
  return instances.filter(({ observedAt }) => observedAt !== undefined)
}

/** What a mapping makes of the same record has its members in the same order. */
function short(what: Json): string {
  return hash('sha256', JSON.stringify(what), 'base64url').slice(0, HASH_LENGTH)
}
