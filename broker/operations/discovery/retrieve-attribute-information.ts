import type { AttributeKind } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { type Discover, type DiscoveryDependencies, discover, type Warned } from './discover.ts'
import { notThere } from './not-there.ts'

export interface RetrieveAttributeInformation extends Discover {
  readonly attribute: Iri
}

/** An attribute with its types and kinds; how many instances it has is told only to those who see all of them. */
export interface AttributeInformation {
  readonly types: readonly Iri[]
  readonly kinds: readonly AttributeKind[]
  readonly instances?: number
}

/** Retrieve Available Attribute Information (CIM 009 v1.9.1, 5.7.10). @throws Problem ResourceNotFound */
export const retrieveAttributeInformation =
  (dependencies: DiscoveryDependencies) =>
  async ({ attribute, ...command }: RetrieveAttributeInformation): Promise<Warned<AttributeInformation>> => {
    const question = { about: 'attributes', details: false, name: attribute } as const
    const { types, untyped, count, warnings } = await discover(dependencies, command, question)
    const having = [...types].filter(([, attributes]) => attributes.has(attribute))
    const known = [untyped, ...having.map(([, attributes]) => attributes)].flatMap(
      (attributes) => attributes.get(attribute) ?? [],
    )
    if (having.length === 0 && !untyped.has(attribute))
      throw notThere(`Attribute ${attribute} is on no entity`, warnings)
    return {
      types: having.map(([type]) => type),
      kinds: [...new Set(known)].sort(compareText),
      ...(count !== undefined && { instances: count }),
      warnings,
    }
  }
