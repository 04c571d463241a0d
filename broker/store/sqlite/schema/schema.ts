import { Problem } from '../../../core/model/problem.ts'
import type { Database } from '../connection.ts'
import { addChunks } from './add-chunks.ts'
import { addErasures } from './add-erasures.ts'
import { addEvolution } from './add-evolution.ts'
import { addRetention } from './add-retention.ts'
import { addTimeless } from './add-timeless.ts'
import { addTotals } from './add-totals.ts'

/** One step of the schema; its version is its place in the list, from 1. A step only adds. */
export type Migration = (database: Database) => void

/** All steps from an empty file to the schema of this program. */
export const MIGRATIONS: readonly Migration[] = [
  (database) => database.exec(INITIAL),
  addEvolution,
  addTotals,
  addChunks,
  addRetention,
  addErasures,
  addTimeless,
]

/** Brings a file to the newest schema; one with content is backed up first. @throws Problem when it is newer */
export function migrate(database: Database, file: string, migrations = MIGRATIONS): void {
  const found = schemaVersion(database)
  checkSchema(found, file, migrations)
  if (found === migrations.length) return
  if (found > 0) database.prepare('VACUUM INTO ?').run(`${file}.backup-${found}-${Date.now()}`)
  for (let version = found + 1; version <= migrations.length; version++) {
    database.exec('BEGIN IMMEDIATE')
    try {
      migrations[version - 1]?.(database)
      database.exec(`PRAGMA user_version = ${version}`)
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
}

/** Tells which schema a file has; 0: none yet. */
export function schemaVersion(database: Database): number {
  const row: { user_version: number } = database.prepare('PRAGMA user_version').get()
  return row.user_version
}

/** Refuses a file that a newer program wrote. @throws Problem ServiceUnavailable */
export function checkSchema(found: number, file: string, migrations = MIGRATIONS): void {
  if (found <= migrations.length) return
  const text = `File ${file} has schema ${found}, and this program knows schemas up to ${migrations.length}`
  throw new Problem('ServiceUnavailable', text)
}

// Instants are REAL: beyond the year 2255 they are larger than the integers that JavaScript reads exactly.
const INITIAL = `
CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO state VALUES ('sequence', 0), ('entities', 0);

CREATE TABLE name (key INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE) STRICT;

-- key: the sequence number of the entity's creation, so never used again; version: that of its last change, whose log
-- record holds its text; expires: when the first part of it does
CREATE TABLE entity (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, expires REAL
) STRICT;
CREATE INDEX entity_expiry ON entity (expires) WHERE expires IS NOT NULL;
CREATE TABLE entity_type (
  type INTEGER NOT NULL, entity INTEGER NOT NULL, PRIMARY KEY (type, entity)
) STRICT, WITHOUT ROWID;
CREATE TABLE entity_scope (
  scope TEXT NOT NULL, entity INTEGER NOT NULL, PRIMARY KEY (scope, entity)
) STRICT, WITHOUT ROWID;

-- which attributes an entity has; kind and value repeat its value where it has exactly one scalar
CREATE TABLE presence (
  attribute INTEGER NOT NULL, entity INTEGER NOT NULL, kind INTEGER NOT NULL, value ANY,
  PRIMARY KEY (attribute, entity)
) STRICT, WITHOUT ROWID;
CREATE TABLE scalar (
  attribute INTEGER NOT NULL, kind INTEGER NOT NULL, value ANY NOT NULL, entity INTEGER NOT NULL,
  PRIMARY KEY (attribute, kind, value, entity)
) STRICT, WITHOUT ROWID;

-- geometries that are no point: a point is a scalar, by its cell
CREATE VIRTUAL TABLE box USING rtree (
  key, west, east, south, north, first_attribute, last_attribute, +entity INTEGER
);
CREATE TABLE entity_box (
  entity INTEGER NOT NULL, box INTEGER NOT NULL, PRIMARY KEY (entity, box)
) STRICT, WITHOUT ROWID;

CREATE TABLE type_count (type INTEGER PRIMARY KEY, entities INTEGER NOT NULL) STRICT;
CREATE TABLE attribute_count (
  attribute INTEGER NOT NULL, type INTEGER NOT NULL, entities INTEGER NOT NULL, PRIMARY KEY (attribute, type)
) STRICT, WITHOUT ROWID;
-- type 0 stands for whatever type, with kind '' for whatever kind
CREATE TABLE kind_count (
  attribute INTEGER NOT NULL, type INTEGER NOT NULL, kind TEXT NOT NULL, instances INTEGER NOT NULL,
  PRIMARY KEY (attribute, type, kind)
) STRICT, WITHOUT ROWID;

-- before: the sequence number of the record whose "after" was there before; attributes: null where all came or went
CREATE TABLE log (
  sequence INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, action TEXT NOT NULL,
  at REAL NOT NULL, by TEXT NOT NULL, request TEXT, before INTEGER, after TEXT, attributes TEXT
) STRICT;

-- subject: the key of the entity; attribute 0: all that came or went with it; source: the log record that tells the
-- instance, unless the text is here. life: keys that an id had before
CREATE TABLE history (
  subject INTEGER NOT NULL, attribute INTEGER NOT NULL, time REAL NOT NULL, dataset TEXT NOT NULL,
  deleted INTEGER NOT NULL, source INTEGER NOT NULL, text TEXT,
  PRIMARY KEY (subject, attribute, time, dataset, deleted)
) STRICT, WITHOUT ROWID;
CREATE TABLE life (id TEXT NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY (id, subject)) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  key INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  text TEXT NOT NULL, expires REAL, UNIQUE (collection, id)
) STRICT;
CREATE INDEX document_expiry ON document (expires) WHERE expires IS NOT NULL;
`
