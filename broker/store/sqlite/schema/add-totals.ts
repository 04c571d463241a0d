import type { Database } from '../connection.ts'

/** Brings a file of the second schema to the third: totals of numbers by hour and day, none of them up to date yet. */
export function addTotals(database: Database): void {
  database.exec(TABLES)
}

// total: of the plain numbers that a series has by observedAt in an hour (level 1) or a day (level 2) of UTC, which start
// numbers from 1970; others: how many instances there are no plain numbers; sum and sumsq: null where they overflow.
// dirty: days of a series whose totals are not up to date
const TABLES = `
CREATE TABLE total (
  subject INTEGER NOT NULL, attribute INTEGER NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL,
  dataset TEXT NOT NULL, count INTEGER NOT NULL, others INTEGER NOT NULL, sum REAL, sumsq REAL, least REAL, most REAL,
  PRIMARY KEY (subject, attribute, level, start, dataset)
) STRICT, WITHOUT ROWID;
CREATE TABLE dirty (
  day INTEGER NOT NULL, subject INTEGER NOT NULL, attribute INTEGER NOT NULL, PRIMARY KEY (day, subject, attribute)
) STRICT, WITHOUT ROWID;
INSERT INTO dirty SELECT DISTINCT CAST(floor(time / 86400000000) AS INTEGER), subject, attribute
  FROM history WHERE attribute > 0 AND observed = 1;
`
