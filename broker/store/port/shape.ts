import type { Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { type KindEntry, kindEntries } from './index-entries.ts'

/** What counters count of an entity, as one text: entities of one feed have the same. */
export type Shape = string

/** What a shape says. */
export interface ShapeParts {
  readonly types: readonly Iri[]
  readonly kinds: readonly KindEntry[]
}

/** Answers the shape of an entity. */
export function shapeOf({ types, attributes }: Entity): Shape {
  const pieces = [types.join(' ')]
  for (const attribute in attributes) addKindLines(pieces, attribute, attributes[attribute] ?? [])
  return pieces.join('')
}

/** Reads what a shape says. */
export function shapeParts(shape: Shape): ShapeParts {
  const [types = '', ...attributes] = shape.split('\n')
  return { types: types.split(' '), kinds: attributes.map(kindEntry) }
}

/** Answers what an attribute adds to a shape. */
export function kindLines(attribute: Iri, instances: readonly Instance[]): string {
  const pieces: string[] = []
  addKindLines(pieces, attribute, instances)
  return pieces.join('')
}

function kindEntry(line: string): KindEntry {
  const [attribute = '', kind = '', instances] = line.split(' ')
  return { attribute, kind: kind as KindEntry['kind'], instances: Number(instances) } // written below
}

// Neither a blank nor the end of a line can be part of an IRI.
function addKindLines(pieces: string[], attribute: Iri, instances: readonly Instance[]): void {
  const [only] = instances
  if (instances.length === 1 && only) return void pieces.push('\n', attribute, ' ', only.kind, ' 1')
  for (const { kind, instances: count } of kindEntries(attribute, instances))
    pieces.push('\n', attribute, ' ', kind, ' ', String(count))
}
