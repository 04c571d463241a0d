import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Entity } from '../../core/model/entity.ts'
import { invalidRequest, Problem } from '../../core/model/problem.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import type { Release } from '../../core/view/release.ts'
import type { Page, QueryPlan } from '../../store/port/store.ts'
import type { Exports } from '../limited-exports.ts'
import { pushedQuery } from './pushed-query.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { askedReleases, releasedTexts } from './release-entities.ts'
import { look, renderVisible, type Style, styleOf } from './render-entity.ts'

export interface ExportEntities extends Omit<QueryEntities, 'limit' | 'offset' | 'count' | 'after' | 'join'> {
  /** At most so many; absent: all. */
  readonly limit?: number
}

export interface ExportDependencies
  extends Pick<ReadDependencies, 'store' | 'clock' | 'engine' | 'federation' | 'maxRows'> {
  readonly exports: Exports
}

/** Rows that are held at once: few while nobody knows their size, then as many as have about so many characters. */
const FIRST_ROWS = 100
const MOST_ROWS = 1000
const PAGE_LENGTH = 1_000_000

/**
 * Exports all of this hub's own entities that match and that the caller may see, one text each: read page by page as
 * they are asked for, in the order of the store; what is written meanwhile may be in it or not. Other hubs have no order
 * in common with it: where one may hold more, the caller has to say that it wants this hub's own alone.
 * @throws Problem for rights and for other hubs at once, the others with the first text
 */
export function exportEntities(dependencies: ExportDependencies) {
  return (command: ExportEntities): AsyncIterable<string> => {
    const { caller, tenant, local } = command
    caller.check('read', tenant, { resource: 'entity' })
    if (!local && dependencies.federation.asks(command))
      throw invalidRequest(
        'Export holds what this hub has itself, and other hubs may have more: give local=true',
      )
    const releases = askedReleases(command)
    return dependencies.exports(command, () =>
      releases.length === 0
        ? visibleTexts(dependencies, command)
        : withReleases(dependencies, command, releases),
    )
  }
}

/** What the caller sees one by one, and then what it gets among others that look alike. */
async function* withReleases(
  dependencies: ExportDependencies,
  command: ExportEntities,
  releases: readonly Release[],
): AsyncGenerator<string> {
  yield* visibleTexts(dependencies, command)
  const style = styleOf({ ...command, view: command.caller.view(command.tenant) })
  const read = (asked: Style) => matches(dependencies, command, asked)
  for (const release of releases) yield* releasedTexts(release, style, { ...command, read })
}

async function* visibleTexts(
  dependencies: ExportDependencies,
  command: ExportEntities,
): AsyncGenerator<string> {
  const { limit = Number.POSITIVE_INFINITY } = command
  const style: Style = styleOf({ ...command, view: command.caller.view(command.tenant) })
  let left = limit
  for await (const seen of matches(dependencies, command, style)) {
    const { text, disclosed } = renderVisible(seen, style)
    command.disclose?.(disclosed, text === undefined ? undefined : seen.types)
    if (text !== undefined) yield text
    if (--left <= 0) return
  }
}

/** What the view of a style shows of all that matches, in the order of the store. */
async function* matches(
  dependencies: ExportDependencies,
  command: ExportEntities,
  style: Style,
): AsyncGenerator<Entity> {
  const { clock, engine } = dependencies
  const { query } = command
  if (query.geo || query.parts) await engine.ready()
  for await (const { rows } of candidatePages(dependencies, command, style)) {
    for (const row of rows) {
      const { seen } = look(row, style.view, clock())
      if (seen && matchEntity(query, seen, engine)) yield seen
    }
    await nextTurn() // others want to be served too
  }
}

/** Pages of candidates; their size follows that of the entities. */
async function* candidatePages(
  { store, maxRows }: ExportDependencies,
  { tenant, query }: ExportEntities,
  { view }: Style,
): AsyncGenerator<Page> {
  const ask = narrowest([pushedQuery(query, view).query, query.types ? { types: query.types } : {}, {}])
  let size = FIRST_ROWS
  let after: string | undefined
  do {
    const page = await ask((asked) =>
      store.query(tenant, { query: asked, limit: size, maxRows, ...(after !== undefined && { after }) }),
    )
    yield page
    size = pageSize(page)
    after = page.next
  } while (after !== undefined)
}

function pageSize({ rows }: Page): number {
  const length = rows.reduce((sum, { text }) => sum + text.length, 0)
  if (length === 0) return FIRST_ROWS
  return Math.min(MOST_ROWS, Math.max(1, Math.floor((PAGE_LENGTH * rows.length) / length)))
}

/**
 * Asks with the first of the queries; where a store would have to look at too much for one page of it, with the next
 * from then on. The last one takes everything as it comes, and each row is judged here anyway.
 */
function narrowest(queries: readonly EntityQuery[]) {
  let at = 0
  return async function ask(read: (query: QueryPlan['query']) => Promise<Page>): Promise<Page> {
    for (;;) {
      try {
        return await read(queries[at] ?? {})
      } catch (error) {
        const tooComplex = error instanceof Problem && error.code === 'TooComplexQuery'
        if (!tooComplex || at >= queries.length - 1) throw error
        at++
      }
    }
  }
}
