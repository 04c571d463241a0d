import type { Entity, Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import { boxesOf, type IndexKind, valueEntries } from '../../port/index-entries.ts'
import type { KeptValue } from '../mongo-documents.ts'
import { squareNumbers } from './square-numbers.ts'

/** Name of the entries for scopes; a blank, which all other names have, is part of no IRI. */
export const SCOPE = 'scope'

/** So many characters of entries has an entity at most: attributes that are beyond it only the evaluator can judge. */
const MOST_CHARACTERS = 1_000_000
/** What an entry takes besides its name and text. */
const ENTRY_CHARACTERS = 40

/** Answers the name of the entries for scalars of an attribute. */
export function scalarName(attribute: Iri, kind: IndexKind, many: boolean): string {
  return `${attribute} ${kind}${many ? ' item' : ''}`
}

/** Answers the name of the entries for squares that geometries of an attribute lie in. */
export function squareName(attribute: Iri): string {
  return `${attribute} square`
}

/** Answers the name of the entry that an attribute has of which the others do not tell all. */
export function opaqueName(attribute: Iri): string {
  return scalarName(attribute, 'opaque', false)
}

/** Answers what queries find an entity by: scopes, scalars and places, by name. */
export function indexedValues({ scopes = [], attributes }: Entity): readonly KeptValue[] {
  const values: KeptValue[] = scopes.map((scope) => ({ n: SCOPE, v: scope }))
  let room = MOST_CHARACTERS
  for (const attribute in attributes) {
    const own = attributeValues(attribute, attributes[attribute] ?? [])
    const size = own.reduce((sum, one) => sum + charactersOf(one), 0)
    if (size <= room) values.push(...own)
    else values.push({ n: opaqueName(attribute), v: 0 })
    room -= Math.min(size, room)
  }
  return values
}

function attributeValues(attribute: Iri, instances: readonly Instance[]): readonly KeptValue[] {
  const scalars = valueEntries(instances).map(({ kind, value, many }) => ({
    n: scalarName(attribute, kind, many),
    v: value,
  }))
  const squares = boxesOf(instances).flatMap(squareNumbers)
  return [...scalars, ...[...new Set(squares)].map((v) => ({ n: squareName(attribute), v }))]
}

function charactersOf({ n, v }: KeptValue): number {
  return ENTRY_CHARACTERS + n.length + (typeof v === 'string' ? v.length : 0)
}
