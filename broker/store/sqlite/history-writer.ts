import type { Database } from './connection.ts'
import type { Names } from './names.ts'
import { RowBuffer } from './row-buffer.ts'
import type { EntityWrite } from './unit-write.ts'

/** In `history`: stands for all attributes that came or went with the entity; names are numbered from 1. */
export const ALL_ATTRIBUTES = 0

/**
 * Keeps what changes add to the history of entities. Rows say which log record holds the text; where an entity comes or
 * goes as a whole one row stands for all of its instances.
 */
export class HistoryWriter {
  readonly #names: Names
  readonly #rows: RowBuffer

  constructor(database: Database, names: Names) {
    this.#names = names
    this.#rows = new RowBuffer(
      database,
      'history',
      COLUMNS,
      'ON CONFLICT DO UPDATE SET source = excluded.source, text = excluded.text',
    )
  }

  /** Takes what a unit adds; the same place again replaces what was there. */
  add({ action, history }: EntityWrite, subject: number, sequence: number): void {
    if (action !== 'updated') {
      this.#rows.add(subject, ALL_ATTRIBUTES, sequence, '', action === 'deleted' ? 1 : 0, sequence, null)
    }
    for (let at = 0; at < history.length; at += FIELDS) {
      const [attribute, time = 0, dataset = '', deleted = 0, text = null] = history.slice(at, at + FIELDS)
      const name = this.#names.intern(String(attribute))
      this.#rows.add(subject, name, time, dataset, deleted, sequence, text)
    }
  }

  /** Writes what has gathered. */
  flush(): void {
    this.#rows.flush()
  }

  /** Forgets what has gathered. */
  drop(): void {
    this.#rows.drop()
  }
}

const COLUMNS = ['subject', 'attribute', 'time', 'dataset', 'deleted', 'source', 'text'] as const
const FIELDS = 5
