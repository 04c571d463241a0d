import { setTimeout as sleep } from 'node:timers/promises'
import { entityFields } from '../layout/entity-fields.ts'
import type { TenantCollections } from '../mongo-documents.ts'
import { isOfServer } from '../mongo-errors.ts'
import type { CommitHelp } from './commit-unit.ts'
import { type Attempt, writeKept } from './write-kept.ts'

const RETRY_MILLISECONDS = 1000

/** What settling needs besides. */
export type SettlingHelp = Pick<CommitHelp, 'newVersion' | 'drain' | 'inTurn'> & {
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal
}

/**
 * Resolves when no write to the document of an entity that got no answer can still come: it expects what was there, and
 * finds that somebody wrote since. Tried again as long as the server is away. @throws Error when it is aborted
 */
export async function settleWrites(
  collections: TenantCollections,
  id: string,
  help: SettlingHelp,
): Promise<void> {
  for (;;) {
    try {
      const attempt = await touch(collections, id, help)
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
  { entities }: TenantCollections,
  id: string,
  { newVersion, inTurn }: SettlingHelp,
): Promise<Attempt> {
  const version = await newVersion()
  return inTurn(id, async () => {
    const found = await entities.findOne({ _id: id })
    const fields = found ? {} : { version, ...entityFields(undefined) }
    return writeKept({ collection: entities, _id: id, found }, { version, fields, optional: [] })
  })
}
