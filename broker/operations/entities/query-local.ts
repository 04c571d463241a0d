import { typesIn } from '../../core/query/types-in.ts'
import type { View } from '../../core/view/view.ts'
import { noteRead } from '../explanation.ts'
import { type CachedPage, type LocalPage, pageKey } from './cached-page.ts'
import { countCrowds, withCrowds } from './count-crowds.ts'
import { COUNT_PAGE, findMatches } from './find-matches.ts'
import { joinEntities } from './join-entities.ts'
import { linkedElsewhere } from './linked-elsewhere.ts'
import { noteOwn } from './note-provenance.ts'
import { readOrderedPage } from './order-page.ts'
import { pageBudget } from './page-budget.ts'
import { pushedQuery } from './pushed-query.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { type Freshness, renderStored, type Shown, type Style, textsOf } from './render-entity.ts'

/**
 * Answers from this hub's own store, through the page cache while nothing that it could show changes. Those who ask for the
 * same page while it is read share it.
 */
export async function queryLocal(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
): Promise<LocalPage> {
  const { store, pages, clock, federation } = dependencies
  const { tenant, query, join } = command
  const until: Freshness = { earliest: Number.POSITIVE_INFINITY }
  if (command.candidates || command.provenance) return readAnyPage(dependencies, command, style, until)
  // what is linked may come from other hubs
  const key = `${pageKey(command, style)}${join && !command.local ? '|all' : ''}`
  const known = await knownPage(dependencies, key)
  if (command.explanation) command.explanation.cache = known ? 'hit' : 'miss'
  if (known) return known
  // linked entities are of any type
  const types = query.selectors || join ? undefined : typesIn(query.types)
  const registrations = federation.generation(tenant)
  const generation = store.generation(tenant, types) // before the page is read: it may show more, never less
  const reading = readAnyPage(dependencies, command, style, until)
  if (generation === undefined) return reading
  const isSame = (): boolean => !join || command.local || federation.generation(tenant) === registrations
  const lasting = (): boolean =>
    store.generation(tenant, types) === generation && until.earliest > clock() && isSame()
  const cached: CachedPage = { page: reading.then((page) => ({ ...page, lasting })), lasting, until }
  pages.set(key, cached)
  try {
    const page = await cached.page
    if (pages.peek(key) === cached) pages.set(key, { ...cached, page })
    return page
  } catch (error) {
    if (pages.peek(key) === cached) pages.delete(key)
    throw error
  }
}

/** Answers a page that is cached, or being read; undefined: none that is right. @throws Problem where it cannot be read */
async function knownPage({ pages, clock }: ReadDependencies, key: string): Promise<LocalPage | undefined> {
  const cached = pages.get(key)
  if (!cached?.lasting()) return undefined
  const now = clock()
  const page = await cached.page
  // something that it shows may have expired between its beginning and now
  return cached.until.earliest > now ? page : undefined
}

/** Reads a page in the order that is asked for; none asked for: in that of the store. */
async function readAnyPage(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
  until: Freshness,
): Promise<LocalPage> {
  const { ordering, candidates } = command
  const page = await (ordering
    ? readOrderedPage(dependencies, { ...command, ordering }, { style, until })
    : readPage(dependencies, command, style, until))
  const { crowds } = style.view
  if (!crowds || page.count === undefined || candidates) return page
  return withCrowds(page, await countCrowds(dependencies, command, crowds, until))
}

/** Reads a page: candidates from the store's indexes, judged one by one on what the caller sees. */
async function readPage(
  dependencies: ReadDependencies,
  command: QueryEntities,
  style: Style,
  until: Freshness,
): Promise<LocalPage> {
  const { limit, offset, count, after, join } = command
  const shown: Shown[] = []
  let matched = 0
  let place: string | undefined
  const wanted = offset + limit
  const weigh = pageBudget(dependencies.maxPageBytes)
  for await (const { row, sight } of findMatches(dependencies, command, style.view, { after, until })) {
    matched++
    if (matched > offset && matched <= wanted) {
      const rendering = renderStored(dependencies, row, style, sight)
      noteOwn(dependencies, command, row, style)
      weigh(rendering)
      shown.push({ id: row.id, ...rendering })
      place = row.place
    }
    if (matched > wanted) break
  }
  const more = matched > wanted
  return {
    ...(join
      ? await joinEntities(dependencies, shown, {
          join,
          style,
          until,
          ...linkedElsewhere(dependencies, command),
        })
      : textsOf(shown)),
    more,
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
  if (exact && view.unrestricted && !command.candidates) {
    const { store, maxRows } = dependencies
    const page = await store.query(command.tenant, { query, limit: 1, count: true, maxRows })
    noteRead(command.explanation, page, page.exact)
    until.earliest = Math.min(until.earliest, page.validUntil ?? until.earliest)
    if (page.exact && page.count !== undefined) return page.count
  }
  let matched = 0
  for await (const _ of findMatches(dependencies, { ...command, limit: COUNT_PAGE }, view, { until }))
    matched++
  return matched
}
