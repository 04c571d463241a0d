import type { Entity } from '../../core/model/entity.ts'
import { canonicalEntity } from '../port/canonical.ts'
import { parseEntity } from '../port/change.ts'
import type { EvolutionHead } from '../port/evolution.ts'
import { indexEntries } from '../port/index-entries.ts'
import type { EntityUnit } from '../port/store.ts'
import type { KeptEntity } from './mongo-documents.ts'

/** What was provisioned of an evolution besides its instances. */
export type Provisioned = Omit<EvolutionHead, 'id' | 'deletedAt' | 'state'>

/** Answers what a document keeps of an entity that is there, or of none. */
export function entityFields(entity: Entity | undefined): Partial<KeptEntity> {
  if (!entity) return { types: [], attributes: [], pairs: [], kinds: [], triples: [] }
  const { types, attributes, validUntil, ...entries } = indexEntries(entity)
  const pairs = types.flatMap((type) => attributes.map((attribute) => `${attribute} ${type}`))
  const kinds = entries.kinds.flatMap(({ attribute, kind, instances }) =>
    Array<string>(instances).fill(`${attribute} ${kind}`),
  )
  const triples = types.flatMap((type) =>
    entries.kinds.map(({ attribute, kind }) => `${attribute} ${type} ${kind}`),
  )
  return {
    types,
    attributes,
    pairs,
    kinds,
    triples,
    ...(validUntil !== undefined && { validUntil }),
    text: canonicalEntity(entity),
  }
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
