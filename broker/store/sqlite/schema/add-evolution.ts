import { instanceOf } from '../../../core/merge/attributes.ts'
import type { Instance } from '../../../core/model/entity.ts'
import { parseEntity } from '../../port/change.ts'
import type { Database } from '../connection.ts'
import { addDeletionRow, addInstanceRow } from '../history/history-rows.ts'
import { prepare, type SqlValue } from '../statements.ts'

interface Row {
  readonly subject: number
  readonly attribute: number
  readonly name: string
  readonly time: number
  readonly dataset: string
  readonly deleted: number
  readonly text: string | null
  readonly told: string | null
}

type Place = readonly [subject: number, attribute: number, time: number, dataset: string, deleted: number]

/** Brings a file of the first schema to the second: history can be read and changed by itself, and rows are complete. */
export function addEvolution(database: Database): void {
  database.exec(COLUMNS)
  const rows = prepare<Row>(database, ROWS)
  const complete = prepare(
    database,
    `UPDATE history SET text = ?, value = ?, observed = ?, created = ?, modified = ?, unit = ?
    WHERE subject = ? AND attribute = ? AND time = ? AND dataset = ? AND deleted = ?`,
  )
  let after: Place = [0, 0, 0, '', 0]
  for (let some = rows.all(...after); some.length > 0; some = rows.all(...after)) {
    for (const row of some) {
      after = [row.subject, row.attribute, row.time, row.dataset, row.deleted]
      complete.run(...completed(row), ...after)
    }
  }
}

/** Answers the columns from `text` on, of a row that has none of the others yet. */
function completed(row: Row): readonly SqlValue[] {
  const { name: attribute, text, time, dataset, deleted, told } = row
  const datasetId = dataset === '' ? undefined : dataset
  const instance: Instance | undefined = text
    ? JSON.parse(text)
    : told === null
      ? undefined
      : instanceOf(parseEntity(told).attributes, attribute, datasetId)
  if (!instance) return [text, null, 0, time, time, null]
  const made: SqlValue[] = []
  if (deleted === 1) addDeletionRow(made, { attribute, before: instance, at: time })
  else addInstanceRow(made, { attribute, instance, told: text === null })
  return made.slice(4)
}

// attribute 0 in history: deleted says 0 created, 1 deleted; text '': what the log tells of this place is gone for good.
// observed: whether the time is observedAt; value, created, modified, unit: all of a plain number. instance: its id, of one
// that has not the time that its id tells. evolution: ids that were deleted (last: the log record of the last state) or
// provisioned (types, scopes, created, modified); evolution_type: types of these, and former ones
const COLUMNS = `
ALTER TABLE history ADD COLUMN value REAL;
ALTER TABLE history ADD COLUMN observed INTEGER;
ALTER TABLE history ADD COLUMN created REAL;
ALTER TABLE history ADD COLUMN modified REAL;
ALTER TABLE history ADD COLUMN unit TEXT;
ALTER TABLE history ADD COLUMN instance TEXT;
CREATE INDEX history_instance ON history (subject, instance) WHERE instance IS NOT NULL;

CREATE TABLE evolution (
  id TEXT PRIMARY KEY, types TEXT, scopes TEXT, created REAL, modified REAL, deleted REAL, last INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE evolution_type (type INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (type, id)) STRICT, WITHOUT ROWID;
CREATE INDEX evolution_type_id ON evolution_type (id);

INSERT OR REPLACE INTO evolution (id, deleted, last)
  SELECT log.id, log.at, log.before FROM life JOIN history ON history.subject = life.subject AND attribute = 0 AND deleted = 1
  JOIN log ON log.sequence = history.source ORDER BY log.sequence;
INSERT OR IGNORE INTO name (iri)
  SELECT type.value FROM evolution JOIN log ON log.sequence = last, json_each(log.after, '$.types') AS type;
INSERT OR IGNORE INTO evolution_type (type, id)
  SELECT name.key, evolution.id FROM evolution JOIN log ON log.sequence = last, json_each(log.after, '$.types') AS type
  JOIN name ON name.iri = type.value;
`

const ROWS = `
SELECT history.subject, history.attribute, name.iri AS name, time, dataset, deleted, text,
  CASE deleted WHEN 1 THEN earlier.after ELSE log.after END AS told
FROM history JOIN name ON name.key = history.attribute
LEFT JOIN log ON log.sequence = history.source LEFT JOIN log AS earlier ON earlier.sequence = log.before
WHERE (history.subject, history.attribute, time, dataset, deleted) > (?, ?, ?, ?, ?)
ORDER BY history.subject, history.attribute, time, dataset, deleted LIMIT 1000`
