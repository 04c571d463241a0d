import type { Iri } from '../../core/model/iri.ts'
import type { Command } from '../command.ts'
import { type DiscoveryDependencies, discover } from './discover.ts'

/** A type and the attributes that its entities have. */
export interface EntityTypeDetails {
  readonly type: Iri
  readonly attributes: readonly Iri[]
}

/** Retrieve Details of Available Entity Types (CIM 009 v1.9.1, 5.7.6) of this hub. */
export const retrieveEntityTypeDetails =
  (dependencies: DiscoveryDependencies) =>
  async (command: Command): Promise<readonly EntityTypeDetails[]> => {
    const { types } = await discover(dependencies, command)
    return [...types].map(([type, attributes]) => ({ type, attributes: [...attributes.keys()] }))
  }
