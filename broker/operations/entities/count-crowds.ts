import { asksCrowd, type Crowd, refuseTelling } from '../../core/view/crowd.ts'
import { COUNT_PAGE, findMatches } from './find-matches.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import type { Freshness } from './render-entity.ts'

/**
 * Answers how many entities a query selects among those that the caller may count and sees none of: of this hub's own, never
 * too many, and 0 of few. @throws Problem Forbidden where the query could tell few from none
 */
export async function countCrowds(
  dependencies: ReadDependencies,
  command: Pick<QueryEntities, 'tenant' | 'query'>,
  crowds: readonly Crowd[],
  until?: Freshness,
): Promise<number> {
  const asked = crowds.filter((crowd) => asksCrowd(command.query, crowd))
  for (const crowd of asked) refuseTelling(command.query, crowd)
  let told = 0
  for (const crowd of asked) {
    const counting = crowd.count()
    // an explanation would tell the exact number
    const walked = { tenant: command.tenant, query: command.query, limit: COUNT_PAGE, offset: 0 }
    for await (const { row } of findMatches(dependencies, walked, crowd.view, { until })) counting.add(row.id)
    told += counting.told()
  }
  return told
}
