import type { UnitResult } from '../port/store.ts'
import type { Database } from './connection.ts'
import { prepare } from './statements.ts'

/** Tells how far the erasures of one tenant are. */
export class ErasureState {
  readonly #tables: ReturnType<typeof tables>

  constructor(database: Database) {
    this.#tables = tables(database)
  }

  /** Tells whether there is something to do, other than to wait until what is current is past. */
  isLeft(): boolean {
    return this.#tables.left.get() !== undefined
  }

  /** Tells whether rows of one erasure are left. */
  hasRows(key: number): boolean {
    return this.#tables.rows.get(key) !== undefined
  }

  /** Tells whether old pages may still be in the write-ahead log. */
  hasRemains(): boolean {
    return this.#tables.remains.get() !== undefined
  }
}

/** What deletes the rows that erasures left. */
export interface RowSteps {
  readonly hasRows: (key: number) => Promise<boolean>
  /** Deletes some; answers how many instances are gone. */
  readonly erase: (key: number) => Promise<number>
}

/** Deletes the rows that erasing units of a commit left, in steps that let other writes through. */
export async function eraseRows(
  results: readonly UnitResult[],
  { hasRows, erase }: RowSteps,
): Promise<readonly UnitResult[]> {
  const all = [...results]
  for (const [at, result] of results.entries()) {
    if (result.outcome !== 'kept' || result.erased === undefined) continue
    let { erased } = result
    while (await hasRows(result.version)) erased += await erase(result.version)
    all[at] = { ...result, erased }
  }
  return all
}

function tables(database: Database) {
  return {
    left: prepare(database, 'SELECT 1 FROM erasure WHERE waits = 0 LIMIT 1'),
    rows: prepare(database, 'SELECT 1 FROM erasure WHERE key = ? AND rows IS NOT NULL'),
    remains: prepare(database, "SELECT 1 FROM state WHERE name = 'remains' AND value = 1"),
  }
}
