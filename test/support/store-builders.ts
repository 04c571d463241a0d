import type { AttributeChange, EntityChange } from '../../broker/core/model/change.ts'
import type { Entity, Instance } from '../../broker/core/model/entity.ts'
import type { JsonObject, JsonValue } from '../../broker/core/model/json.ts'
import type { EvolutionChange, EvolutionUnit } from '../../broker/store/port/evolution.ts'
import type { DocumentUnit, EntityUnit } from '../../broker/store/port/store.ts'

/** An instant that tests count from: 2026-01-01T00:00:00Z. */
export const NOW = 1_767_225_600_000_000

export const TYPE = 'https://example.org/AirQualityObserved'
export const PM10 = 'https://example.org/pm10'

/** Builds an instance of a Property. */
export function property(value: JsonValue, members: Partial<Instance> = {}): Instance {
  return { kind: 'Property', value, createdAt: NOW, modifiedAt: NOW, ...members }
}

/** Builds an entity. */
export function entity(id: string, members: Partial<Entity> = {}): Entity {
  return {
    id,
    types: [TYPE],
    createdAt: NOW,
    modifiedAt: NOW,
    attributes: { [PM10]: [property(21.5)] },
    ...members,
  }
}

/** Builds the unit that creates or replaces an entity. */
export function put(
  next: Entity,
  expectedVersion: EntityUnit['expectedVersion'] = 0,
  before?: Entity,
): EntityUnit {
  const change = entityChange(before, next)
  const base = { expectedVersion, origin: { by: 'tester' }, ...(before && { before }) }
  return { collection: 'entity', id: next.id, ...base, next, change }
}

/** Builds the unit that deletes an entity. */
export function remove(before: Entity, expectedVersion: EntityUnit['expectedVersion'], at = NOW): EntityUnit {
  const change = { ...entityChange(before, undefined), at }
  return { collection: 'entity', id: before.id, expectedVersion, before, change, origin: { by: 'tester' } }
}

/** Builds the unit of a change of history. */
export function evolve(id: string, change: EvolutionChange, at = NOW): EvolutionUnit {
  return { collection: 'evolution', id, at, origin: { by: 'tester' }, change }
}

export interface AppendMembers {
  readonly attribute?: string
  readonly at?: number
  readonly needs?: 'present' | 'either'
  readonly types?: readonly string[]
  readonly scopes?: readonly string[]
}

/** Builds the unit that adds instances to history. */
export function append(
  id: string,
  instances: readonly Instance[],
  { attribute = PM10, at = NOW, needs = 'either', types = [TYPE], scopes }: AppendMembers = {},
): EvolutionUnit {
  const made = instances.map((instance) => ({ attribute, instance }))
  return evolve(id, { action: 'append', needs, types, ...(scopes && { scopes }), instances: made }, at)
}

/** Builds a unit of a document. */
export function document(
  id: string,
  next: JsonObject | undefined,
  members: Partial<Omit<DocumentUnit, 'id' | 'next'>> = {},
): DocumentUnit {
  return {
    collection: 'subscription',
    id,
    at: NOW,
    origin: { by: 'tester', requestId: 'r1' },
    ...(next && { next }),
    ...members,
  }
}

/** What lies between two states of an entity, instance by instance. */
export function entityChange(before: Entity | undefined, after: Entity | undefined): EntityChange {
  const names = new Set([...Object.keys(before?.attributes ?? {}), ...Object.keys(after?.attributes ?? {})])
  const attributes = [...names].flatMap((name) =>
    attributeChanges(name, before?.attributes[name] ?? [], after?.attributes[name] ?? []),
  )
  const action = before ? (after ? 'updated' : 'deleted') : 'created'
  return { action, at: after?.modifiedAt ?? NOW, attributes, members: !before || !after }
}

function attributeChanges(
  attribute: string,
  before: readonly Instance[],
  after: readonly Instance[],
): readonly AttributeChange[] {
  const datasets = new Set([...before, ...after].map(({ datasetId }) => datasetId))
  return [...datasets].map((datasetId) => {
    const old = before.find((instance) => instance.datasetId === datasetId)
    const next = after.find((instance) => instance.datasetId === datasetId)
    return {
      attribute,
      ...(datasetId !== undefined && { datasetId }),
      action: old ? (next ? 'updated' : 'deleted') : 'created',
      ...(old && { before: old }),
      ...(next && { after: next }),
    }
  })
}
