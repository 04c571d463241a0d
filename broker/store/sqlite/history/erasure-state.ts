import type { Tenant } from '../../../core/model/tenant.ts'
import type { UnitResult } from '../../port/store.ts'
import type { Database } from '../connection.ts'
import { prepare } from '../statements.ts'
import type { ErasedRows } from './erasures.ts'

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

/** What deletes the rows that erasures of a tenant left. */
export interface RowSteps {
  readonly hasRows: (key: number) => Promise<boolean>
  /** Deletes some of one erasure, or of any. */
  readonly erase: (key?: number) => Promise<ErasedRows | undefined>
}

/** Counts what steps delete for the commits that wait for it, whoever takes them. */
export class CountedErasures {
  readonly #counts = new Map<string, number>()

  /** Takes a step on behalf of nobody; tells whether rows went. */
  async step(tenant: Tenant, { erase }: Pick<RowSteps, 'erase'>): Promise<boolean> {
    const rows = await erase()
    this.#count(tenant, rows)
    return rows !== undefined
  }

  /** Deletes the rows that erasing units of a commit left, in steps that let other writes through. */
  async finish(
    tenant: Tenant,
    results: readonly UnitResult[],
    steps: RowSteps,
  ): Promise<readonly UnitResult[]> {
    const keys = results.filter(hasErased).map(({ version }) => version)
    for (const key of keys) this.#counts.set(nameOf(tenant, key), 0)
    try {
      for (const key of keys) await this.#eraseRows(tenant, key, steps)
      return results.map((result) => this.#counted(tenant, result))
    } finally {
      for (const key of keys) this.#counts.delete(nameOf(tenant, key))
    }
  }

  async #eraseRows(tenant: Tenant, key: number, { hasRows, erase }: RowSteps): Promise<void> {
    if (!(await hasRows(key)) && this.#counts.get(nameOf(tenant, key)) === 0) return
    while (await hasRows(key)) this.#count(tenant, await erase(key))
    await erase(key) // behind a step of somebody else that took the last ones
  }

  #counted(tenant: Tenant, result: UnitResult): UnitResult {
    if (!hasErased(result)) return result
    return { ...result, erased: result.erased + (this.#counts.get(nameOf(tenant, result.version)) ?? 0) }
  }

  #count(tenant: Tenant, rows: ErasedRows | undefined): void {
    if (!rows) return
    const name = nameOf(tenant, rows.key)
    const count = this.#counts.get(name)
    if (count !== undefined) this.#counts.set(name, count + rows.erased)
  }
}

/** Tells whether a unit erased something of history, and may have left rows. */
export function hasErased(
  result: UnitResult,
): result is Extract<UnitResult, { outcome: 'kept' }> & { readonly erased: number } {
  return result.outcome === 'kept' && result.erased !== undefined
}

function nameOf(tenant: Tenant, key: number): string {
  return `${tenant} ${key}`
}

function tables(database: Database) {
  return {
    left: prepare(database, 'SELECT 1 FROM erasure WHERE waits = 0 LIMIT 1'),
    rows: prepare(database, 'SELECT 1 FROM erasure WHERE key = ? AND rows IS NOT NULL'),
    remains: prepare(database, "SELECT 1 FROM state WHERE name = 'remains' AND value = 1"),
  }
}
