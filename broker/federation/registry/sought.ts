import type { BoundingBox } from '../../core/geo/bounding-box.ts'
import { searchBoxes } from '../../core/geo/search-boxes.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { GeoQuery, TypeNode } from '../../core/query/ast.ts'
import { typesIn } from '../../core/query/types-in.ts'

/** By what registrations are looked for. Absent members do not narrow. */
export interface Seeking {
  readonly types?: TypeNode
  readonly ids?: readonly string[]
  readonly idPattern?: string
  readonly attributes?: readonly Iri[]
  readonly geo?: GeoQuery
}

/** The same as an index asks for it. */
export interface Sought {
  readonly types: readonly Iri[] | undefined
  readonly ids: readonly string[] | undefined
  readonly idPattern: string | undefined
  readonly attributes: readonly Iri[] | undefined
  readonly area: { readonly property: Iri; readonly boxes: readonly BoundingBox[] } | undefined
}

/** Makes ready what is looked for. */
export function soughtBy({ types, ids, idPattern, attributes, geo }: Seeking): Sought {
  const boxes = geo && searchBoxes(geo)
  return {
    types: typesIn(types),
    ids,
    idPattern: ids ? undefined : idPattern,
    attributes,
    area: geo && boxes && { property: geo.property, boxes },
  }
}
