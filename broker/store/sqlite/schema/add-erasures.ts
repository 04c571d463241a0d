import type { Database } from '../connection.ts'

/** Brings a file of the third schema to the fourth: what was erased is followed into the log. */
export function addErasures(database: Database): void {
  database.exec(TABLES)
}

// erasure: what of an entity's past is to go, by the version of the change that erased it. rows: where the deletion of rows
// stands, as JSON; null: none are left. The log of an entity is walked from its last record backwards: head: where the walk
// began; null: not yet; next: the record to look at; null: the walk is over; down: records before this one are done; waits:
// the current state still has something of it, so that nothing is left to do before the entity is written to.
// log_deletion: where the records of former lives of an id end; remains: old pages may still be in the write-ahead log
const TABLES = `
CREATE TABLE erasure (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL, at REAL NOT NULL, what TEXT NOT NULL,
  rows TEXT, head INTEGER, next INTEGER, down INTEGER NOT NULL DEFAULT 0, waits INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX erasure_id ON erasure (id);
CREATE INDEX erasure_left ON erasure (key) WHERE waits = 0;
CREATE INDEX log_deletion ON log (id) WHERE collection = 'entity' AND action = 'deleted';
INSERT OR IGNORE INTO state VALUES ('remains', 0);
`
