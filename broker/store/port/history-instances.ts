import { createHash } from 'node:crypto'
import type { AttributeChange, EntityChange } from '../../core/model/change.ts'
import type { Entity, Instance } from '../../core/model/entity.ts'
import { SCOPE } from '../../core/model/temporal.ts'
import type { Micros } from '../../core/model/time.ts'
import { deletedInstance } from '../../core/view/told.ts'
import { canonicalInstance } from './canonical.ts'
import type { HistoryInstance } from './store.ts'

/** The place of one instance in history: the same place again replaces it. */
export interface HistoryPlace {
  readonly attribute: string
  readonly datasetId?: string
  /** observedAt, else modifiedAt. */
  readonly time: Micros
  readonly deleted: boolean
}

/** An instance that history is to keep, with its place. */
export interface HistoryEntry {
  readonly place: HistoryPlace
  readonly instance: Omit<HistoryInstance, 'instanceId'>
}

const PREFIX = 'urn:ngsi-ld:Instance:'
const INSTANCE_ID = /^urn:ngsi-ld:Instance:(-?[0-9a-z]{1,11})-[\w-]{11}$/

/** Names an instance for ever: equal places get equal ids on every store, and `instanceTime` finds the time again. */
export function instanceId(entityId: string, { attribute, datasetId, time, deleted }: HistoryPlace): string {
  return idAt(time, seriesName(entityId, { attribute, datasetId, deleted }))
}

/** Answers what the ids of all instances have in common that differ by their time only. */
export function seriesName(
  entityId: string,
  {
    attribute,
    datasetId,
    deleted,
  }: Omit<HistoryPlace, 'time' | 'datasetId'> & { datasetId?: string | undefined },
): string {
  const series = JSON.stringify([entityId, attribute, datasetId ?? null, ...(deleted ? ['deleted'] : [])])
  return createHash('sha256').update(series).digest('base64url').slice(0, 11)
}

/** Answers the id of the instance that a series has at that time. */
export function idAt(time: Micros, name: string): string {
  return `${PREFIX}${time.toString(36)}-${name}`
}

/** Answers the time of the place that `instanceId` gave this id; undefined: it gave no such id. */
export function instanceTime(id: string): Micros | undefined {
  const digits = INSTANCE_ID.exec(id)?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits, 36)
}

/**
 * Answers the id of what is in a place: that which belongs to the place, unless an instance that was there took it along
 * (`carried`); then it gets another one.
 */
export function idBeside(placeId: string, carried: ReadonlySet<string>): string {
  let id = placeId
  while (carried.has(id)) {
    const name = createHash('sha256').update(id).digest('base64url').slice(0, 11)
    id = idAt(instanceTime(id) ?? 0, name)
  }
  return id
}

/** Answers what history tells in one place. */
export function toldInstance(told: Pick<HistoryInstance, 'instance' | 'text'>): Instance {
  return told.instance ?? (JSON.parse(told.text ?? '{}') as Instance) // written by a store from an Instance
}

/** Answers the instances that a change adds to the history of its entity. */
export function historyEntries(change: EntityChange): readonly HistoryEntry[] {
  return change.attributes.map((one) => historyEntry(one, change.at))
}

/** Answers the entry of an instance that is there. */
export function entryOf(attribute: string, instance: Instance): HistoryEntry {
  const { datasetId, modifiedAt } = instance
  const name = { attribute, ...(datasetId !== undefined && { datasetId }) }
  return historyEntry({ ...name, action: 'created', after: instance }, modifiedAt)
}

/**
 * Answers how the scopes of an entity changed, as a change of the attribute that they are in history
 * (CIM 009 v1.9.1, 4.5.6); undefined: they did not.
 */
export function scopeChange(
  before: Entity | undefined,
  after: Entity | undefined,
  at: Micros,
): AttributeChange | undefined {
  const old = scopeInstance(before?.scopes, at)
  const next = scopeInstance(after?.scopes, at)
  if (JSON.stringify(old) === JSON.stringify(next)) return undefined
  const action = old ? (next ? 'updated' : 'deleted') : 'created'
  return { attribute: SCOPE, action, ...(old && { before: old }), ...(next && { after: next }) }
}

function scopeInstance(scopes: readonly string[] | undefined, at: Micros): Instance | undefined {
  if (!scopes?.length) return undefined
  return { kind: 'Property', value: scopes, observedAt: at, createdAt: at, modifiedAt: at }
}

function historyEntry({ attribute, datasetId, before, after }: AttributeChange, at: Micros): HistoryEntry {
  const name = { attribute, ...(datasetId !== undefined && { datasetId }) }
  const place = { time: after?.observedAt ?? after?.modifiedAt ?? at, deleted: !after, ...name }
  if (after) return { place, instance: Object.assign(timesAndText(after), name) }
  const text = before && { text: deletionText(before, at) }
  return { place, instance: { ...name, modifiedAt: at, deletedAt: at, ...text } }
}

/** Writes what history keeps of a deletion: the kind and createdAt of what is gone, with NGSI-LD Null for a value. */
export function deletionText(before: Instance, at: Micros): string {
  return canonicalInstance({ ...deletedInstance(before, at), modifiedAt: at })
}

function timesAndText(instance: Instance): Pick<HistoryInstance, 'observedAt' | 'modifiedAt' | 'text'> {
  const { observedAt, modifiedAt } = instance
  return { ...(observedAt !== undefined && { observedAt }), modifiedAt, text: canonicalInstance(instance) }
}
