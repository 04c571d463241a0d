import type { Ordering } from '../../core/query/ast.ts'
import { collatorOf } from '../../core/query/collator.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { Leading } from '../../core/query/leading.ts'
import { compareKeys, type OrderKey, orderKeys } from '../../core/query/order-key.ts'
import type { LocalPage } from './cached-page.ts'
import { COUNT_PAGE, findMatches } from './find-matches.ts'
import { joinEntities } from './join-entities.ts'
import { linkedElsewhere } from './linked-elsewhere.ts'
import { noteOwn } from './note-provenance.ts'
import { pageBudget } from './page-budget.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { type Freshness, look, renderStored, type Style, textsOf } from './render-entity.ts'

interface Candidate {
  readonly id: string
  readonly keys: readonly OrderKey[]
}

/**
 * Reads a page of the matches in the order that was asked for (CIM 009 v1.9.1, 4.23), by what the caller sees of them;
 * their ids decide where that leaves two equal. All matches are looked at; what is kept of them are the keys of those up
 * to the end of the page. @throws Problem TooComplexQuery
 */
export async function readOrderedPage(
  dependencies: ReadDependencies,
  command: QueryEntities & { readonly ordering: Ordering },
  { style, until }: { readonly style: Style; readonly until: Freshness },
): Promise<LocalPage> {
  const { store, clock, engine } = dependencies
  const { tenant, limit, offset, count, join, ordering } = command
  const means = { engine, compact: (iri: string) => style.table.compact(iri) }
  const order = { terms: ordering.terms, compareTexts: collatorOf(ordering.collation) }
  const leading = new Leading<Candidate>(
    offset + limit,
    (left, right) => compareKeys(left.keys, right.keys, order) || compareText(left.id, right.id),
  )
  if (ordering.from) await engine.ready()
  const now = clock()
  let matched = 0
  const all = { ...command, offset: 0, limit: COUNT_PAGE }
  for await (const { row, sight } of findMatches(dependencies, all, style.view, { until })) {
    matched++
    const seen = sight ? sight.seen : look(row, style.view, now).seen
    if (seen) leading.add({ id: row.id, keys: orderKeys(seen, ordering, means) })
  }
  const ids = leading
    .sorted()
    .slice(offset)
    .map(({ id }) => id)
  const weigh = pageBudget(dependencies.maxPageBytes)
  const shown = (await store.readMany(tenant, ids)).map((stored) => {
    const rendering = renderStored(dependencies, stored, style)
    noteOwn(dependencies, command, stored, style)
    weigh(rendering)
    return { id: stored.id, ...rendering }
  })
  return {
    ...(join
      ? await joinEntities(dependencies, shown, {
          join,
          style,
          until,
          ...linkedElsewhere(dependencies, command),
        })
      : textsOf(shown)),
    more: matched > offset + limit,
    ...(count && { count: matched }),
  }
}
