import { typesIn } from '../../core/query/types-in.ts'
import type { View } from '../../core/view/view.ts'
import { type LocalPage, pageKey } from './cached-page.ts'
import { COUNT_PAGE, type Freshness, findMatches, pushedQuery } from './find-matches.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { renderStored, type Style } from './render-entity.ts'

/** Answers from this hub's own store, through the page cache while nothing that it could show changes. */
export async function queryLocal(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
): Promise<LocalPage> {
  const { store, pages, clock } = dependencies
  const { tenant, query } = command
  const key = pageKey(command, style)
  const kept = pages.get(key)
  if (kept?.lasting?.()) return kept
  const types = query.selectors ? undefined : typesIn(query.types)
  const generation = store.generation(tenant, types) // before the page is read: it may show more, never less
  const until: Freshness = { earliest: Number.POSITIVE_INFINITY }
  const page = await readPage(dependencies, command, style, until)
  if (generation === undefined) return page
  const lasting = (): boolean => store.generation(tenant, types) === generation && until.earliest > clock()
  pages.set(key, { ...page, lasting })
  return { ...page, lasting }
}

/** Reads a page: candidates from the store's indexes, judged one by one on what the caller sees. */
async function readPage(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
  until: Freshness,
): Promise<LocalPage> {
  const { limit, offset, count, after } = command
  const texts: string[] = []
  let matched = 0
  let altered = false
  let place: string | undefined
  const wanted = offset + limit
  for await (const { row, sight } of findMatches(dependencies, command, style.view, { after, until })) {
    matched++
    if (matched > offset && matched <= wanted) {
      const fragment = renderStored(dependencies, row, style, sight)
      if (fragment.text !== undefined) texts.push(fragment.text)
      if (fragment.altered) altered = true
      place = row.place
    }
    if (matched > wanted) break
  }
  const more = matched > wanted
  return {
    texts,
    more,
    ...(altered && { altered }),
    ...(more && place !== undefined && { after: place }),
    ...(count && { count: await countLocal(dependencies, command, style.view, until) }),
  }
}

/** Counts all matches that the caller sees, wherever the page is; from the store's index when that is exact. */
async function countLocal(
  dependencies: ReadDependencies,
  command: QueryEntities,
  view: View,
  until: Freshness,
): Promise<number> {
  const { query, exact } = pushedQuery(command.query, view)
  if (exact && view.unrestricted) {
    const { store, maxRows } = dependencies
    const page = await store.query(command.tenant, { query, limit: 1, count: true, maxRows })
    if (page.exact && page.count !== undefined) return page.count
  }
  let matched = 0
  for await (const _ of findMatches(dependencies, { ...command, limit: COUNT_PAGE }, view, { until }))
    matched++
  return matched
}
