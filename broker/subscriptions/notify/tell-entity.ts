import type { AttributeChange } from '../../core/model/change.ts'
import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { deletedInstance, type ToldEntity, type ToldInstance } from '../../core/view/told.ts'
import type { NotifiedEntity } from '../notified-entity.ts'
import type { Subscription } from '../subscription.ts'

/** What of a subscription decides how much of a change is told. */
export type Telling = Pick<Subscription, 'showChanges' | 'triggers' | 'watchedAttributes' | 'options'>

/**
 * Answers what a notification tells of an entity (CIM 009 v1.9.1, 5.8.6): as it is now, deleted instances as NGSI-LD Null,
 * with `showChanges` what changed instances were before. The entity itself when there is no more to tell.
 */
export function tellEntity(notified: NotifiedEntity, telling: Telling): ToldEntity | undefined {
  const { before, after, at, changes } = notified
  if (!after) return before && tellDeletion(before, notified, telling)
  if (!before) return after
  const told = changes.filter(
    ({ action }) => action === 'deleted' || (telling.showChanges && action === 'updated'),
  )
  if (told.length === 0) return after
  return { ...after, attributes: tellChanges(after.attributes, told, { before, at, telling }) }
}

interface Sight {
  readonly before: Entity
  readonly at: number
  readonly telling: Telling
}

function tellChanges(attributes: Attributes, changes: readonly AttributeChange[], sight: Sight): Attributes {
  const told: Record<Iri, readonly ToldInstance[]> = { ...attributes }
  for (const name of new Set(changes.map(({ attribute }) => attribute))) {
    const current = attributes[name] ?? []
    const own = changes.filter(({ attribute }) => attribute === name)
    const gone = own.flatMap(({ action, before }) =>
      action === 'deleted' && before && !hasDataset(current, before) ? before : [],
    )
    told[name] = [...current.map((one) => withPrevious(one, own)), ...tellGone(gone, current, sight)]
  }
  return told
}

function hasDataset(instances: readonly Instance[], { datasetId }: Instance): boolean {
  return instances.some((one) => one.datasetId === datasetId)
}

function withPrevious(instance: Instance, changes: readonly AttributeChange[]): ToldInstance {
  const change = changes.find(
    ({ action, datasetId }) => action === 'updated' && datasetId === instance.datasetId,
  )
  return change?.before ? { ...instance, previous: change.before } : instance
}

/** An attribute that is gone as a whole needs no datasetId to say so, unless instances are told one by one. */
function tellGone(
  gone: readonly Instance[],
  current: readonly Instance[],
  { at, telling }: Sight,
): readonly ToldInstance[] {
  const { showChanges, options } = telling
  if (showChanges) return gone.map((before) => ({ ...deletedInstance(before, at), previous: before }))
  const whole = current.length === 0 && !options.datasetIds
  const standing = whole ? gone.find(({ datasetId }) => datasetId === undefined) : undefined
  return (standing ? [standing] : gone).map((before) => deletedInstance(before, at))
}

/** A deleted entity is told by its names and times; with what it had only where changes or deleted attributes are asked for. */
function tellDeletion(before: Entity, { at }: NotifiedEntity, telling: Telling): ToldEntity {
  const { id, types, createdAt, modifiedAt, attributes } = before
  const names = Object.keys(attributes).filter((name) => tellsOf(name, telling))
  const gone = names.map(
    (name) => [name, tellGone(attributes[name] ?? [], [], { before, at, telling })] as const,
  )
  return { id, types, createdAt, modifiedAt, deletedAt: at, attributes: Object.fromEntries(gone) }
}

function tellsOf(name: Iri, { showChanges, triggers, watchedAttributes }: Telling): boolean {
  if (showChanges) return true
  if (triggers.has('entityDeleted') || !triggers.has('attributeDeleted')) return false
  return watchedAttributes?.has(name) ?? true
}
