import { type TemporalInstance, timeOf } from '../../core/model/temporal.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { combineInstances, type EvolutionCopy } from '../../federation/temporal/combine-evolutions.ts'
import type {
  EvolutionHead,
  EvolutionQuery,
  EvolutionStore,
  InstanceQuery,
} from '../../store/port/evolution.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import { byAttribute } from './instance-reader.ts'

/**
 * Answers this hub's history with that of other hubs laid over it, so that all that reads evolutions reads what comes
 * together (CIM 009 v1.9.1, 5.7.3.4, 5.7.4.4). Totals tell of this hub alone, so of what others have a part in only the
 * instances tell.
 */
export function overlayEvolutions(store: EvolutionStore, copies: readonly EvolutionCopy[]): EvolutionStore {
  const told = new Map<string, EvolutionCopy[]>()
  for (const copy of copies) told.set(copy.entity.id, [...(told.get(copy.entity.id) ?? []), copy])
  return {
    commit: (tenant, units) => store.commit(tenant, units),
    condensed: (tenant, id, range) => store.condensed(tenant, id, range),
    evolutions: async (tenant, query) => mergeHeads(await store.evolutions(tenant, query), told, query),
    instances: async (tenant, id, query) => {
      const own = await store.instances(tenant, id, query)
      const others = told.get(id)
      return others ? mergeInstances(own, others, query) : own
    },
    aggregates: async (tenant, ids, query) => {
      if (query.condensed) return store.aggregates(tenant, ids, query)
      const alone = ids.filter((id) => !told.has(id))
      const totals = alone.length === 0 ? [] : await store.aggregates(tenant, alone, query)
      const known = new Map(alone.map((id, at) => [id, totals[at]]))
      return ids.map((id) => known.get(id))
    },
  }
}

function mergeHeads(
  own: readonly EvolutionHead[],
  told: ReadonlyMap<string, readonly EvolutionCopy[]>,
  { ids, after, limit }: EvolutionQuery,
): readonly EvolutionHead[] {
  const heads = new Map(own.map((head) => [head.id, head]))
  const end = own.length < limit ? undefined : own.at(-1)?.id
  const wanted = ids && new Set(ids)
  for (const [id, copies] of told) {
    if (wanted && !wanted.has(id)) continue
    if (after !== undefined && compareText(id, after) <= 0) continue
    if (end !== undefined && compareText(id, end) > 0) continue
    heads.set(id, headOf(heads.get(id), copies))
  }
  return [...heads.values()].sort((one, other) => compareText(one.id, other.id)).slice(0, limit)
}

function headOf(own: EvolutionHead | undefined, copies: readonly EvolutionCopy[]): EvolutionHead {
  const entities = copies.map(({ entity }) => entity)
  const all: readonly EvolutionHead[] = own ? [own, ...entities] : entities
  const [first] = all
  if (!first) throw new Error('No copy was given to make a head of')
  const scopes = [...new Set(all.flatMap((head) => head.scopes ?? []))]
  const ends = all.flatMap(({ deletedAt }) => deletedAt ?? [])
  return {
    id: first.id,
    types: [...new Set(all.flatMap(({ types }) => types))],
    ...(scopes.length > 0 && { scopes }),
    createdAt: Math.min(...all.map(({ createdAt }) => createdAt)),
    modifiedAt: Math.max(...all.map(({ modifiedAt }) => modifiedAt)),
    ...(ends.length === all.length && { deletedAt: Math.max(...ends) }),
    ...(own?.state && { state: own.state }),
  }
}

function mergeInstances(
  rows: readonly HistoryInstance[],
  others: readonly EvolutionCopy[],
  query: InstanceQuery,
): readonly HistoryInstance[] {
  const { attributes, window = {}, order, perAttribute } = query
  const { property, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = window
  const own = byAttribute(rows)
  const names = new Set([
    ...Object.keys(own),
    ...others.flatMap(({ entity }) => Object.keys(entity.attributes)),
  ])
  const wanted = attributes ? [...names].filter((name) => attributes.includes(name)) : [...names]
  const sign = order === 'oldest' ? 1 : -1
  const placeOf = (instance: TemporalInstance): number => timeOf(instance, property) ?? 0
  return wanted.flatMap((name) => {
    const told = others.map(({ entity, auxiliary }) => ({
      instances: (entity.attributes[name] ?? []).filter(isInTime),
      auxiliary,
    }))
    const combined = combineInstances([{ instances: own[name] ?? [] }, ...told], property)
    return [...combined]
      .sort((one, other) => sign * (placeOf(one) - placeOf(other)))
      .slice(0, perAttribute)
      .map((instance) => rowOf(name, instance))
  })

  function isInTime(instance: TemporalInstance): boolean {
    const at = timeOf(instance, property)
    return at !== undefined && at >= from && at < to
  }
}

function rowOf(attribute: string, told: TemporalInstance): HistoryInstance {
  const { instanceId, deletedAt, ...instance } = told
  const { datasetId, observedAt, modifiedAt } = instance
  return {
    instanceId,
    attribute,
    ...(datasetId !== undefined && { datasetId }),
    ...(observedAt !== undefined && { observedAt }),
    modifiedAt,
    ...(deletedAt !== undefined && { deletedAt }),
    instance,
  }
}
