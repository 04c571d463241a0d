import type { Iri } from '../../core/model/iri.ts'
import type { BoxEntry, IndexEntries, ValueEntry } from '../port/index-entries.ts'
import type { Database } from './connection.ts'
import { isTemporal, isText, kindCode, SEVERAL } from './index-kinds.ts'
import type { Names } from './names.ts'
import { prepare } from './statements.ts'

const NOTHING: IndexEntries = {
  types: [],
  scopes: [],
  attributes: [],
  values: [],
  boxes: [],
  kinds: [],
  transient: false,
}

/** What an entity was and is, as far as indexes know. */
export interface IndexChange {
  readonly key: number
  readonly before: IndexEntries | undefined
  readonly after: IndexEntries | undefined
}

/** Answers a function that brings all index tables from the entries before to those after: only what differs. */
export function entityIndex(database: Database, names: Names): (change: IndexChange) => void {
  const index = indexTables(database, names)
  return ({ key, before = NOTHING, after = NOTHING }) => {
    differences(before.types, after.types, String, index.removeType(key), index.addType(key))
    differences(before.scopes, after.scopes, String, index.removeScope(key), index.addScope(key))
    differences(before.values, after.values, valueKey, index.removeValue(key), index.addValue(key))
    differences(
      presences(before),
      presences(after),
      presenceKey,
      index.removePresence(key),
      index.addPresence(key),
    )
    if (!sameBoxes(before.boxes, after.boxes)) index.replaceBoxes(key, before.boxes.length > 0, after.boxes)
  }
}

interface Presence {
  readonly attribute: Iri
  readonly single: ValueEntry | undefined
}

function indexTables(database: Database, names: Names) {
  const addType = prepare(database, 'INSERT INTO entity_type (type, entity) VALUES (?, ?)')
  const removeType = prepare(database, 'DELETE FROM entity_type WHERE type = ? AND entity = ?')
  const addScope = prepare(database, 'INSERT INTO entity_scope (scope, entity) VALUES (?, ?)')
  const removeScope = prepare(database, 'DELETE FROM entity_scope WHERE scope = ? AND entity = ?')
  const addValue = prepare(
    database,
    'INSERT INTO scalar (attribute, kind, value, entity) VALUES (?, ?, ?, ?)',
  )
  const removeValue = prepare(
    database,
    'DELETE FROM scalar WHERE attribute = ? AND kind = ? AND value = ? AND entity = ?',
  )
  const addPresence = prepare(
    database,
    'INSERT OR REPLACE INTO presence (attribute, entity, kind, value) VALUES (?, ?, ?, ?)',
  )
  const removePresence = prepare(database, 'DELETE FROM presence WHERE attribute = ? AND entity = ?')
  return {
    addType: (key: number) => (type: Iri) => void addType.run(names.intern(type), key),
    removeType: (key: number) => (type: Iri) => void removeType.run(names.intern(type), key),
    addScope: (key: number) => (scope: string) => void addScope.run(scope, key),
    removeScope: (key: number) => (scope: string) => void removeScope.run(scope, key),
    addValue:
      (key: number) =>
      ({ attribute, kind, value, many }: ValueEntry) =>
        void addValue.run(names.intern(attribute), kindCode(kind, many), value, key),
    removeValue:
      (key: number) =>
      ({ attribute, kind, value, many }: ValueEntry) =>
        void removeValue.run(names.intern(attribute), kindCode(kind, many), value, key),
    addPresence:
      (key: number) =>
      ({ attribute, single }: Presence) =>
        void addPresence.run(
          names.intern(attribute),
          key,
          single ? kindCode(single.kind, single.many) : SEVERAL,
          single?.value ?? null,
        ),
    removePresence:
      (key: number) =>
      ({ attribute }: Presence) =>
        void removePresence.run(names.intern(attribute), key),
    replaceBoxes: boxTable(database, names),
  }
}

function boxTable(
  database: Database,
  names: Names,
): (key: number, had: boolean, boxes: readonly BoxEntry[]) => void {
  const find = prepare<{ box: number }>(database, 'SELECT box FROM entity_box WHERE entity = ?')
  const forget = prepare(database, 'DELETE FROM entity_box WHERE entity = ?')
  const remove = prepare(database, 'DELETE FROM box WHERE key = ?')
  const remember = prepare(database, 'INSERT INTO entity_box (entity, box) VALUES (?, ?)')
  const add = prepare(
    database,
    'INSERT INTO box (west, east, south, north, first_attribute, last_attribute, entity) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  return (key, had, boxes) => {
    if (had) {
      for (const { box } of find.all(key)) remove.run(box)
      forget.run(key)
    }
    for (const { attribute, box } of boxes) {
      const name = names.intern(attribute)
      const [west, south, east, north] = box
      remember.run(key, Number(add.run(west, east, south, north, name, name, key).lastInsertRowid))
    }
  }
}

function differences<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
  remove: (item: T) => void,
  add: (item: T) => void,
): void {
  const old = new Map(before.map((item) => [keyOf(item), item]))
  const next = new Map(after.map((item) => [keyOf(item), item]))
  for (const [key, item] of old) if (!next.has(key)) remove(item)
  for (const [key, item] of next) if (!old.has(key)) add(item)
}

function valueKey({ attribute, kind, value, many }: ValueEntry): string {
  return `${kindCode(kind, many)} ${attribute} ${value}`
}

function presenceKey({ attribute, single }: Presence): string {
  return single ? valueKey(single) : attribute
}

function presences({ attributes, values }: IndexEntries): readonly Presence[] {
  const singles = new Map<Iri, ValueEntry | undefined>()
  for (const entry of values) {
    const other = singles.get(entry.attribute)
    const first = !singles.has(entry.attribute)
    singles.set(entry.attribute, first || isTextOf(other, entry) ? entry : undefined)
  }
  return attributes.map((attribute) => ({ attribute, single: singles.get(attribute) }))
}

// A text that is a time has two entries: the time stands for both.
function isTextOf(other: ValueEntry | undefined, { kind }: ValueEntry): boolean {
  return isTemporal(kind) && other !== undefined && isText(other.kind)
}

function sameBoxes(before: readonly BoxEntry[], after: readonly BoxEntry[]): boolean {
  return before.length === after.length && before.every((entry, at) => sameBox(entry, after[at]))
}

function sameBox(left: BoxEntry, right: BoxEntry | undefined): boolean {
  return (
    right !== undefined &&
    left.attribute === right.attribute &&
    left.box.every((edge, at) => edge === right.box[at])
  )
}
