import type { TermTable } from '../context/term-table.ts'
import type { Iri } from '../model/iri.ts'
import { invalidRequest } from '../model/problem.ts'
import type { AggregatedAttributes } from './aggregate.ts'

/**
 * Leaves out attributes to which none of the methods applies. Where they were asked for by name, or there are no others, the
 * request is refused (CIM 009 v1.9.1, 5.7.4.4). @throws Problem InvalidRequest
 */
export function suitedAttributes(
  aggregated: AggregatedAttributes,
  named: ReadonlySet<Iri> | undefined,
  table: TermTable,
): AggregatedAttributes {
  const suited = Object.entries(aggregated).map(
    ([name, each]) => [name, each.filter(({ methods }) => methods.size > 0)] as const,
  )
  const left = suited.filter(([, each]) => each.length > 0)
  const unsuited = suited.find(([name, each]) => each.length === 0 && (named?.has(name) || left.length === 0))
  if (!unsuited) return left.length === suited.length ? aggregated : Object.fromEntries(left)
  throw invalidRequest(
    `Attribute ${table.compact(unsuited[0])} has no values to which any of the aggregation methods applies`,
  )
}
