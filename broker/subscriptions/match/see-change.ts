import { atTime } from '../../core/merge/at-time.ts'
import { sameSet } from '../../core/merge/members.ts'
import { sameContent } from '../../core/merge/settle.ts'
import type { AttributeChange, LogRecord } from '../../core/model/change.ts'
import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import type { NotifiedEntity } from '../notified-entity.ts'

/**
 * Answers what a record of an entity tells whoever has this view: the entity before and after as it is seen, and what
 * differs between the two. Comes into view: created; goes out of it: deleted. undefined: nothing that is seen changed.
 * `after` is without what has expired at `now`; that it went is told by the record that takes it away.
 */
export function seeChange(record: LogRecord, view: View, now: Micros): NotifiedEntity | undefined {
  const { id, at } = record
  const stored = states(record)
  const before = stored.before && see(stored.before, view)
  const after = stored.after && see(stored.after, view)
  const alive = after && atTime(after, now)
  if (!alive && (after || !before)) return undefined
  const asStored = before === stored.before && after === stored.after
  const changes = asStored ? timely(record.attributes ?? []) : differences(before, after)
  if (before && after && changes.length === 0 && sameMembers(before, after)) return undefined
  return { id, at, ...(before && { before }), ...(alive && { after: alive }), changes }
}

/** The entity before and after; one that expired and was created anew was not there before. */
function states({ action, before, after }: LogRecord): { readonly before?: Entity; readonly after?: Entity } {
  return {
    ...(before && action !== 'created' && { before: before as Entity }), // records of entities hold entities
    ...(after && { after: after as Entity }),
  }
}

/** What is older than the current instance goes to history alone. */
function timely(changes: readonly AttributeChange[]): readonly AttributeChange[] {
  return changes.some(({ late }) => late) ? changes.filter(({ late }) => !late) : changes
}

function sameMembers(before: Entity, after: Entity): boolean {
  return (
    before.expiresAt === after.expiresAt &&
    sameSet(before.types, after.types) &&
    sameSet(before.scopes, after.scopes)
  )
}

const NONE: Attributes = {}

/** Answers which instances differ between two states of an entity, other than in the times of the system. */
export function differences(
  before: Entity | undefined,
  after: Entity | undefined,
): readonly AttributeChange[] {
  const was = before?.attributes ?? NONE
  const is = after?.attributes ?? NONE
  const names = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...names].flatMap((attribute) =>
    was[attribute] === is[attribute]
      ? []
      : instanceChanges(attribute, was[attribute] ?? [], is[attribute] ?? []),
  )
}

function instanceChanges(
  attribute: string,
  before: readonly Instance[],
  after: readonly Instance[],
): readonly AttributeChange[] {
  const gone = before
    .filter((instance) => !sameDataset(after, instance))
    .map((instance) => changeOf(attribute, instance, undefined))
  const other = after.flatMap((instance) => {
    const old = sameDataset(before, instance)
    return old && sameSeen(old, instance) ? [] : [changeOf(attribute, old, instance)]
  })
  return [...gone, ...other]
}

function sameDataset(instances: readonly Instance[], { datasetId }: Instance): Instance | undefined {
  return instances.find((instance) => instance.datasetId === datasetId)
}

function changeOf(
  attribute: string,
  before: Instance | undefined,
  after: Instance | undefined,
): AttributeChange {
  const datasetId = (after ?? before)?.datasetId
  return {
    attribute,
    ...(datasetId !== undefined && { datasetId }),
    action: before ? (after ? 'updated' : 'deleted') : 'created',
    ...(before && { before }),
    ...(after && { after }),
  }
}

/** Compares all but the times of the system: a new time alone tells of something that is not seen. */
function sameSeen(before: Instance, after: Instance): boolean {
  if (before === after) return true
  return sameContent(before, after) && sameAttributes(before.attributes ?? NONE, after.attributes ?? NONE)
}

function sameAttributes(before: Attributes, after: Attributes): boolean {
  const names = Object.keys(before)
  return (
    sameSet(names, Object.keys(after)) &&
    names.every((name) => sameInstances(before[name] ?? [], after[name] ?? []))
  )
}

function sameInstances(before: readonly Instance[], after: readonly Instance[]): boolean {
  return (
    before.length === after.length &&
    after.every((instance) => {
      const old = sameDataset(before, instance)
      return old !== undefined && sameSeen(old, instance)
    })
  )
}
