import { setTimeout as pause } from 'node:timers/promises'
import type { Collection, Document } from 'mongodb'
import type { Entity } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import { isHidden, type Tenant } from '../../../core/model/tenant.ts'
import { parseRecord } from '../log/change-record.ts'
import type { KeptEntity, TenantCollections } from '../mongo-documents.ts'
import type { KnownCommits } from './known-commits.ts'

/** What a feed tells, and how soon. */
export interface FeedOptions {
  readonly known: Pick<KnownCommits, 'committed' | 'toldUntil' | 'lost'>
  /** What is told may be so many milliseconds late. */
  readonly staleness: number
  /** Told why others are not heard for now. */
  readonly failed: (error: unknown) => void
}

/** So many tenants are followed; of those that are read first after that nothing is known. */
const MOST_TENANTS = 50
const RETRY_MILLISECONDS = 1000
const PAUSE_MILLISECONDS = 100
/** A batch with fewer events and characters was not cut short: behind it nothing waited. */
const BATCH = 1000
const CUT_CHARACTERS = 4_000_000

/** A commit, as far as it is told of; undefined: nothing that is read is other because of it. */
type Told = { readonly id: string; readonly version: number; readonly types?: readonly Iri[] } | undefined

/** Follows by change streams what other processes commit to entities. */
export class OthersFeed {
  readonly #options: FeedOptions
  readonly #following = new Map<Tenant, Promise<void>>()
  readonly #closing = new AbortController()

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Follows a tenant from now on, unless it is followed already. */
  follow(tenant: Tenant, { entities }: TenantCollections): void {
    if (this.#following.has(tenant) || isHidden(tenant) || this.#following.size >= MOST_TENANTS) return
    this.#following.set(tenant, this.#keepFollowing(tenant, entities))
  }

  /** Resolves when nothing is asked any more. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#following.values())
  }

  async #keepFollowing(tenant: Tenant, entities: Collection<KeptEntity>): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        await this.#followOnce(tenant, entities)
      } catch (error) {
        if (!signal.aborted) this.#options.failed(error)
      }
      // whatever came meanwhile is not told
      this.#options.known.lost(tenant)
      await pause(RETRY_MILLISECONDS, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async #followOnce(tenant: Tenant, entities: Collection<KeptEntity>): Promise<void> {
    const { known, staleness } = this.#options
    const { signal } = this.#closing
    const wait = Math.max(1, Math.floor(staleness / 3))
    const stream = entities.aggregate([{ $changeStream: {} }], { batchSize: BATCH, maxAwaitTimeMS: wait })
    try {
      while (!signal.aborted) {
        const asked = performance.now()
        const first = await stream.tryNext()
        const events = first ? [first, ...stream.readBufferedDocuments()] : []
        let characters = 0
        for (const event of events) {
          characters += charactersOf(event)
          this.#tell(tenant, event)
        }
        if (events.length < BATCH && characters < CUT_CHARACTERS) known.toldUntil(tenant, asked)
        // a server that does not wait for events is not asked all the time
        const left = asked + Math.min(wait, PAUSE_MILLISECONDS) - performance.now()
        if (!first && left > 0) await pause(left, undefined, { signal, ref: false })
      }
    } finally {
      await stream.close().catch(() => {})
    }
  }

  /** What is not understood may be anything. */
  #tell(tenant: Tenant, event: Document): void {
    const { known } = this.#options
    const { operationType, documentKey, fullDocument, updateDescription } = event
    const written = operationType === 'insert' ? fullDocument : updateDescription?.updatedFields
    if (typeof documentKey?._id !== 'string' || !written) known.lost(tenant)
    else {
      const told = toldBy(documentKey._id, written)
      if (told) known.committed({ tenant, collection: 'entity', ...told })
    }
  }
}

/** Every commit gives the document a version; what only moves on what travels inside does not. */
function toldBy(id: string, { written, ...fields }: Document): Told {
  if (typeof written !== 'number') return undefined
  const types = typesAlike(recordOf(fields, written))
  return { id, version: written, ...(types && { types }) }
}

/** The record of the commit is in the list of those that wait, or behind it. */
function recordOf(fields: Document, version: number) {
  const texts = Object.entries(fields).flatMap(([name, value]) =>
    /^changes(?:\.\d+)?$/.test(name) ? [value].flat() : [],
  )
  return texts.map((text) => parseRecord(String(text))).find((record) => record.version === version)
}

/** Types of an entity that has had them before as well. */
function typesAlike(record: ReturnType<typeof recordOf>): readonly Iri[] | undefined {
  if (record?.collection !== 'entity' || !record.before || !record.after) return undefined
  const [before, after] = [record.before as Entity, record.after as Entity] // of an entity
  const alike =
    before.types.length === after.types.length && before.types.every((type) => after.types.includes(type))
  const sameMembers = JSON.stringify(before.scopes) === JSON.stringify(after.scopes)
  return alike && sameMembers ? after.types : undefined
}

function charactersOf({ fullDocument, updateDescription }: Document): number {
  const fields: Document = fullDocument ?? updateDescription?.updatedFields ?? {}
  return Object.values(fields)
    .flat()
    .reduce((sum: number, value) => sum + (typeof value === 'string' ? value.length : 20), 0)
}
