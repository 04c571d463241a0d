import type { BoundingBox } from '../../core/geo/bounding-box.ts'
import type { Iri } from '../../core/model/iri.ts'
import { type LiteralStart, literalStart } from './literal-start.ts'
import type { EntityInfo, Registration } from './registration.ts'

/** One EntityInfo of a registration with all else that says what its source may know: what indexes hold. */
export interface RegistrationPart {
  readonly registration: Registration
  /** Empty: any. */
  readonly types: readonly Iri[]
  readonly id?: string
  /** What every id of its pattern holds. */
  readonly literal?: LiteralStart
  /** Empty: any. */
  readonly attributes: readonly Iri[]
  readonly areas: ReadonlyMap<Iri, BoundingBox>
}

const ANY_ENTITY: EntityInfo = { types: [] }

/** Takes a registration apart. */
export function partsOf(registration: Registration): readonly RegistrationPart[] {
  const { information, areas } = registration
  return information.flatMap(({ entities, attributes }) =>
    (entities.length > 0 ? entities : [ANY_ENTITY]).map(({ types, id, idPattern }) => {
      const literal = id === undefined && idPattern !== undefined ? literalStart(idPattern) : undefined
      const ids = { ...(id !== undefined && { id }), ...(literal && { literal }) }
      return { registration, types, attributes, areas, ...ids }
    }),
  )
}
