import type { Iri } from '../core/model/iri.ts'
import type { TypeNode } from '../core/query/ast.ts'

/** One entity by its id, and by the `type` parameter where it is given: another type is as good as none (404). */
export interface Selected {
  readonly id: string
  /** The `type` parameter, for other hubs. */
  readonly selection?: TypeNode
  readonly selects?: (types: readonly Iri[]) => boolean
}
