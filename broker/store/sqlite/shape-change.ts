import type { Entity } from '../../core/model/entity.ts'
import { kindLines, type Shape, shapeOf } from '../port/shape.ts'
import { changedNames } from './index-delta.ts'

/** The shapes of an entity before and after; absent where there is no entity. */
export interface ShapeChange {
  readonly before?: Shape | undefined
  readonly after?: Shape | undefined
}

/** Answers the shapes of an entity before and after; nothing where both are the same. */
export function shapeChange(before: Entity | undefined, after: Entity | undefined): ShapeChange {
  if (before && after && sameShape(before, after)) return {}
  return { before: before && shapeOf(before), after: after && shapeOf(after) }
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
