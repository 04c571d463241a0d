import type { AttributeKind } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import { compareText } from '../../core/query/compare-text.ts'
import type { Command } from '../command.ts'
import { type DiscoveryDependencies, discover } from './discover.ts'

export interface RetrieveAttributeInformation extends Command {
  readonly attribute: Iri
}

/** An attribute with its types and kinds; how many instances it has is told only to those who see all of them. */
export interface AttributeInformation {
  readonly types: readonly Iri[]
  readonly kinds: readonly AttributeKind[]
  readonly instances?: number
}

/** Retrieve Available Attribute Information (CIM 009 v1.9.1, 5.7.10) of this hub. @throws Problem ResourceNotFound */
export const retrieveAttributeInformation =
  (dependencies: DiscoveryDependencies) =>
  async ({ attribute, ...command }: RetrieveAttributeInformation): Promise<AttributeInformation> => {
    const { types, counters } = await discover(dependencies, command)
    const having = [...types].filter(([, attributes]) => attributes.has(attribute))
    if (having.length === 0) throw new Problem('ResourceNotFound', `Attribute ${attribute} is on no entity`)
    const kinds = new Set(having.flatMap(([, attributes]) => attributes.get(attribute) ?? []))
    const instances = counters?.instances.get(attribute)
    return {
      types: having.map(([type]) => type),
      kinds: [...kinds].sort(compareText),
      ...(instances !== undefined && { instances }),
    }
  }
