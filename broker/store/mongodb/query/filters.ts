import type { Filter } from 'mongodb'
import type { TypeNode } from '../../../core/query/ast.ts'
import type { KeptEntity } from '../mongo-documents.ts'

export type EntityFilter = Filter<KeptEntity>

/** What a part of a query is for the server: every entity that satisfies the part passes the filter. */
export interface Translation {
  readonly filter: EntityFilter
  /** No other entity passes. */
  readonly exact: boolean
}

/** Nothing is known of it. */
export const ANYTHING: Translation = { filter: {}, exact: false }

/** Joins parts that must all hold. */
export function allOf(parts: readonly Translation[]): Translation {
  const filters = parts.map(({ filter }) => filter).filter(narrows)
  const [only = {}] = filters
  return {
    filter: filters.length < 2 ? only : { $and: filters },
    exact: parts.every(({ exact }) => exact),
  }
}

/** Joins parts of which one is enough. */
export function anyOf(parts: readonly Translation[]): Translation {
  const filters = parts.map(({ filter }) => filter)
  const [only = { _id: { $in: [] } }] = filters // MongoDB refuses an empty list of alternatives
  const joined = filters.every(narrows) ? { $or: filters } : {}
  return { filter: filters.length < 2 ? only : joined, exact: parts.every(({ exact }) => exact) }
}

/** Translates a type selection (CIM 009 v1.9.1, 4.17) on a field with types. */
export function typeFilter(node: TypeNode, field: 'types' | 'evolvedTypes'): Translation {
  switch (node.kind) {
    case 'any':
      return { filter: {}, exact: true }
    case 'type':
      return { filter: { [field]: node.type }, exact: true }
    case 'and':
      return allOf(node.nodes.map((one) => typeFilter(one, field)))
    case 'or':
      return anyOf(node.nodes.map((one) => typeFilter(one, field)))
  }
}

/** Names the fields that a filter looks at. */
export function fieldsOf(filter: EntityFilter): readonly string[] {
  const names = Object.entries(filter).flatMap(([name, value]) =>
    name === '$and' || name === '$or' ? (value as readonly EntityFilter[]).flatMap(fieldsOf) : [name],
  )
  return [...new Set(names)].sort()
}

function narrows(filter: EntityFilter): boolean {
  return Object.keys(filter).length > 0
}
