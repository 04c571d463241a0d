import type { Database } from '../connection.ts'

/** Brings a file to the schema that tells of which numbers, which are kept no longer, totals are left. */
export function addRetention(database: Database): void {
  database.exec(TABLES)
}

// condensed: of a series, the day from which on its rows tell everything. Before it the numbers that were removed are in its
// totals, and what comes late is a row beside them: both add up. hours_from: the day before which of these there are
// totals of days only; null: there is none
const TABLES = `
CREATE TABLE condensed (
  subject INTEGER NOT NULL, attribute INTEGER NOT NULL, rows_from INTEGER NOT NULL, hours_from INTEGER,
  PRIMARY KEY (subject, attribute)
) STRICT, WITHOUT ROWID;
CREATE INDEX life_subject ON life (subject);
`
