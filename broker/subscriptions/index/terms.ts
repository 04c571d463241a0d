import type { BoundingBox } from '../../core/geo/bounding-box.ts'
import { searchBoxes } from '../../core/geo/search-boxes.ts'
import type { Collection } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { EntityQuery, EntitySelector } from '../../core/query/ast.ts'
import { typesIn } from '../../core/query/types-in.ts'
import type { View } from '../../core/view/view.ts'

/** What a change must have at the least to concern a follower: all that is given, of each at least one. */
export interface Terms {
  /** It is a change of something else than an entity; the others are about entities then. */
  readonly collection?: Collection
  /** It is a document of this collection whose id begins with this word. */
  readonly word?: string
  readonly ids?: readonly string[]
  /** The id begins like this. */
  readonly idPrefix?: string
  readonly types?: readonly Iri[]
  /** One of these changed. */
  readonly attributes?: readonly Iri[]
  /** A geometry of this attribute meets one of these boxes. */
  readonly area?: { readonly property: Iri; readonly boxes: readonly BoundingBox[] }
}

/**
 * Answers terms of which every change fulfils one that can notify somebody with this view. What the view masks is no
 * term: the index knows clear values only.
 */
export function termsOf(
  query: EntityQuery,
  watched: ReadonlySet<Iri> | undefined,
  view: View,
): readonly Terms[] {
  const area = areaOf(query, view)
  // what a restricted view shows may change with attributes that it hides
  const attributes = watched && view.unrestricted ? [...watched] : undefined
  const shared = { ...(area && { area }), ...(attributes && { attributes }) }
  const own = selectorTerms(query)
  if (!query.selectors) return [{ ...shared, ...own }]
  return query.selectors.map((selector) => ({ ...shared, ...own, ...selectorTerms(selector) }))
}

function selectorTerms({
  ids,
  idPattern,
  types,
}: Partial<EntitySelector>): Pick<Terms, 'ids' | 'idPrefix' | 'types'> {
  const named = typesIn(types)
  const idPrefix = ids || idPattern === undefined ? '' : literalPrefix(idPattern)
  return {
    ...(ids && { ids }),
    ...(idPrefix !== '' && { idPrefix }),
    ...(named && { types: named }),
  }
}

function areaOf({ geo }: EntityQuery, view: View): Terms['area'] {
  if (!geo || !(view.unrestricted || view.clearEverywhere(geo.property))) return undefined
  const boxes = searchBoxes(geo)
  return boxes && { property: geo.property, boxes }
}

/** Answers how every text begins that a pattern is found in; empty when that cannot be told. */
export function literalPrefix(pattern: string): string {
  const [, literal = '', next = ''] = /^\^([^\\^$.|?*+()[\]{}]*)(.?)/s.exec(pattern) ?? []
  if (pattern.includes('|')) return ''
  // the last character belongs to what follows it
  return '?*+{'.includes(next) && next !== '' ? literal.slice(0, -1) : literal
}
