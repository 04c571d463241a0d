import type { AttributeChange } from '../../core/model/change.ts'
import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { SCOPE, type TimeWindow } from '../../core/model/temporal.ts'
import type { Micros } from '../../core/model/time.ts'

/** What of the past of an entity is meant: what all of these members allow; without any of them everything. */
export interface PastSelection {
  /** Expanded names, `SCOPE` among them. */
  readonly attributes?: readonly Iri[]
  /** '' is the default instance. */
  readonly datasetIds?: readonly string[]
  /** Without a property by the time of the place: observedAt, else modifiedAt. */
  readonly window?: Partial<TimeWindow>
}

/** What was erased, and when: by the version of the change that erased it, and by the clock (`erasedAt`). */
export interface Erasure {
  readonly what: PastSelection
  readonly version: number
  readonly at: Micros
}

/** Where in the log something is told. */
export interface ToldAt {
  readonly version: number
  readonly at: Micros
}

/** Tells whether everything is meant. */
export function isEverything({ attributes, datasetIds, window }: PastSelection): boolean {
  return !attributes && !datasetIds && !window
}

/** Answers the time of an erasure: nothing of the state that it found is of later, though it was written by another clock. */
export function erasedAt(at: Micros, state: Entity | undefined): Micros {
  if (!state) return at
  const instances = Object.values(state.attributes).flat()
  return instances.reduce(
    (latest, { modifiedAt }) => Math.max(latest, modifiedAt),
    Math.max(at, state.modifiedAt),
  )
}

/** Selects what is in one place of history. */
export function placeSelection(attribute: Iri, dataset: string, time: Micros): PastSelection {
  return { attributes: [attribute], datasetIds: [dataset], window: { from: time, to: time + 1 } }
}

/**
 * Answers a state of an entity that is past without what was erased; the same object where nothing of it was. What came
 * after an erasure is none of it, though it may be in the same place.
 */
export function redactEntity(entity: Entity, erasures: readonly Erasure[], told: ToldAt): Entity {
  const attributes = redactAttributes(entity.attributes, erasures, told)
  const scopeGone = entity.scopes !== undefined && erasures.some((one) => meansScopes(one, told))
  if (attributes === entity.attributes && !scopeGone) return entity
  const { scopes, ...rest } = entity
  return { ...rest, ...(scopes && !scopeGone && { scopes }), attributes }
}

/** Answers what a record tells of single attributes without what was erased: their names stay. */
export function redactChanges(
  changes: readonly AttributeChange[],
  erasures: readonly Erasure[],
  told: ToldAt,
): readonly AttributeChange[] {
  const isGone = (attribute: Iri, instance: Instance | undefined): boolean =>
    instance !== undefined && isErased(attribute, instance, erasures, told)
  let same = true
  const redacted = changes.map((change) => {
    const { attribute, before, after } = change
    const [beforeGone, afterGone] = [isGone(attribute, before), isGone(attribute, after)]
    if (!beforeGone && !afterGone) return change
    same = false
    const { before: _, after: __, ...named } = change
    return {
      ...named,
      ...(before && !beforeGone && { before }),
      ...(after && !afterGone && { after }),
    }
  })
  return same ? changes : redacted
}

/** Answers the same of a record that holds the current state: what that was made of stays. */
export function redactBefore(
  changes: readonly AttributeChange[],
  erasures: readonly Erasure[],
  told: ToldAt,
): readonly AttributeChange[] {
  let same = true
  const redacted = changes.map((change) => {
    const { after, ...past } = change
    const [named = past] = redactChanges([past], erasures, told)
    if (named === past) return change
    same = false
    return after ? { ...named, after } : named
  })
  return same ? changes : redacted
}

function redactAttributes(attributes: Attributes, erasures: readonly Erasure[], told: ToldAt): Attributes {
  let same = true
  const left: Record<Iri, readonly Instance[]> = {}
  for (const [name, instances] of Object.entries(attributes)) {
    const kept = instances.filter((instance) => !isErased(name, instance, erasures, told))
    if (kept.length < instances.length) same = false
    if (kept.length > 0) left[name] = kept.length < instances.length ? kept : instances
  }
  return same ? attributes : left
}

function isErased(
  attribute: Iri,
  instance: Instance,
  erasures: readonly Erasure[],
  { version }: ToldAt,
): boolean {
  return erasures.some(
    (erasure) =>
      (version <= erasure.version || instance.modifiedAt <= erasure.at) &&
      isMeant(attribute, instance, erasure.what),
  )
}

/** Tells whether an instance of a state is selected. */
function isMeant(
  attribute: Iri,
  { datasetId = '', ...times }: Instance,
  { attributes, datasetIds, window }: PastSelection,
): boolean {
  if (attributes && !attributes.includes(attribute)) return false
  if (datasetIds && !datasetIds.includes(datasetId)) return false
  if (!window) return true
  const { property } = window
  if (property === 'deletedAt') return false
  return isInside(property ? times[property] : (times.observedAt ?? times.modifiedAt), window)
}

/** Scopes are told with the times of their record; those of a later one were set, or left, knowingly. */
function meansScopes({ what, version, at }: Erasure, told: ToldAt): boolean {
  const { attributes, datasetIds, window } = what
  if ((told.version > version && told.at > at) || attributes?.includes(SCOPE) === false) return false
  if (datasetIds?.includes('') === false || window?.property === 'deletedAt') return false
  return !window || isInside(told.at, window)
}

function isInside(time: Micros | undefined, { from, to }: Partial<TimeWindow>): boolean {
  return time !== undefined && (from === undefined || time >= from) && (to === undefined || time < to)
}
