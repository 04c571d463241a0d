import type { Iri } from '../../core/model/iri.ts'
import type { IndexEntries } from '../port/index-entries.ts'
import type { Database } from './connection.ts'
import type { Names } from './names.ts'
import { prepare } from './statements.ts'

type Deltas = Map<string, number>

/** Stands for whatever type in the counters of attribute instances; names are numbered from 1. */
const ANY_TYPE = 0

/** Counters of types, attributes and transient entities: collected per unit, written once per group. */
export class Counts {
  #group: Deltas = new Map()
  #unit: Deltas = new Map()
  readonly #write: (counter: string, delta: number) => void

  constructor(database: Database, names: Names) {
    this.#write = counterTables(database, names)
  }

  /** Notes that an entity changed from these entries to those. */
  add(before: IndexEntries | undefined, after: IndexEntries | undefined): void {
    if (before) count(before, (counter, number) => bump(this.#unit, counter, -number))
    if (after) count(after, (counter, number) => bump(this.#unit, counter, number))
  }

  /** Makes the notes of the unit part of the group. */
  keepUnit(): void {
    for (const [counter, delta] of this.#unit) bump(this.#group, counter, delta)
    this.#unit.clear()
  }

  /** Drops the notes of the unit. */
  dropUnit(): void {
    this.#unit.clear()
  }

  /** Writes the notes of the group. */
  flush(): void {
    for (const [counter, delta] of this.#group) if (delta !== 0) this.#write(counter, delta)
    this.drop()
  }

  /** Drops the notes of the group. */
  drop(): void {
    this.#group.clear()
    this.#unit.clear()
  }
}

// A blank cannot be part of an IRI: it separates two, or stands before what is none. Three: type, attribute, kind.
function count(
  { types, attributes, kinds, transient }: IndexEntries,
  add: (counter: string, number: number) => void,
): void {
  add(' entities', 1)
  if (transient) add(' transient', 1)
  for (const type of types) {
    add(type, 1)
    for (const attribute of attributes) add(`${type} ${attribute}`, 1)
    for (const { attribute, kind, instances } of kinds) add(`${type} ${attribute} ${kind}`, instances)
  }
  for (const { attribute, instances } of kinds) add(` ${attribute} `, instances)
}

function bump(deltas: Deltas, counter: string, by: number): void {
  deltas.set(counter, (deltas.get(counter) ?? 0) + by)
}

function counterTables(database: Database, names: Names): (counter: string, delta: number) => void {
  const state = prepare(database, 'UPDATE state SET value = value + ? WHERE name = ?')
  const type = prepare(
    database,
    'INSERT INTO type_count VALUES (?1, ?2) ON CONFLICT DO UPDATE SET entities = entities + ?2',
  )
  const attribute = prepare(
    database,
    'INSERT INTO attribute_count VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET entities = entities + ?3',
  )
  const kinds = prepare(
    database,
    'INSERT INTO kind_count VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET instances = instances + ?4',
  )
  const intern = (iri: Iri) => names.intern(iri)
  return (counter, delta) => {
    const [first = '', second, kind] = counter.split(' ')
    if (second !== undefined && kind !== undefined)
      kinds.run(intern(second), first === '' ? ANY_TYPE : intern(first), kind, delta)
    else if (second === undefined) type.run(intern(first), delta)
    else if (first === '') state.run(delta, second)
    else attribute.run(intern(second), intern(first), delta)
  }
}
