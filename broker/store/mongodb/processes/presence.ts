import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Collection, Db } from 'mongodb'
import type { OwnTime } from './own-time.ts'

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
  readonly #time: OwnTime
  #aliveUntil = 0

  constructor(database: Db, time: OwnTime) {
    this.#present = database.collection('processes')
    this.#time = time
  }

  /** This process cannot have been taken for dead yet, by a clock that never goes back. */
  get isAlive(): boolean {
    return this.#time.now() < this.#aliveUntil
  }

  async enter(): Promise<void> {
    const asked = this.#time.now()
    await this.#present.insertOne({ _id: this.id, host: hostname(), pid: process.pid, beat: 0 })
    this.#aliveUntil = asked + ALIVE_MILLISECONDS
  }

  /** Answers false where another process took this one for dead: then nothing that it had is its own any more. */
  async beat(): Promise<boolean> {
    const asked = this.#time.now()
    const { matchedCount } = await this.#present.updateOne({ _id: this.id }, { $inc: { beat: 1 } })
    this.#aliveUntil = matchedCount === 0 ? 0 : asked + ALIVE_MILLISECONDS
    return matchedCount > 0
  }

  /** Answers the other processes, and which more are there but dead; to be called a beat after the last look. */
  async look(): Promise<{ readonly others: readonly Present[]; readonly dead: readonly Present[] }> {
    const found = await this.#present.find({ _id: { $ne: this.id } }).toArray()
    const others: Present[] = []
    const dead: Present[] = []
    for (const one of found) (this.#isStill(one) ? dead : others).push(one)
    const ids = new Set(found.map(({ _id }) => _id))
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id)
    return { others, dead }
  }

  /**
   * Takes those away that a look found dead; their next beats tell them, should they live. Answers those that this did not
   * take away: they have beaten meanwhile, or somebody else did.
   */
  async bury(dead: readonly Present[]): Promise<readonly Present[]> {
    const left: Present[] = []
    for (const one of dead) {
      const { deletedCount } = await this.#present.deleteOne({ _id: one._id, beat: one.beat })
      if (deletedCount === 0) left.push(one)
    }
    return left
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
}
