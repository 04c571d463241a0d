import type { Iri } from '../../core/model/iri.ts'
import { SCOPE } from '../../core/model/temporal.ts'
import type { Aggregated, AggregatedAttributes } from '../../core/temporal/aggregate.ts'
import { aggregateTotals } from '../../core/temporal/aggregate-totals.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import { type Aggregating, areTotalsAsked, totalsQuery } from './aggregate-evolution.ts'
import { type AskedOfEvolutions, isSummedUp } from './evolution-content.ts'
import { isClear } from './see-condensed.ts'

/**
 * Answers what totals tell of evolutions, by their id: attributes that have anything at that time. One that is missing is
 * only known by its instances.
 */
export type TotalsAhead = (
  heads: readonly EvolutionHead[],
) => Promise<ReadonlyMap<string, AggregatedAttributes>>

/**
 * Makes the reader of totals of one request, for many evolutions at once; undefined: what is asked for is more than plain
 * numbers of named attributes can tell.
 */
export function totalsAhead(
  { store, of: { tenant, view } }: Pick<Aggregating, 'store' | 'of'>,
  asked: AskedOfEvolutions,
): TotalsAhead | undefined {
  const { window, aggregation, options } = asked
  const names = namesOf(asked)
  if (!names || !aggregation || window?.from === undefined || !isSummedUp(asked)) return undefined
  const summing = { ...asked, aggregation }
  if (!areTotalsAsked(summing)) return undefined
  if (options.sysAttrs && !view.unrestricted) return undefined // what is seen dates the entity
  const { from, to = from } = window
  if (!aggregation.period && window.to === undefined) return undefined // it ends with the last instance
  return async (heads) => {
    const found = new Map<string, Record<Iri, readonly Aggregated[]>>(heads.map(({ id }) => [id, {}]))
    for (const name of names) {
      for (const head of heads) if (isVeiled(head, name)) found.delete(head.id)
      const clear = heads.filter((head) => isClear(head, name, view))
      const query = totalsQuery(name, summing, from)
      const totals = await store.aggregates(
        tenant,
        clear.map(({ id }) => id),
        query,
      )
      for (const [at, { id }] of clear.entries()) {
        const own = totals[at]
        const known = found.get(id)
        if (!own) found.delete(id)
        else if (known && own.length > 0)
          known[name] = aggregateTotals(own, aggregation.methods, { from, to })
      }
    }
    return found
  }

  function isVeiled(head: EvolutionHead, name: Iri): boolean {
    return !isClear(head, name, view) && view.treatment(head.types, name) !== 'absent'
  }
}

/** The attributes that are asked for, where nothing else has to be looked at to know what matches. */
function namesOf({ query, options }: AskedOfEvolutions): readonly Iri[] | undefined {
  const { pick, omit, datasetIds } = options
  if (query.q || query.geo || query.scope || query.attributes?.includes(SCOPE)) return undefined
  if (!pick || omit || datasetIds) return undefined
  return [...pick.attributes.keys()]
}
