import { createHash } from 'node:crypto'
import type { Entity } from '../../../core/model/entity.ts'
import { canonicalEntity } from '../../port/canonical.ts'
import { parseEntity } from '../../port/change.ts'
import { indexEntries } from '../../port/index-entries.ts'
import type { Provisioned } from '../../port/moved-store.ts'
import { shapeOf } from '../../port/shape.ts'
import type { EntityUnit } from '../../port/store.ts'
import type { KeptEntity } from '../mongo-documents.ts'
import { indexedValues } from '../query/indexed-values.ts'

/** The layout that this program gives the members by which entities are found. */
export const LAYOUT = 1

/** Members that go with the entity. */
export const ENTITY_MEMBERS = [
  'text',
  'place',
  'types',
  'attributes',
  'values',
  'shape',
  'validUntil',
] as const satisfies readonly (keyof KeptEntity)[]

/** Members that documents had before there was a layout. */
export const FORMER_MEMBERS = ['pairs', 'kinds', 'triples'] as const

/** Answers what a document keeps of an entity that is there, besides its place, or of none. */
export function entityFields(entity: Entity | undefined): Partial<KeptEntity> {
  if (!entity) return { layout: LAYOUT }
  const { types, attributes, validUntil } = indexEntries(entity)
  return {
    layout: LAYOUT,
    types,
    attributes,
    values: indexedValues(entity),
    shape: shapeName(entity),
    ...(validUntil !== undefined && { validUntil }),
    text: canonicalEntity(entity),
  }
}

/** Names the shape of an entity: one that was counted before says the same. */
function shapeName(entity: Entity): string {
  return createHash('sha256').update(shapeOf(entity)).digest('base64url').slice(0, 22)
}

/** Answers what is added to the document of an entity that a unit changes, so that its evolution is found. */
export function evolutionFields(
  found: KeptEntity | null,
  { next, change: { at, recorded } }: EntityUnit,
): Partial<KeptEntity> {
  const last = next ? undefined : found?.text
  const types = next?.types ?? (last === undefined ? [] : parseEntity(last).types)
  const hasHistory = found?.evolvedTypes || recorded?.length !== 0 || next?.scopes
  return {
    ...(last !== undefined && { last, deletedAt: at }),
    ...(hasHistory && { evolvedTypes: united(types, provisionedOf(found)?.types) }),
  }
}

/** Reads what was provisioned. */
export function provisionedOf(found: Pick<KeptEntity, 'provisioned'> | null): Provisioned | undefined {
  return found?.provisioned === undefined ? undefined : JSON.parse(found.provisioned)
}

/** Answers the texts of both lists, each once. */
export function united(left: readonly string[] = [], right: readonly string[] = []): readonly string[] {
  return [...new Set([...left, ...right])]
}
