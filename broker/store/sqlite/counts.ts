import type { Iri } from '../../core/model/iri.ts'
import { type Shape, shapeParts } from '../port/shape.ts'
import type { Database } from './connection.ts'
import type { Names } from './names.ts'
import { RowBuffer } from './row-buffer.ts'
import type { ShapeChange } from './shape-change.ts'
import { prepare } from './statements.ts'

type Deltas = Map<string, number>

/** Stands for whatever type in the counters of attribute instances; names are numbered from 1. */
const ANY_TYPE = 0

/** What one entity of a shape counts: counter → how often. */
type Tally = ReadonlyMap<string, number>

/** Shapes whose tallies are remembered: feeds have few. */
const KEPT = 1000

/** Counters of entities, types and attributes: entities are collected by shape and written once per group. */
export class Counts {
  readonly #group = new Map<Shape, number>()
  readonly #tallies = new Map<Shape, Tally>()
  readonly #tables: ReturnType<typeof counterTables>

  constructor(database: Database, names: Names) {
    this.#tables = counterTables(database, names)
  }

  /** Notes that an entity changed its shape. */
  add({ before, after }: ShapeChange): void {
    if (before !== undefined) bump(this.#group, before, -1)
    if (after !== undefined) bump(this.#group, after, 1)
  }

  /** Writes the notes of the group. */
  flush(): void {
    const deltas: Deltas = new Map()
    for (const [shape, entities] of this.#group) {
      if (entities === 0) continue
      for (const [counter, times] of this.#tally(shape)) bump(deltas, counter, times * entities)
    }
    for (const [counter, delta] of deltas) if (delta !== 0) this.#tables.add(counter, delta)
    this.#tables.flush()
    this.#group.clear()
  }

  /** Drops the notes of the group. */
  drop(): void {
    this.#group.clear()
    this.#tables.drop()
  }

  #tally(shape: Shape): Tally {
    const kept = this.#tallies.get(shape)
    if (kept) return kept
    if (this.#tallies.size >= KEPT) this.#tallies.clear()
    const made = tallyOf(shape)
    this.#tallies.set(shape, made)
    return made
  }
}

// A blank cannot be part of an IRI: it separates two, or stands before what is none. Three: type, attribute, kind.
function tallyOf(shape: Shape): Tally {
  const { types, kinds } = shapeParts(shape)
  const tally: Deltas = new Map([[' entities', 1]])
  for (const type of types) {
    bump(tally, type, 1)
    for (const attribute of new Set(kinds.map((kind) => kind.attribute)))
      bump(tally, `${type} ${attribute}`, 1)
    for (const { attribute, kind, instances } of kinds) bump(tally, `${type} ${attribute} ${kind}`, instances)
  }
  for (const { attribute, instances } of kinds) bump(tally, ` ${attribute} `, instances)
  return tally
}

function bump(deltas: Deltas, counter: string, by: number): void {
  deltas.set(counter, (deltas.get(counter) ?? 0) + by)
}

/** Where the changes of counters gather until they are written. */
function counterTables(database: Database, names: Names) {
  const state = prepare(database, 'UPDATE state SET value = value + ? WHERE name = ?')
  const adding = (table: string, columns: readonly string[], count: string) =>
    new RowBuffer(
      database,
      table,
      [...columns, count],
      `ON CONFLICT DO UPDATE SET ${count} = ${count} + excluded.${count}`,
    )
  const type = adding('type_count', ['type'], 'entities')
  const attribute = adding('attribute_count', ['attribute', 'type'], 'entities')
  const kinds = adding('kind_count', ['attribute', 'type', 'kind'], 'instances')
  const intern = (iri: Iri) => names.intern(iri)
  return {
    add: (counter: string, delta: number) => {
      const [first = '', second, kind] = counter.split(' ')
      if (second !== undefined && kind !== undefined)
        kinds.add(intern(second), first === '' ? ANY_TYPE : intern(first), kind, delta)
      else if (second === undefined) type.add(intern(first), delta)
      else if (first === '') state.run(delta, second)
      else attribute.add(intern(second), intern(first), delta)
    },
    flush: () => {
      for (const buffer of [type, attribute, kinds]) buffer.flush()
    },
    drop: () => {
      for (const buffer of [type, attribute, kinds]) buffer.drop()
    },
  }
}
