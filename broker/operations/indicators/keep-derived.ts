import { keepNewest } from '../../core/merge/keep-newest.ts'
import { upsertEntity } from '../../core/merge/upsert-entity.ts'
import type { AttributeFragments, EntityFragment, InstanceFragment } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { type JsonValue, jsonEqual } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import { toldInstance } from '../../store/port/history-instances.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import type { BatchStep } from '../batch/run-batch.ts'
import { forgetDerived } from './forget-derived.ts'
import type { IndicatorDependencies } from './indicator.ts'
import { writeDerived } from './write-derived.ts'

/** A value that an attribute shall have had at an instant. */
export interface WantedValue {
  readonly at: Micros
  readonly value: JsonValue
  readonly unitCode?: string
  /** Sub-attributes by their expanded names. */
  readonly details: Readonly<Record<Iri, JsonValue>>
}

/** What the history of one attribute of one entity shall be in a stretch of time. */
export interface WantedHistory {
  readonly id: string
  readonly type: Iri
  readonly scopes?: readonly string[]
  /** What the entity has beside, whenever. */
  readonly lasting: AttributeFragments
  readonly attribute: Iri
  /** Behind `after`, up to and with `to`; absent: open. */
  readonly after: Micros
  readonly to?: Micros
  /** Only at these instants; absent: at all. */
  readonly judged?: ReadonlySet<Micros>
  readonly values: readonly WantedValue[]
}

/** What lasts longer is kept in several turns. */
export const MOST_VALUES = 10_000

/**
 * Makes history what it shall be and writes nothing that is so already: values that are new or others go through the
 * batch upsert, late ones into history alone; those that are no more are taken away. @throws Problem
 */
export async function keepDerived(dependencies: IndicatorDependencies, wanted: WantedHistory): Promise<void> {
  const { store, tenant } = dependencies
  const { id, attribute, after, to, judged, values } = wanted
  const there = await store.instances(tenant, id, {
    attributes: [attribute],
    window: { property: 'observedAt', from: after + 1, ...(to !== undefined && { to: to + 1 }) },
    order: 'oldest',
    perAttribute: MOST_VALUES,
  })
  const known = new Map(there.filter(isValue).map((instance) => [instance.observedAt, instance]))
  const changed = values.filter((value) => !isThere(known.get(value.at), value))
  await writeDerived(
    dependencies,
    changed.map((value) => stepOf(wanted, value)),
  )
  const times = new Set(values.map(({ at }) => at))
  for (const [at = 0, instance] of known)
    if (!times.has(at) && (!judged || judged.has(at))) await forgetDerived(dependencies, wanted, instance)
}

function stepOf(wanted: WantedHistory, value: WantedValue): BatchStep {
  const fragment = fragmentOf(wanted, value)
  const { id, type } = wanted
  return {
    id,
    intent: { action: 'update', id, types: [type], attributes: Object.keys(fragment.attributes) },
    decide: (current, now) => keepNewest(current, upsertEntity(current, fragment, { mode: 'update' }, now)),
  }
}

function fragmentOf(
  { id, type, scopes, lasting, attribute }: WantedHistory,
  value: WantedValue,
): EntityFragment {
  return {
    id,
    types: [type],
    ...(scopes && { scopes }),
    attributes: { ...lasting, [attribute]: [instanceFragment(value)] },
  }
}

function instanceFragment({ at, value, unitCode, details }: WantedValue): InstanceFragment {
  const attributes = Object.entries(details).map(
    ([name, detail]) => [name, [{ kind: 'Property', value: detail }]] as const,
  )
  return {
    kind: 'Property',
    value,
    observedAt: at,
    ...(unitCode !== undefined && { unitCode }),
    attributes: Object.fromEntries(attributes),
  }
}

function isValue({ deletedAt, datasetId }: HistoryInstance): boolean {
  return deletedAt === undefined && datasetId === undefined
}

function isThere(known: HistoryInstance | undefined, { value, unitCode, details }: WantedValue): boolean {
  if (!known) return false
  const instance = toldInstance(known)
  const told = Object.entries(instance.attributes ?? {}).map(([name, [first]]) => [
    name,
    first?.value ?? null,
  ])
  return (
    jsonEqual(instance.value, value) &&
    instance.unitCode === unitCode &&
    jsonEqual(Object.fromEntries(told), details)
  )
}
