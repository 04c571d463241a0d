import { setTimeout as sleep } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import type { Unit } from '../../port/store.ts'
import { entityFields } from '../layout/entity-fields.ts'
import type { Kept, TenantCollections } from '../mongo-documents.ts'
import { isOfServer } from '../mongo-errors.ts'
import { type CommitHelp, keyOf } from './commit-unit.ts'
import { type Attempt, writeKept } from './write-kept.ts'

const RETRY_MILLISECONDS = 1000

/** What settling needs besides. */
export type SettlingHelp = Pick<CommitHelp, 'newVersion' | 'drain' | 'inTurn'> & {
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal
}

/**
 * Resolves when no write of a unit that got no answer can still come: it expects what was there, and finds that somebody
 * wrote since. Tried again as long as the server is away. @throws Error when it is aborted
 */
export async function settleWrites(
  collections: TenantCollections,
  unit: Pick<Unit, 'collection' | 'id'>,
  help: SettlingHelp,
): Promise<void> {
  for (;;) {
    try {
      const attempt = await touch(collections, unit, help)
      if (typeof attempt !== 'string') return
      if (attempt === 'crowded') await help.drain()
    } catch (error) {
      if (!isOfServer(error)) throw error
      await sleep(RETRY_MILLISECONDS, undefined, { ref: false, signal: help.signal })
    }
  }
}

/** Writes to a document without changing what it says; where there is none, that there is none. */
async function touch(
  { entities, documents }: TenantCollections,
  unit: Pick<Unit, 'collection' | 'id'>,
  { newVersion, inTurn }: SettlingHelp,
): Promise<Attempt> {
  const version = await newVersion()
  const { collection, id } = unit
  const _id = keyOf(unit)
  const isEntity = collection === 'entity' || collection === 'evolution'
  const of = (isEntity ? entities : documents) as unknown as Collection<Kept> // only its members are used, and those below
  const none = isEntity ? entityFields(undefined) : { collection, id }
  return inTurn(_id, async () => {
    const found = await of.findOne({ _id })
    const fields = found ? {} : { version, ...none }
    return writeKept({ collection: of, _id, found }, { version, fields, optional: [] })
  })
}
