import type { Collection, Db } from 'mongodb'
import { isDuplicate } from '../mongo-errors.ts'

interface Lease {
  /** Of a duty. */
  readonly _id: string
  readonly holder: string
}

/**
 * Who has which duty: the unique key lets one process have it, for as long as that process is present. So a lease is neither
 * renewed nor does it end by a clock.
 */
export class Leases {
  readonly #leases: Collection<Lease>
  readonly #holder: string

  constructor(database: Db, holder: string) {
    this.#leases = database.collection('leases')
    this.#holder = holder
  }

  /** Answers whether this process has it now. */
  async take(name: string): Promise<boolean> {
    try {
      await this.#leases.insertOne({ _id: name, holder: this.#holder })
      return true
    } catch (error) {
      if (!isDuplicate(error)) throw error
      return (await this.#leases.findOne({ _id: name }))?.holder === this.#holder
    }
  }

  async release(name: string): Promise<void> {
    await this.#leases.deleteOne({ _id: name, holder: this.#holder })
  }

  /** Answers who holds what; to be asked for before the processes that are present. */
  async held(): Promise<readonly { readonly name: string; readonly holder: string }[]> {
    const leases = await this.#leases.find().toArray()
    return leases.map(({ _id, holder }) => ({ name: _id, holder }))
  }

  /** Lets anybody have what a process holds that is not present any more. */
  async freeOf(holder: string): Promise<void> {
    await this.#leases.deleteMany({ holder })
  }
}
