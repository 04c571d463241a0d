import { parseEntity } from '../../port/change.ts'
import type { Database } from '../connection.ts'
import { Counts } from '../counts.ts'
import { EntityIndex } from '../entity-index.ts'
import { indexDelta } from '../index-delta.ts'
import type { Names } from '../names.ts'
import { shapeChange } from '../shape-change.ts'
import { prepare } from '../statements.ts'

/** So many entities are put into the indexes in one transaction. */
const TOGETHER = 1000

const INDEXES = ['entity_type', 'entity_scope', 'presence', 'scalar', 'box', 'entity_box']
const COUNTS = ['type_count', 'attribute_count', 'kind_count']

/** Makes indexes and counters of a file anew, of the entities that it has. */
export function buildIndexes(database: Database, names: Names): void {
  const index = new EntityIndex(database, names)
  const counts = new Counts(database, names)
  for (const table of [...INDEXES, ...COUNTS]) database.exec(`DELETE FROM ${table}`)
  database.exec("UPDATE state SET value = 0 WHERE name = 'entities'")
  const page = prepare<{ key: number; text: string }>(
    database,
    `SELECT key, after AS text FROM entity JOIN log ON log.sequence = entity.version
    WHERE key > ? ORDER BY key LIMIT ${TOGETHER}`,
  )
  for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)?.key ?? 0)) {
    database.exec('BEGIN IMMEDIATE')
    for (const { key, text } of rows) {
      const entity = parseEntity(text)
      index.apply(key, indexDelta(undefined, entity))
      counts.add(shapeChange(undefined, entity))
    }
    index.flush()
    counts.flush()
    database.exec('COMMIT')
  }
}
