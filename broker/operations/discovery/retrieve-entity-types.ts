import type { Iri } from '../../core/model/iri.ts'
import type { Command } from '../command.ts'
import { type DiscoveryDependencies, discover } from './discover.ts'

/** Retrieve Available Entity Types (CIM 009 v1.9.1, 5.7.5) of this hub: expanded, in order. */
export const retrieveEntityTypes =
  (dependencies: DiscoveryDependencies) =>
  async (command: Command): Promise<readonly Iri[]> => [
    ...(await discover(dependencies, command)).types.keys(),
  ]
