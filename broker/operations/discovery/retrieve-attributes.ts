import type { Iri } from '../../core/model/iri.ts'
import { compareText } from '../../core/query/compare-text.ts'
import type { Command } from '../command.ts'
import { type DiscoveryDependencies, discover } from './discover.ts'

/** Retrieve Available Attributes (CIM 009 v1.9.1, 5.7.8) of this hub: expanded, in order. */
export const retrieveAttributes =
  (dependencies: DiscoveryDependencies) =>
  async (command: Command): Promise<readonly Iri[]> => {
    const { types } = await discover(dependencies, command)
    const names = [...types.values()].flatMap((attributes) => [...attributes.keys()])
    return [...new Set(names)].sort(compareText)
  }
