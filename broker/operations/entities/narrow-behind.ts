import { Problem } from '../../core/model/problem.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { View } from '../../core/view/view.ts'
import { noteRead } from '../explanation.ts'
import { narrowLinked } from './narrow-linked.ts'
import { withTypes } from './pushed-query.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'

/** So many entities behind a relationship are named to find those that point to them. */
const MOST = 500

interface Asker extends Pick<QueryEntities, 'tenant'> {
  readonly view: View
  readonly explanation: QueryEntities['explanation'] | undefined
}

/**
 * Looks first for what a query seeks behind relationships (CIM 009 v1.9.1, 4.9): where few entities are, their ids find
 * those that point to them. Takes a query of which every part may be answered from an index.
 */
export async function narrowBehind(
  { store, maxRows }: Pick<ReadDependencies, 'store' | 'maxRows'>,
  query: EntityQuery,
  { tenant, view, explanation }: Asker,
): Promise<EntityQuery> {
  const { q } = query
  return q ? { ...query, q: await narrowLinked(q, findIds) } : query

  async function findIds(inner: EntityQuery): Promise<readonly string[] | undefined> {
    try {
      const page = await store.query(tenant, { query: withTypes(inner, view), limit: MOST, maxRows })
      noteRead(explanation, page, page.exact)
      return page.next === undefined ? page.rows.map(({ id }) => id) : undefined
    } catch (error) {
      if (error instanceof Problem && error.code === 'TooComplexQuery') return undefined
      throw error
    }
  }
}
