import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { openSqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'

/** A store for one test, and what takes it away again. */
export interface OpenedStore {
  readonly store: Store
  close(): Promise<void>
}

/** A kind of store that the contract suites run on. */
export interface StoreKind {
  readonly name: string
  /** How many random cases of a property suit its speed. */
  readonly runs: number
  open(clock?: () => Micros): Promise<OpenedStore>
}

/** Makes a folder for one test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hub-store-'))
}

/** The embedded store in a folder of its own. */
export const SQLITE: StoreKind = {
  name: 'SQLite',
  runs: 40,
  async open(clock) {
    const directory = temporaryFolder()
    const store = await openSqliteStore({ directory, ...(clock && { clock }) })
    return {
      store,
      async close() {
        await store.close()
        rmSync(directory, { recursive: true, force: true })
      },
    }
  },
}
