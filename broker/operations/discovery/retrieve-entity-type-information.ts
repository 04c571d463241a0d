import type { Iri } from '../../core/model/iri.ts'
import type { AttributeKinds } from './collect-findings.ts'
import { type Discover, type DiscoveryDependencies, discover, type Warned } from './discover.ts'
import { notThere } from './not-there.ts'

export interface RetrieveEntityTypeInformation extends Discover {
  readonly type: Iri
}

/** A type with its attributes; how many entities it has is told only to those who see all of them. */
export interface EntityTypeInformation {
  readonly attributes: AttributeKinds
  readonly entities?: number
}

/** Retrieve Available Entity Type Information (CIM 009 v1.9.1, 5.7.7). @throws Problem ResourceNotFound */
export const retrieveEntityTypeInformation =
  (dependencies: DiscoveryDependencies) =>
  async ({ type, ...command }: RetrieveEntityTypeInformation): Promise<Warned<EntityTypeInformation>> => {
    const question = { about: 'types', details: false, name: type } as const
    const { types, count, warnings } = await discover(dependencies, command, question)
    const attributes = types.get(type)
    if (!attributes) throw notThere(`Entity type ${type} has no entities`, warnings)
    return { attributes, ...(count !== undefined && { entities: count }), warnings }
  }
