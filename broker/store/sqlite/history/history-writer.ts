import type { Database } from '../connection.ts'
import type { Names } from '../names.ts'
import { RowBuffer } from '../row-buffer.ts'
import type { SqlValue } from '../statements.ts'
import type { EntityWrite } from '../unit-write.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import { ROW_FIELDS } from './history-rows.ts'
import type { TotalsWriter } from './totals-writer.ts'

/** In `history`: stands for all attributes that came or went with the entity; names are numbered from 1. */
export const ALL_ATTRIBUTES = 0

/**
 * Keeps what changes add to the history of entities. Rows say which log record holds the text; where an entity comes or
 * goes as a whole one row stands for all of its instances.
 */
export class HistoryWriter {
  readonly #names: Names
  readonly #totals: TotalsWriter
  readonly #chunks: ChunkWriter
  readonly #rows: RowBuffer

  constructor(
    database: Database,
    { names, totals, chunks }: { names: Names; totals: TotalsWriter; chunks: ChunkWriter },
  ) {
    this.#names = names
    this.#totals = totals
    this.#chunks = chunks
    this.#rows = new RowBuffer(
      database,
      'history',
      COLUMNS,
      `ON CONFLICT DO UPDATE SET ${REPLACED.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    )
  }

  /** Takes what the change of an entity adds; the same place again replaces what was there. */
  addChange({ action, asOne, history }: EntityWrite, subject: number, sequence: number): void {
    if (asOne) {
      const deleted = action === 'deleted' ? 1 : 0
      this.#rows.add(subject, ALL_ATTRIBUTES, sequence, '', deleted, sequence, ...NO_INSTANCE)
    }
    this.addRows(history, subject, sequence)
  }

  /** Takes rows as in history-rows.ts. */
  addRows(rows: readonly SqlValue[], subject: number, sequence: number): void {
    for (let at = 0; at < rows.length; at += ROW_FIELDS) {
      const [attribute, time = 0, dataset = '', deleted = 0, ...rest] = rows.slice(at, at + ROW_FIELDS)
      const name = this.#names.intern(String(attribute))
      if (rest[OBSERVED] === 1) this.#totals.mark(subject, name, Number(time))
      else {
        this.#chunks.open(subject, name, Number(time))
        if (deleted === 0) this.#totals.noteTimeless(subject, name)
      }
      this.#rows.add(subject, name, time, dataset, deleted, sequence, ...rest)
    }
  }

  /** Writes what has gathered. */
  flush(): void {
    this.#rows.flush()
    this.#totals.flush()
  }

  /** Forgets what has gathered. */
  drop(): void {
    this.#rows.drop()
    this.#totals.drop()
    this.#chunks.drop()
  }
}

const REPLACED = ['source', 'text', 'value', 'observed', 'created', 'modified', 'unit'] as const
const COLUMNS = ['subject', 'attribute', 'time', 'dataset', 'deleted', ...REPLACED] as const
/** Where `observed` is behind the place. */
const OBSERVED = 2
const NO_INSTANCE = [null, null, null, null, null, null] as const
