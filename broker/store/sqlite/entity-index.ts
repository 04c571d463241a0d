import type { Iri } from '../../core/model/iri.ts'
import type { Database } from './connection.ts'
import type { IndexDelta, IndexRows } from './index-delta.ts'
import type { Names } from './names.ts'
import { RowBuffer } from './row-buffer.ts'
import { prepare, type SqlValue } from './statements.ts'

/** The index tables of one file. What is added gathers until it is flushed. */
export class EntityIndex {
  readonly #names: Names
  readonly #added: ReturnType<typeof buffers>
  readonly #removals: ReturnType<typeof removals>
  readonly #boxes: (key: number, boxes: readonly SqlValue[]) => void
  /** Entities with rows among those that gather. */
  #gathering = new Set<number>()

  constructor(database: Database, names: Names) {
    this.#names = names
    this.#added = buffers(database)
    this.#removals = removals(database)
    this.#boxes = boxTable(database, names)
  }

  /** Brings the rows of an entity from one state to the next. */
  apply(key: number, { removed, added, boxes }: IndexDelta): void {
    if (this.#gathering.has(key)) this.flush()
    this.#remove(key, removed)
    this.#add(key, added)
    if (boxes) this.#boxes(key, boxes)
    this.#gathering.add(key)
  }

  /** Writes what has gathered. */
  flush(): void {
    for (const buffer of Object.values(this.#added)) buffer.flush()
    this.#gathering.clear()
  }

  /** Forgets what has gathered. */
  drop(): void {
    for (const buffer of Object.values(this.#added)) buffer.drop()
    this.#gathering.clear()
  }

  #add(key: number, { types, scopes, scalars, presences }: IndexRows): void {
    const { type, scope, scalar, presence } = this.#added
    for (const one of types) type.add(this.#names.intern(one), key)
    for (const one of scopes) scope.add(one, key)
    for (let at = 0; at < scalars.length; at += 4) {
      const [name, kind, value] = [this.#name(scalars[at]), scalars[at + 1] ?? 0, scalars[at + 2] ?? null]
      scalar.add(name, kind, value, key)
      if (scalars[at + 3] === 1) presence.add(name, key, kind, value)
    }
    for (const [attribute, kind, value] of rows(presences, 3))
      presence.add(this.#name(attribute), key, kind ?? 0, value ?? null)
  }

  #remove(key: number, { types, scopes, scalars, presences }: IndexRows): void {
    const { type, scope, scalar, presence } = this.#removals
    for (const one of types) type.run(this.#names.intern(one), key)
    for (const one of scopes) scope.run(one, key)
    for (const [attribute, kind, value] of rows(scalars, 3))
      scalar.run(this.#name(attribute), kind ?? 0, value ?? null, key)
    for (const [attribute] of rows(presences, 1)) presence.run(this.#name(attribute), key)
  }

  #name(attribute: SqlValue | undefined): number {
    return this.#names.intern(String(attribute))
  }
}

function* rows(values: readonly SqlValue[], columns: number): Generator<readonly SqlValue[]> {
  for (let at = 0; at < values.length; at += columns) yield values.slice(at, at + columns)
}

function buffers(database: Database) {
  return {
    type: new RowBuffer(database, 'entity_type', ['type', 'entity']),
    scope: new RowBuffer(database, 'entity_scope', ['scope', 'entity']),
    scalar: new RowBuffer(database, 'scalar', ['attribute', 'kind', 'value', 'entity']),
    presence: new RowBuffer(
      database,
      'presence',
      ['attribute', 'entity', 'kind', 'value'],
      'ON CONFLICT DO UPDATE SET kind = excluded.kind, value = excluded.value',
    ),
  }
}

function removals(database: Database) {
  return {
    type: prepare(database, 'DELETE FROM entity_type WHERE type = ? AND entity = ?'),
    scope: prepare(database, 'DELETE FROM entity_scope WHERE scope = ? AND entity = ?'),
    scalar: prepare(
      database,
      'DELETE FROM scalar WHERE attribute = ? AND kind = ? AND value = ? AND entity = ?',
    ),
    presence: prepare(database, 'DELETE FROM presence WHERE attribute = ? AND entity = ?'),
  }
}

function boxTable(database: Database, names: Names): (key: number, boxes: readonly SqlValue[]) => void {
  const find = prepare<{ box: number }>(database, 'SELECT box FROM entity_box WHERE entity = ?')
  const forget = prepare(database, 'DELETE FROM entity_box WHERE entity = ?')
  const remove = prepare(database, 'DELETE FROM box WHERE key = ?')
  const remember = prepare(database, 'INSERT INTO entity_box (entity, box) VALUES (?, ?)')
  const add = prepare(
    database,
    'INSERT INTO box (west, east, south, north, first_attribute, last_attribute, entity) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  return (key, boxes) => {
    for (const { box } of find.all(key)) remove.run(box)
    forget.run(key)
    for (const [attribute, west = 0, south = 0, east = 0, north = 0] of rows(boxes, 5)) {
      const name = names.intern(String(attribute) satisfies Iri)
      remember.run(key, Number(add.run(west, east, south, north, name, name, key).lastInsertRowid))
    }
  }
}
