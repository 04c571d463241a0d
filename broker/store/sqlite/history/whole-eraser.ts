import type { Iri } from '../../../core/model/iri.ts'
import { isEverything, type PastSelection } from '../../port/past-selection.ts'
import type { Database } from '../connection.ts'
import type { Names } from '../names.ts'
import { prepare } from '../statements.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import type { HistoryPlaces } from './history-places.ts'
import { TOMBSTONE } from './history-rows.ts'
import { ALL_ATTRIBUTES } from './history-writer.ts'
import { isIn, keyIn, type PlacedRow } from './placed-row.ts'
import type { TotalsWriter } from './totals-writer.ts'

/** Takes out of history what log records alone tell: what came or went with an entity as a whole. */
export class WholeEraser {
  readonly #places: HistoryPlaces
  readonly #names: Names
  readonly #totals: TotalsWriter
  readonly #chunks: ChunkWriter
  readonly #tables: ReturnType<typeof tables>

  constructor(
    database: Database,
    {
      names,
      places,
      totals,
      chunks,
    }: { names: Names; places: HistoryPlaces; totals: TotalsWriter; chunks: ChunkWriter },
  ) {
    this.#places = places
    this.#names = names
    this.#totals = totals
    this.#chunks = chunks
    this.#tables = tables(database)
  }

  /** Takes away what is selected of these lives, with what lies over it; answers how many instances. */
  erase(subjects: readonly number[], what: PastSelection, version: number): number {
    const { attributes, datasetIds, window } = what
    const keyOf = keyIn(window)
    const isMeant = (row: PlacedRow): boolean =>
      (datasetIds?.includes(row.dataset) ?? true) && isIn(keyOf(row), window)
    const parts = subjects.flatMap((subject) => this.#places.parts(subject))
    let erased = 0
    for (const { attribute, row } of parts) {
      if (attributes && !attributes.includes(attribute)) continue
      const over = this.#places.over(row, attribute)
      // rows are counted where they are deleted
      if (isEverything(what)) {
        if (!over) erased++
        continue
      }
      if (over === 'tombstone' || !isMeant(over ?? row)) continue
      if (over?.observed) this.#totals.erase(row.subject, this.#names.intern(attribute), row.time)
      this.bury(attribute, row, version)
      erased++
    }
    if (isEverything(what)) for (const subject of subjects) this.#tables.deleteBefore.run(subject, version)
    return erased
  }

  /** Puts a tombstone over what a log record goes on to tell until it is its turn. */
  bury(attribute: Iri, { subject, time, dataset, deleted }: PlacedRow, version: number): void {
    const place = [subject, this.#names.intern(attribute), time, dataset, Number(deleted)] as const
    this.#chunks.open(subject, place[1], time)
    this.#tables.keep.run(...place, version, TOMBSTONE, time, time)
  }

  /** Makes rows of what a log record tells of an entity that went: its last state is about to tell less. */
  keepDeletions(id: string, sequence: number): void {
    const subjects = this.#places.subjects(id)
    for (const attribute of this.#places.attributes(subjects)) {
      const name = this.#names.intern(attribute)
      for (const row of this.#places.wholes(subjects, attribute)) {
        if (row.source !== sequence) continue
        const { subject, time, dataset, text, created, modified } = row
        this.#chunks.open(subject, name, time)
        this.#tables.keep.run(subject, name, time, dataset, 1, sequence, text, created, modified)
      }
    }
    for (const subject of subjects) this.#tables.deleteOne.run(subject, sequence)
  }
}

function tables(database: Database) {
  const wholes = `DELETE FROM history WHERE subject = ? AND attribute = ${ALL_ATTRIBUTES}`
  return {
    keep: prepare(
      database,
      `INSERT OR REPLACE INTO history (subject, attribute, time, dataset, deleted, source, text, observed, created, modified)
      VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
    ),
    deleteBefore: prepare(database, `${wholes} AND source < ?`),
    deleteOne: prepare(database, `${wholes} AND source = ?`),
  }
}
