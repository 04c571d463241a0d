import type { Filter } from 'mongodb'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery, EntitySelector, TypeNode } from '../../core/query/ast.ts'
import type { Page, QueryPlan } from '../port/store.ts'
import type { KeptEntity, TenantCollections } from './mongo-documents.ts'

type EntityFilter = Filter<KeptEntity>

interface Translation {
  readonly filters: readonly EntityFilter[]
  readonly exact: boolean
}

/** Answers a page: ids, types and attributes narrow here, the rest is left to the evaluator. @throws Problem */
export async function queryPage(
  { entities }: TenantCollections,
  plan: QueryPlan,
  now: Micros,
): Promise<Page> {
  const { filters, exact: translated } = translate(plan.query)
  const filter: EntityFilter = { $and: [{ text: { $exists: true } }, ...filters] }
  const validUntil = translated ? await earliestExpiry(entities) : undefined
  const exact = translated && (validUntil === undefined || validUntil > now)
  const offset = exact ? (plan.offset ?? 0) : 0
  if (offset > plan.maxRows) throw tooComplex(plan)
  const limit = Math.min(plan.limit, plan.maxRows - offset)
  const found = await entities
    .find({ $and: [filter, { place: { $gt: placeOf(plan) } }] })
    .sort({ place: 1 })
    .skip(offset)
    .limit(limit + 1)
    .project<Pick<KeptEntity, '_id' | 'version' | 'text' | 'place'>>({ version: 1, text: 1, place: 1 })
    .toArray()
  if (found.length > limit && limit < plan.limit) throw tooComplex(plan)
  const rows = found
    .slice(0, limit)
    .map(({ _id, version, text = '', place }) => ({ id: _id, version, text, place: String(place) }))
  const next = found.length > limit ? (rows.at(-1)?.place ?? plan.after ?? '0') : undefined
  const count = plan.count && exact ? await countMatches(entities, filter, plan) : undefined
  return {
    rows,
    exact,
    ...(exact && validUntil !== undefined && { validUntil }),
    ...(next !== undefined && { next }),
    ...(count !== undefined && { count }),
  }
}

/** Answers entities of which something has expired at this instant, the first to expire first. */
export async function expiredEntities(
  { entities }: TenantCollections,
  now: Micros,
  limit: number,
): Promise<readonly string[]> {
  const found = await entities
    .find({ validUntil: { $lte: now } })
    .sort({ validUntil: 1 })
    .limit(limit)
    .project<Pick<KeptEntity, '_id'>>({ _id: 1 })
    .toArray()
  return found.map(({ _id }) => _id)
}

async function earliestExpiry(entities: TenantCollections['entities']): Promise<Micros | undefined> {
  const projection = { validUntil: 1 } as const
  const first = await entities.findOne({ validUntil: { $gt: 0 } }, { projection, sort: { validUntil: 1 } })
  return first?.validUntil
}

function translate(query: EntityQuery): Translation {
  const { selectors, attributes, scope, q, geo } = query
  const own = selectorFilters(query)
  const others = selectors?.map(selectorFilters) ?? []
  const filters = [
    ...own.filters,
    ...(selectors ? [anyOf(others.map(({ filters: all }) => allOf(all)))] : []),
    ...(attributes ? [{ attributes: { $in: [...attributes] } }] : []),
  ]
  const exact = own.exact && others.every((one) => one.exact) && !scope && !q && !geo
  return { filters, exact }
}

function selectorFilters({ ids, idPattern, types }: Partial<EntitySelector>): Translation {
  return {
    filters: [...(types ? [typeFilter(types, 'types')] : []), ...(ids ? [{ _id: { $in: [...ids] } }] : [])],
    exact: ids !== undefined || idPattern === undefined,
  }
}

/** Answers the filter that a type selection is on a field with types. */
export function typeFilter(node: TypeNode, field: 'types' | 'evolvedTypes'): EntityFilter {
  switch (node.kind) {
    case 'any':
      return {}
    case 'type':
      return { [field]: node.type }
    case 'and':
      return allOf(node.nodes.map((one) => typeFilter(one, field)))
    case 'or':
      return anyOf(node.nodes.map((one) => typeFilter(one, field)))
  }
}

// MongoDB refuses empty lists here: nothing to hold is true, nothing to choose from is false.
function allOf(filters: readonly EntityFilter[]): EntityFilter {
  return filters.length === 0 ? {} : { $and: [...filters] }
}

function anyOf(filters: readonly EntityFilter[]): EntityFilter {
  return filters.length === 0 ? { _id: { $in: [] } } : { $or: [...filters] }
}

async function countMatches(
  entities: TenantCollections['entities'],
  filter: EntityFilter,
  plan: QueryPlan,
): Promise<number> {
  const count = await entities.countDocuments(filter, { limit: plan.maxRows + 1 })
  if (count > plan.maxRows) throw tooComplex(plan)
  return count
}

function placeOf({ after = '0' }: QueryPlan): number {
  const place = Number(after)
  if (!Number.isSafeInteger(place)) throw badRequestData('Place to go on from is none that this store gave')
  return place
}

function tooComplex({ maxRows }: QueryPlan): Problem {
  return new Problem('TooComplexQuery', `Query looks at more than ${maxRows} entities`)
}
