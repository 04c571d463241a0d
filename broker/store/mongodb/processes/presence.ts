import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Collection, Db } from 'mongodb'

/** A process as it shows itself to the others. */
export interface Present {
  readonly _id: string
  readonly host: string
  readonly pid: number
  /** Grows for as long as it lives. */
  readonly beat: number
}

/** A heart beats, and the others are looked at, so often. */
export const BEAT_MILLISECONDS = 1500
/** Who was looked at so often, with a beat between, and was always the same, is dead. */
const LOOKS = 4
/** For so long after it asked for a beat a process that got it is alive to all others. */
const ALIVE_MILLISECONDS = 5000

/**
 * Which processes live, by what each sees for itself: a heart that beats is a number that grows, and nobody's clock is compared
 * with another one. Looks are what is counted, not time: a process that was stopped itself, or could not reach the server, has
 * not seen anybody be still meanwhile.
 */
export class Presence {
  readonly id = randomUUID()
  readonly #present: Collection<Present>
  readonly #seen = new Map<string, { readonly beat: number; readonly still: number }>()
  #aliveUntil = 0

  constructor(database: Db) {
    this.#present = database.collection('processes')
  }

  /** This process cannot have been taken for dead yet, by a clock that never goes back. */
  get isAlive(): boolean {
    return performance.now() < this.#aliveUntil
  }

  async enter(): Promise<void> {
    const asked = performance.now()
    await this.#present.insertOne({ _id: this.id, host: hostname(), pid: process.pid, beat: 0 })
    this.#aliveUntil = asked + ALIVE_MILLISECONDS
  }

  /** Answers false where another process took this one for dead: then nothing that it had is its own any more. */
  async beat(): Promise<boolean> {
    const asked = performance.now()
    const { matchedCount } = await this.#present.updateOne({ _id: this.id }, { $inc: { beat: 1 } })
    if (matchedCount === 0) return false
    this.#aliveUntil = asked + ALIVE_MILLISECONDS
    return true
  }

  /** Answers the other processes, and which of them this look found dead; to be called a beat after the last look. */
  async look(): Promise<{ readonly others: readonly Present[]; readonly died: readonly Present[] }> {
    const others: Present[] = []
    const died: Present[] = []
    for (const one of await this.#present.find({ _id: { $ne: this.id } }).toArray()) {
      if (this.#isStill(one) && (await this.#bury(one))) died.push(one)
      else others.push(one)
    }
    const ids = new Set(others.map(({ _id }) => _id))
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id)
    return { others, died }
  }

  async leave(): Promise<void> {
    this.#aliveUntil = 0
    await this.#present.deleteOne({ _id: this.id })
  }

  #isStill({ _id, beat }: Present): boolean {
    const seen = this.#seen.get(_id)
    const still = seen?.beat === beat ? seen.still + 1 : 0
    this.#seen.set(_id, { beat, still })
    return still >= LOOKS
  }

  /** Its next beat tells it, should it live; false: it has beaten meanwhile, or somebody else buried it. */
  async #bury({ _id, beat }: Present): Promise<boolean> {
    const { deletedCount } = await this.#present.deleteOne({ _id, beat })
    return deletedCount === 1
  }
}
