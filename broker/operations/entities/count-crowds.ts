import type { EntityQuery } from '../../core/query/ast.ts'
import { asksCrowd, type Crowd, questionOf, refuseTelling } from '../../core/view/crowd.ts'
import type { LocalPage } from './cached-page.ts'
import { COUNT_PAGE, findMatches } from './find-matches.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import type { Freshness } from './render-entity.ts'

/** What is told of entities that the caller sees none of. */
export interface ToldOfCrowds {
  readonly count: number
  /** What is said of noise in it; empty: there is none. */
  readonly noise: readonly string[]
}

/**
 * Answers how many entities a query selects among those that the caller may count and sees none of: of this hub's own, 0 of
 * few and, without noise, never too many; undefined: there are none such that it asks for. @throws Problem Forbidden where the query could tell few from none
 */
export async function countCrowds(
  dependencies: ReadDependencies,
  command: Pick<QueryEntities, 'tenant' | 'query'>,
  crowds: readonly Crowd[],
  until?: Freshness,
): Promise<ToldOfCrowds | undefined> {
  const { tenant, query } = command
  const asked = askedCrowds(query, crowds)
  if (asked.length === 0) return undefined
  let told = 0
  for (const crowd of asked) {
    let count = 0
    let first: string | undefined
    // an explanation would tell the exact number
    const walked = { tenant, query, limit: COUNT_PAGE, offset: 0 }
    for await (const { row } of findMatches(dependencies, walked, crowd.view, { until })) {
      count++
      const place = crowd.place(row.id)
      if (first === undefined || place < first) first = place
    }
    told += crowd.told({ count, first }, questionOf(tenant, query))
  }
  return { count: told, noise: asked.flatMap(({ noise }) => noise ?? []) }
}

/** Answers the crowds that a query asks for. @throws Problem Forbidden where it could tell few from none */
export function askedCrowds(query: EntityQuery, crowds: readonly Crowd[]): readonly Crowd[] {
  const asked = crowds.filter((crowd) => asksCrowd(query, crowd))
  for (const crowd of asked) refuseTelling(query, crowd)
  return asked
}

/** Adds what is told of crowds to a page with a count. */
export function withCrowds<Page extends Pick<LocalPage, 'count' | 'together'>>(
  page: Page,
  together: ToldOfCrowds | undefined,
): Page {
  return together ? { ...page, count: (page.count ?? 0) + together.count, together } : page
}
