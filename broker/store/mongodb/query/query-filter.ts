import { searchBoxes } from '../../../core/geo/search-boxes.ts'
import type { EntityQuery, EntitySelector, GeoQuery, ScopeNode } from '../../../core/query/ast.ts'
import { scopeRanges } from '../../port/scope-ranges.ts'
import { ANYTHING, allOf, anyOf, type EntityFilter, type Translation, typeFilter } from './filters.ts'
import { idPrefix } from './id-prefix.ts'
import { opaqueName, SCOPE, squareName } from './indexed-values.ts'
import { entryFilter, qFilter, type ValueIndex } from './q-filter.ts'
import { squareSearch } from './square-numbers.ts'

/** Translates a query to a filter that every entity passes which it selects, and maybe others; without entries of values to a coarse one. */
export function queryFilter(query: EntityQuery, index: ValueIndex | undefined): Translation {
  const { selectors, attributes, scope, q, geo } = query
  const parts = [selectorFilter(query)]
  if (selectors) parts.push(anyOf(selectors.map(selectorFilter)))
  if (attributes) parts.push({ filter: { attributes: { $in: [...attributes] } }, exact: true })
  if (scope) parts.push(index ? scopeFilter(scope) : ANYTHING)
  if (q) parts.push(qFilter(q, index))
  if (geo) parts.push(index ? geoFilter(geo) : somewhere(geo))
  return allOf(parts)
}

/** The pattern only counts where there are no ids. */
function selectorFilter({ ids, idPattern, types }: Partial<EntitySelector>): Translation {
  const parts: Translation[] = []
  if (types) parts.push(typeFilter(types, 'types'))
  if (ids) parts.push({ filter: { _id: { $in: [...ids] } }, exact: true })
  else if (idPattern !== undefined) parts.push(patternFilter(idPattern))
  return allOf(parts)
}

function patternFilter(idPattern: string): Translation {
  const known = idPrefix(idPattern)
  if (!known) return ANYTHING
  return { filter: { _id: { $gte: known.prefix, $lt: known.before } }, exact: known.exact }
}

function scopeFilter(node: ScopeNode): Translation {
  if (node.kind !== 'scope') return (node.kind === 'and' ? allOf : anyOf)(node.nodes.map(scopeFilter))
  const { ranges, exact } = scopeRanges(node)
  const parts = ranges.map((range) => ({
    filter: entryFilter([SCOPE], 'scope' in range ? range.scope : { $gte: range.from, $lt: range.before }),
    exact,
  }))
  return anyOf(parts)
}

/** Narrows a geoquery (CIM 009 v1.9.1, 4.10) to what may lie in its boxes; never exact. */
function geoFilter(query: GeoQuery): Translation {
  const boxes = searchBoxes(query)
  if (!boxes) return somewhere(query)
  const { property } = query
  const searches = boxes.map(squareSearch)
  const around = searches.flatMap((search) => search.around)
  const filters = [
    ...searches.flatMap(({ ranges }) =>
      ranges.map(([from, to]) => entryFilter([squareName(property)], { $gte: from, $lte: to })),
    ),
    entryFilter([squareName(property)], { $in: around }),
    entryFilter([opaqueName(property)], 0),
  ]
  return anyOf(filters.map((filter) => ({ filter, exact: false })))
}

function somewhere({ property }: GeoQuery): Translation {
  return { filter: { attributes: property } satisfies EntityFilter, exact: false }
}
