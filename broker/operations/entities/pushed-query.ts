import type { EntityQuery, TypeNode } from '../../core/query/ast.ts'
import { narrow } from '../../core/query/needs.ts'
import { typesIn } from '../../core/query/types-in.ts'
import type { View } from '../../core/view/view.ts'

/** What the store may answer from its indexes: nothing that the caller does not see in clear. */
export function pushedQuery(
  query: EntityQuery,
  view: View,
): { readonly query: EntityQuery; readonly exact: boolean } {
  const among = typesIn(query.types)
  const pushed = narrow(query, (attribute) => view.unrestricted || view.clearEverywhere(attribute, among))
  return { query: withTypes(pushed.query, view), exact: pushed.exact }
}

/** Only types that the caller may see any entity of are looked for. */
export function withTypes(query: EntityQuery, view: View): EntityQuery {
  if (!view.types) return query
  const seen: TypeNode = {
    kind: 'or',
    nodes: [...view.types].map((type) => ({ kind: 'type', type }) as const),
  }
  return { ...query, types: query.types ? { kind: 'and', nodes: [query.types, seen] } : seen }
}
