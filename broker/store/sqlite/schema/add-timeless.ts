import type { Database } from '../connection.ts'

/**
 * Brings a file to the schema that knows which series have instances without observedAt, and hours by the minute: days
 * with hours that hold many rows are summed up once more, unless they are packed.
 */
export function addTimeless(database: Database): void {
  database.exec(TABLES)
}

// timeless: series that have or had an instance that was not observed at a time, which no total tells of
const TABLES = `
CREATE TABLE timeless (
  subject INTEGER NOT NULL, attribute INTEGER NOT NULL, PRIMARY KEY (subject, attribute)
) STRICT, WITHOUT ROWID;
INSERT INTO timeless SELECT DISTINCT subject, attribute FROM history WHERE attribute > 0 AND observed = 0 AND deleted = 0;
INSERT OR IGNORE INTO dirty SELECT CAST(floor(start / 24.0) AS INTEGER), subject, attribute
  FROM total WHERE level = 1 AND count + others > 600 AND NOT EXISTS (SELECT 1 FROM chunk
    WHERE chunk.subject = total.subject AND chunk.attribute = total.attribute AND day = floor(start / 24.0));
`
