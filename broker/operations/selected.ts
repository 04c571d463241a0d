import type { Iri } from '../core/model/iri.ts'

/** One entity by its id, and by the `type` parameter where it is given: another type is as good as none (404). */
export interface Selected {
  readonly id: string
  readonly selects?: (types: readonly Iri[]) => boolean
}
