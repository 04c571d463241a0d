import type { AttributeChange, Decision, EntityChange } from '../model/change.ts'
import type { Attributes, Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { jsonEqual } from '../model/json.ts'
import type { Micros } from '../model/time.ts'
import { instanceOf, instancesOf } from './attributes.ts'
import { sameSet } from './members.ts'

/** What an operation makes of an entity; its times are not yet settled. */
export type Wanted = Pick<Entity, 'types' | 'scopes' | 'expiresAt' | 'attributes'>

/**
 * Compares what is stored with what is wanted, once: unchanged parts keep their times, changed ones keep
 * `createdAt` only (CIM 009 v1.9.1, 4.8). Nothing different: no change. `live` is `stored` without what expired;
 * expired instances leave the entity with the first write that changes it, and are told as deleted.
 */
export function settle(stored: Entity, live: Entity, wanted: Wanted, now: Micros): Decision {
  const attributes = settleAttributes(live.attributes, wanted.attributes, now)
  const members = !sameMembers(live, wanted)
  if (attributes === live.attributes && !members) return {}
  const changes = attributeChanges(live.attributes, attributes)
  const next = entityOf(live, wanted, attributes, now)
  return {
    next,
    change: {
      action: 'updated',
      at: now,
      attributes: [...expiredChanges(stored, live, next), ...changes],
      members,
    },
  }
}

/** Answers the change record of an entity that comes or goes as a whole. */
export function wholeChange(
  action: 'created' | 'deleted',
  { attributes }: Pick<Entity, 'attributes'>,
  at: Micros,
): EntityChange {
  const changes: AttributeChange[] = []
  for (const attribute in attributes) {
    for (const instance of attributes[attribute] ?? []) {
      changes.push(
        action === 'created'
          ? changeOf(attribute, undefined, instance)
          : changeOf(attribute, instance, undefined),
      )
    }
  }
  return { action, at, attributes: changes, members: true }
}

/** Puts the members of an entity in the order in which they are kept. */
export function entityOf(
  { id, createdAt }: Pick<Entity, 'id' | 'createdAt'>,
  { types, scopes, expiresAt }: Wanted,
  attributes: Attributes,
  modifiedAt: Micros,
): Entity {
  if (!scopes?.length && expiresAt === undefined) return { id, types, createdAt, modifiedAt, attributes }
  return {
    id,
    types,
    ...(scopes !== undefined && scopes.length > 0 && { scopes }),
    ...(expiresAt !== undefined && { expiresAt }),
    createdAt,
    modifiedAt,
    attributes,
  }
}

function sameMembers(before: Wanted, after: Wanted): boolean {
  return (
    sameSet(before.types, after.types) &&
    sameSet(before.scopes, after.scopes) &&
    before.expiresAt === after.expiresAt
  )
}

function settleAttributes(before: Attributes, after: Attributes, now: Micros): Attributes {
  if (before === after) return before
  const settled: Record<Iri, readonly Instance[]> = { ...after }
  let same = Object.keys(before).length === Object.keys(after).length
  for (const name in after) {
    const stored = instancesOf(before, name)
    const instances = instancesOf(after, name)
    if (instances === stored) continue
    settled[name] = settleInstances(stored, instances, now)
    same &&= settled[name] === stored
  }
  return same ? before : settled
}

function settleInstances(
  before: readonly Instance[],
  after: readonly Instance[],
  now: Micros,
): readonly Instance[] {
  if (before.length === 0) return after
  const settled = after.map((instance) =>
    settleInstance(
      before.find(({ datasetId }) => datasetId === instance.datasetId),
      instance,
      now,
    ),
  )
  const same = settled.length === before.length && settled.every((instance) => before.includes(instance))
  return same ? before : settled
}

function settleInstance(before: Instance | undefined, after: Instance, now: Micros): Instance {
  if (!before || before === after) return after
  const stored = before.attributes ?? {}
  const attributes = settleAttributes(stored, after.attributes ?? {}, now)
  if (attributes === stored && sameContent(before, after)) return before
  return {
    ...after,
    createdAt: before.createdAt,
    modifiedAt: now,
    ...(after.attributes && { attributes }),
  }
}

/** Tells whether an instance says what the one before said, sub-attributes included, whenever each was written. */
export function isUnchanged(before: Instance, after: Instance): boolean {
  return settleInstance(before, after, after.modifiedAt) === before
}

/** Compares everything but the times of the system and the sub-attributes. */
export function sameContent(before: Instance, after: Instance): boolean {
  return (
    before.kind === after.kind &&
    before.observedAt === after.observedAt &&
    before.unitCode === after.unitCode &&
    before.valueType === after.valueType &&
    before.expiresAt === after.expiresAt &&
    jsonEqual(before.objectType, after.objectType) &&
    jsonEqual(before.value, after.value)
  )
}

function attributeChanges(before: Attributes, after: Attributes): readonly AttributeChange[] {
  const changes: AttributeChange[] = []
  for (const name in before) {
    if (before[name] !== after[name]) addChanges(name, before[name] ?? [], instancesOf(after, name), changes)
  }
  for (const name in after) {
    if (!Object.hasOwn(before, name)) addChanges(name, [], after[name] ?? [], changes)
  }
  return changes
}

function addChanges(
  attribute: Iri,
  before: readonly Instance[],
  after: readonly Instance[],
  changes: AttributeChange[],
): void {
  const find = (list: readonly Instance[], datasetId: string | undefined) =>
    list.find((instance) => instance.datasetId === datasetId)
  for (const instance of before) {
    if (!find(after, instance.datasetId)) changes.push(changeOf(attribute, instance, undefined))
  }
  for (const instance of after) {
    if (!before.includes(instance))
      changes.push(changeOf(attribute, find(before, instance.datasetId), instance))
  }
}

function changeOf(
  attribute: Iri,
  before: Instance | undefined,
  after: Instance | undefined,
): AttributeChange {
  const datasetId = (after ?? before)?.datasetId
  if (after && !before && datasetId === undefined) return { attribute, action: 'created', after }
  const action = before ? (after ? 'updated' : 'deleted') : 'created'
  const change: Changing = { attribute, action }
  if (datasetId !== undefined) change.datasetId = datasetId
  if (before) change.before = before
  if (after) change.after = after
  return change
}

type Changing = { -readonly [K in keyof AttributeChange]: AttributeChange[K] }

/** Tells as deleted what expired of `stored` and is not in `next` again. */
export function expiredChanges(stored: Entity, live: Entity, next: Entity): readonly AttributeChange[] {
  if (stored.attributes === live.attributes) return []
  return attributeChanges(stored.attributes, live.attributes).filter(
    ({ action, attribute, datasetId }) =>
      action === 'deleted' && !instanceOf(next.attributes, attribute, datasetId),
  )
}
