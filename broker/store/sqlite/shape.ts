import type { Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { type KindEntry, kindEntries } from '../port/index-entries.ts'
import { changedNames } from './index-delta.ts'

/** What counters count of an entity, as one text: entities of one feed have the same. */
export type Shape = string

/** The shapes of an entity before and after; absent where there is no entity. */
export interface ShapeChange {
  readonly before?: Shape | undefined
  readonly after?: Shape | undefined
}

/** What a shape says. */
export interface ShapeParts {
  readonly types: readonly Iri[]
  readonly kinds: readonly KindEntry[]
}

/** Answers the shapes of an entity before and after; nothing where both are the same. */
export function shapeChange(before: Entity | undefined, after: Entity | undefined): ShapeChange {
  if (before && after && sameShape(before, after)) return {}
  return { before: before && shapeOf(before), after: after && shapeOf(after) }
}

/** Reads what a shape says. */
export function shapeParts(shape: Shape): ShapeParts {
  const [types = '', ...attributes] = shape.split('\n')
  return { types: types.split(' '), kinds: attributes.map(kindEntry) }
}

function kindEntry(line: string): KindEntry {
  const [attribute = '', kind = '', instances] = line.split(' ')
  return { attribute, kind: kind as KindEntry['kind'], instances: Number(instances) } // written below
}

// Neither a blank nor the end of a line can be part of an IRI.
function shapeOf({ types, attributes }: Entity): Shape {
  const pieces = [types.join(' ')]
  for (const attribute in attributes) addKindLines(pieces, attribute, attributes[attribute] ?? [])
  return pieces.join('')
}

function sameShape(before: Entity, after: Entity): boolean {
  return (
    (before.types === after.types || before.types.join(' ') === after.types.join(' ')) &&
    changedNames(before.attributes, after.attributes).every(
      (name) =>
        kindLines(name, before.attributes[name] ?? []) === kindLines(name, after.attributes[name] ?? []),
    )
  )
}

function kindLines(attribute: Iri, instances: readonly Instance[]): string {
  const pieces: string[] = []
  addKindLines(pieces, attribute, instances)
  return pieces.join('')
}

function addKindLines(pieces: string[], attribute: Iri, instances: readonly Instance[]): void {
  const [only] = instances
  if (instances.length === 1 && only) return void pieces.push('\n', attribute, ' ', only.kind, ' 1')
  for (const { kind, instances: count } of kindEntries(attribute, instances))
    pieces.push('\n', attribute, ' ', kind, ' ', String(count))
}
