import { isJsonObject, type JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Store } from '../store/port/store.ts'
import { walkDocuments } from '../store/port/walk-documents.ts'
import type { SubscriptionCollection } from './stored-subscription.ts'

/** A notification that was given up. A type, not an interface, so that it is JSON as it stands. */
export type DeadLetter = {
  /** Id of the notification. */
  readonly id: string
  readonly subscriptionId: string
  /** Positions in the log of the changes that it told of. */
  readonly positions: readonly number[]
  readonly entityIds: readonly string[]
  readonly reason: string
  readonly attempts: number
  /** When the last of its changes happened. */
  readonly changedAt: Micros
  readonly givenUpAt: Micros
  /** A process that makes no notifications was asked to deliver it once more. */
  readonly again?: true
}

/** What dead letters are kept with. */
export interface DeadLetterOptions {
  readonly store: Store
  readonly clock: () => Micros
  /** Of what kind of subscriptions they are. */
  readonly collection: SubscriptionCollection
  /** So many of one subscription are kept. */
  readonly most: number
  /** The oldest makes room for a new one; otherwise nothing more is given up. */
  readonly dropOldest: boolean
  /** Other processes delete some too; told that this one did where another one counts them. Absent: there is none. */
  readonly shared?: () => void
}

/** What keys of each kind of subscription begin with. */
const PREFIXES: Readonly<Record<SubscriptionCollection, string>> = {
  subscription: '',
  registrationSubscription: 'registrations ',
}
const PAGE = 500
const HUB = { by: 'hub' }

/** Notifications that were given up, of every subscription, in the order of the log. */
export class DeadLetters {
  readonly #options: DeadLetterOptions
  readonly #counts = new Map<string, number>()
  /** Tenants whose letters this process counts; where it is alone, those that had some when it started. */
  readonly #loaded = new Set<Tenant>()

  constructor(options: DeadLetterOptions) {
    this.#options = options
  }

  /** Counts what is there: before anything else is asked, and where others may have deleted some. */
  async load(tenant: Tenant): Promise<void> {
    const { store, collection } = this.#options
    const counts = new Map<string, number>()
    for await (const { id, document } of walkDocuments(store, tenant, 'deadLetter')) {
      const key = `${tenant} ${document.subscriptionId}`
      if (isOf(collection, id)) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    for (const key of this.#counts.keys()) if (key.startsWith(`${tenant} `)) this.#counts.delete(key)
    for (const [key, count] of counts) this.#counts.set(key, count)
    this.#loaded.add(tenant)
  }

  /** Counts nothing more: another process may. */
  forget(): void {
    this.#counts.clear()
    this.#loaded.clear()
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  count(tenant: Tenant, subscriptionId: string): number {
    return this.#counts.get(`${tenant} ${subscriptionId}`) ?? 0
  }

  /** Keeps a letter; answers how many others were dropped for it, undefined when there is no room. */
  async bury(tenant: Tenant, letter: DeadLetter): Promise<number | undefined> {
    const { most, dropOldest, shared } = this.#options
    const { subscriptionId } = letter
    if (shared && this.count(tenant, subscriptionId) >= most) await this.#countAnew(tenant, subscriptionId)
    if (this.count(tenant, subscriptionId) >= most && !dropOldest) return undefined
    // its room is taken before anything is waited for
    this.#count(tenant, subscriptionId, 1)
    let isNew = false
    try {
      isNew = await this.#keep(tenant, letter)
    } finally {
      if (!isNew) this.#count(tenant, subscriptionId, -1)
    }
    return this.#dropOldest(tenant, subscriptionId)
  }

  /** Answers letters of a subscription, the oldest first, behind this one. */
  async list(
    tenant: Tenant,
    subscriptionId: string,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly DeadLetter[]> {
    const { store, collection } = this.#options
    const own = `${PREFIXES[collection]}${subscriptionId} `
    const page = await store.documents(tenant, 'deadLetter', {
      after: after ?? own,
      limit,
    })
    return page.flatMap(({ id, document }) => (id.startsWith(own) ? asLetter(document) : []))
  }

  /** Tells whether it is there. */
  async has(tenant: Tenant, letter: DeadLetter): Promise<boolean> {
    const { store, collection } = this.#options
    return (await store.document(tenant, 'deadLetter', keyOf(letter, collection))) !== undefined
  }

  /** Answers whether it was there. */
  async delete(tenant: Tenant, letter: DeadLetter): Promise<boolean> {
    const wasThere = await this.#remove(tenant, letter)
    if (wasThere) this.#count(tenant, letter.subscriptionId, -1)
    return wasThere
  }

  /** Replaces a letter that was tried once more in vain. */
  async replace(tenant: Tenant, letter: DeadLetter): Promise<void> {
    await this.#keep(tenant, letter)
  }

  /** Deletes all letters of a subscription. */
  async clear(tenant: Tenant, subscriptionId: string): Promise<number> {
    let deleted = 0
    for (;;) {
      const page = await this.list(tenant, subscriptionId, { limit: PAGE })
      for (const letter of page) await this.delete(tenant, letter)
      deleted += page.length
      if (page.length < PAGE) return deleted
    }
  }

  /** Answers how many were dropped because there were too many. */
  async #dropOldest(tenant: Tenant, subscriptionId: string): Promise<number> {
    const isOver = () => this.count(tenant, subscriptionId) > this.#options.most
    let dropped = 0
    while (isOver()) {
      const [oldest] = await this.list(tenant, subscriptionId, { limit: 1 })
      if (!oldest || !isOver()) break
      // others that are given up meanwhile do not drop one for the same reason
      this.#count(tenant, subscriptionId, -1)
      let wasThere = false
      try {
        wasThere = await this.#remove(tenant, oldest)
      } finally {
        if (!wasThere) this.#count(tenant, subscriptionId, 1)
      }
      if (wasThere) dropped++
    }
    return dropped
  }

  async #remove(tenant: Tenant, letter: DeadLetter): Promise<boolean> {
    const { store, clock, collection } = this.#options
    const [result] = await store.commit(tenant, [
      { collection: 'deadLetter', id: keyOf(letter, collection), at: clock(), origin: HUB, logged: false },
    ])
    return result?.outcome === 'kept' && result.version > 0
  }

  /** Answers whether it was not there: after a restart a notification may be given up once more. */
  async #keep(tenant: Tenant, letter: DeadLetter): Promise<boolean> {
    const { store, clock, collection } = this.#options
    const place = {
      collection: 'deadLetter',
      id: keyOf(letter, collection),
      origin: HUB,
      logged: false,
    } as const
    const before = await store.document(tenant, place.collection, place.id)
    await store.commit(tenant, [{ ...place, next: letter, at: clock() }])
    return before === undefined
  }

  async #countAnew(tenant: Tenant, subscriptionId: string): Promise<void> {
    const found = await this.list(tenant, subscriptionId, { limit: this.#options.most })
    this.#counts.set(`${tenant} ${subscriptionId}`, found.length)
  }

  #count(tenant: Tenant, subscriptionId: string, by: number): void {
    const { shared } = this.#options
    const key = `${tenant} ${subscriptionId}`
    if (shared && !this.#loaded.has(tenant)) shared()
    else this.#counts.set(key, (this.#counts.get(key) ?? 0) + by)
  }
}

const DIGITS = 16

/** In the order of the log: no IRI has a blank in it. */
export function keyOf(
  { subscriptionId, positions, id }: DeadLetter,
  collection: SubscriptionCollection = 'subscription',
): string {
  const position = String(positions.at(-1) ?? 0).padStart(DIGITS, '0')
  return `${PREFIXES[collection]}${subscriptionId} ${position} ${id}`
}

function isOf(collection: SubscriptionCollection, key: string): boolean {
  return key.startsWith(PREFIXES.registrationSubscription) === (collection === 'registrationSubscription')
}

function asLetter(document: JsonObject): DeadLetter | readonly [] {
  return isJsonObject(document) ? (document as unknown as DeadLetter) : [] // only this file writes them
}
