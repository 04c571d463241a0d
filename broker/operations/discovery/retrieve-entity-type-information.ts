import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'
import { type AttributeKinds, type DiscoveryDependencies, discover } from './discover.ts'

export interface RetrieveEntityTypeInformation extends Command {
  readonly type: Iri
}

/** A type with its attributes; how many entities it has is told only to those who see all of them. */
export interface EntityTypeInformation {
  readonly attributes: AttributeKinds
  readonly entities?: number
}

/** Retrieve Available Entity Type Information (CIM 009 v1.9.1, 5.7.7) of this hub. @throws Problem ResourceNotFound */
export const retrieveEntityTypeInformation =
  (dependencies: DiscoveryDependencies) =>
  async ({ type, ...command }: RetrieveEntityTypeInformation): Promise<EntityTypeInformation> => {
    const { types, counters } = await discover(dependencies, command)
    const attributes = types.get(type)
    if (!attributes) throw new Problem('ResourceNotFound', `Entity type ${type} has no entities`)
    const entities = counters?.types.get(type)
    return { attributes, ...(entities !== undefined && { entities }) }
  }
