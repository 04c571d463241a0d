import { existsSync } from 'node:fs'
import type { MovedStore } from '../../../store/port/moved-store.ts'
import { CommandFailure } from '../../command-failure.ts'

/** A store that a hub is moved from or to, and how it is told of: without what lets one in. */
export interface NamedStore {
  readonly store: MovedStore
  readonly name: string
  readonly kind: 'embedded' | 'mongodb'
}

/** Stands for the server that HUB_STORE_MONGODB_URL names, so that no password is in a list of processes. */
const CONFIGURED = 'mongodb'

/** Tells which kind of store a word names. */
export function kindOf(place: string): NamedStore['kind'] {
  return place === CONFIGURED || /^mongodb(\+srv)?:\/\//.test(place) ? 'mongodb' : 'embedded'
}

/** Opens the store in a folder, or of a database. @throws CommandFailure, Problem or Error that says what is in the way */
export async function openMoved(place: string, database: string, role: 'from' | 'to'): Promise<NamedStore> {
  const kind = kindOf(place)
  if (kind === 'mongodb') {
    const url = place === CONFIGURED ? process.env.HUB_STORE_MONGODB_URL : place
    if (!url) throw new CommandFailure('Which server? Set HUB_STORE_MONGODB_URL', 2)
    const { openMovedDatabase } = await import('../../../store/mongodb/moving/moved-database.ts')
    return { store: await openMovedDatabase(url, database, role), name: `database ${database}`, kind }
  }
  if (role === 'from' && !existsSync(place)) throw new CommandFailure(`Folder ${place} is not there`)
  const { MovedFolder } = await import('../../../store/sqlite/moving/moved-folder.ts')
  return { store: new MovedFolder(place, role), name: `folder ${place}`, kind }
}
