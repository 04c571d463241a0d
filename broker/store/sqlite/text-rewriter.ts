import type { Iri } from '../../core/model/iri.ts'
import { DAY } from '../../core/model/time.ts'
import type { Database } from './connection.ts'
import type { EntityIndex } from './entity-index.ts'
import type { ChunkWriter } from './history/chunk-writer.ts'
import type { TotalsWriter } from './history/totals-writer.ts'
import type { IndexDelta } from './index-delta.ts'
import type { Names } from './names.ts'
import { prepare, type SqlValue } from './statements.ts'
import type { TextPlace } from './stored-texts.ts'

/** A text on its way to the writer thread. */
export interface TextRewrite {
  readonly place: TextPlace
  readonly text: string | null
  readonly next: string | null
  /** Of a record of the log. */
  readonly changes?: { readonly text: string | null; readonly next: string | null }
  /** Of the current state of an entity. */
  readonly index?: IndexDelta
}

/** Days that are unpacked in one step. */
const DAYS = 200

/** Writes texts anew where they stand, unless others stand there by now. */
export class TextRewriter {
  readonly #parts: {
    readonly names: Names
    readonly index: EntityIndex
    readonly totals: TotalsWriter
    readonly chunks: ChunkWriter
  }
  readonly #tables: ReturnType<typeof tables>

  constructor(
    database: Database,
    parts: { names: Names; index: EntityIndex; totals: TotalsWriter; chunks: ChunkWriter },
  ) {
    this.#parts = parts
    this.#tables = tables(database)
  }

  /** Writes texts anew, in the transaction of the caller; what they were goes from the files once the log is emptied. */
  rewrite(changes: readonly TextRewrite[]): void {
    for (const change of changes) {
      const [table, ...key] = change.place
      if (table === 'document') this.#tables.document.run(change.next, key[0] ?? 0, change.text)
      else if (table === 'history') this.#rewriteInstance(key, change)
      else this.#rewriteRecord(key[0] ?? 0, change)
    }
    this.#tables.remain.run()
  }

  /** Makes rows of some days of an attribute that are packed; tells whether there are more. */
  unpack(attribute: Iri): boolean {
    const name = this.#parts.names.find(attribute)
    if (name === undefined) return false
    const days = this.#tables.days.all(name, DAYS)
    for (const { subject, day } of days) this.#parts.chunks.open(subject, name, day * DAY)
    return days.length === DAYS
  }

  // what was a number is one of the things that totals do not tell
  #rewriteInstance(
    [subject, attribute, time, dataset, deleted, value]: readonly SqlValue[],
    change: TextRewrite,
  ): void {
    const place = [subject ?? 0, attribute ?? 0, time ?? 0, dataset ?? '', deleted ?? 0] as const
    if (value === null || value === undefined) {
      this.#tables.instance.run(change.next, ...place, change.text)
      return
    }
    if (this.#tables.number.run(change.next, ...place, value).changes === 0) return
    this.#parts.totals.erase(Number(place[0]), Number(place[1]), Number(place[2]))
  }

  #rewriteRecord(sequence: SqlValue, { text, next, changes, index }: TextRewrite): void {
    const told = changes ?? { text: null, next: null }
    const kept = this.#tables.record.run(next, told.next, sequence, text, told.text)
    const key = index && this.#tables.current.get(sequence)?.key
    if (kept.changes !== 0 && index && key !== undefined) this.#parts.index.apply(key, index)
  }
}

function tables(database: Database) {
  const place = 'subject = ? AND attribute = ? AND time = ? AND dataset = ? AND deleted = ?'
  return {
    document: prepare(database, 'UPDATE document SET text = ? WHERE key = ? AND text = ?'),
    instance: prepare(database, `UPDATE history SET text = ? WHERE ${place} AND text = ?`),
    number: prepare(
      database,
      `UPDATE history SET text = ?, value = NULL, unit = NULL WHERE ${place} AND text IS NULL AND value = ?`,
    ),
    record: prepare(
      database,
      'UPDATE log SET after = ?, attributes = ? WHERE sequence = ? AND after IS ? AND attributes IS ?',
    ),
    current: prepare<{ key: number }>(
      database,
      'SELECT entity.key FROM log JOIN entity ON entity.id = log.id AND entity.version = sequence WHERE sequence = ?',
    ),
    days: prepare<{ subject: number; day: number }>(
      database,
      'SELECT DISTINCT subject, day FROM chunk WHERE attribute = ? LIMIT ? + 0',
    ),
    remain: prepare(database, "UPDATE state SET value = 1 WHERE name = 'remains' AND value = 0"),
  }
}
