import type { Database } from '../connection.ts'

/** Brings a file to the schema with chunks: finished days of plain numbers will be packed, none of them is yet. */
export function addChunks(database: Database): void {
  database.exec(TABLES)
}

// chunk: all that a dataset of a series has on a day of UTC, packed as in chunk-codec.ts; a key is never used again, so
// what a chunk says can be kept by its key. first_ and last_: between which times of the system its instances are.
// ripe: days of a series that may be packed once they are old enough
const TABLES = `
CREATE TABLE chunk (
  key INTEGER PRIMARY KEY AUTOINCREMENT, subject INTEGER NOT NULL, attribute INTEGER NOT NULL, day INTEGER NOT NULL,
  dataset TEXT NOT NULL, first_created REAL NOT NULL, last_created REAL NOT NULL, first_modified REAL NOT NULL,
  last_modified REAL NOT NULL, data BLOB NOT NULL, UNIQUE (subject, attribute, day, dataset)
) STRICT;
CREATE TABLE ripe (
  day INTEGER NOT NULL, subject INTEGER NOT NULL, attribute INTEGER NOT NULL, PRIMARY KEY (day, subject, attribute)
) STRICT, WITHOUT ROWID;
INSERT INTO ripe SELECT DISTINCT start, subject, attribute FROM total WHERE level = 2;
`
