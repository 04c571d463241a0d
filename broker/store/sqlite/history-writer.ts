import type { EntityChange } from '../../core/model/change.ts'
import { historyEntries } from '../port/history-instances.ts'
import type { Database } from './connection.ts'
import type { Names } from './names.ts'
import { prepare } from './statements.ts'

/** Answers a function that keeps what a change adds to the history of an entity. */
export function historyWriter(database: Database, names: Names): (id: string, change: EntityChange) => void {
  const find = prepare<{ key: number }>(database, 'SELECT key FROM subject WHERE id = ?')
  const insert = prepare(database, 'INSERT INTO subject (id) VALUES (?)')
  const keep = prepare(database, 'INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  return (id, change) => {
    if (change.attributes.length === 0) return
    const subject = find.get(id)?.key ?? Number(insert.run(id).lastInsertRowid)
    for (const { place, instance } of historyEntries(change)) {
      keep.run(
        subject,
        names.intern(place.attribute),
        place.time,
        place.datasetId ?? '',
        place.deleted ? 1 : 0,
        instance.observedAt ?? null,
        instance.modifiedAt,
        instance.text ?? null,
      )
    }
  }
}
