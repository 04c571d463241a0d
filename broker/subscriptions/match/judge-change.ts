import type { GeometryEngine } from '../../core/geo/engine.ts'
import type { AttributeChange } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import type { QueryContext } from '../../core/query/match-q.ts'
import { linkedDepth } from '../../core/query/needs.ts'
import type { NotifiedEntity } from '../notified-entity.ts'
import type { Subscription, Trigger } from '../subscription.ts'

/** What of a subscription decides whether a change notifies. */
export type Judged = Pick<Subscription, 'query' | 'watchedAttributes' | 'triggers' | 'options'>

/** What it takes to judge. */
export interface Judging {
  readonly engine: GeometryEngine
  /** Finds linked entities; absent: a q that needs them is not looked at. */
  readonly context?: QueryContext
}

/**
 * Tells whether a change, as it is seen, notifies (CIM 009 v1.9.1, 5.8.6): one of the triggers happened to a watched
 * attribute, and the entity is selected. What was deleted is judged by how it was last.
 */
export function judgeChange(subscription: Judged, change: NotifiedEntity, judging: Judging): boolean {
  const entity = change.after ?? change.before
  if (!entity || !(change.isTold || isTriggered(subscription, change))) return false
  return isSelected(subscription, entity, judging)
}

const TRIGGER_OF = {
  created: 'attributeCreated',
  updated: 'attributeUpdated',
  deleted: 'attributeDeleted',
} as const satisfies Record<AttributeChange['action'], Trigger>

function isTriggered(
  { triggers, watchedAttributes: watched, options }: Judged,
  { before, after, changes }: NotifiedEntity,
): boolean {
  const { datasetIds } = options
  const seen = changes.filter(
    ({ attribute, datasetId = '@none' }) =>
      (!watched || watched.has(attribute)) && (!datasetIds || datasetIds.includes(datasetId)),
  )
  if (seen.some(({ action }) => triggers.has(TRIGGER_OF[action]))) return true
  // an entity without any watched attribute is none of theirs
  if (watched && seen.length === 0) return false
  return (!before && triggers.has('entityCreated')) || (!after && triggers.has('entityDeleted'))
}

function isSelected({ query }: Judged, entity: Entity, { engine, context }: Judging): boolean {
  if (context || !looksBehind(query)) return matchEntity(query, entity, engine, context)
  const { q: _, ...rest } = query
  return matchEntity(rest, entity, engine)
}

/** Tells whether a query looks into linked entities (4.9). */
export function looksBehind({ q }: Judged['query']): boolean {
  return q !== undefined && linkedDepth(q) > 0
}
