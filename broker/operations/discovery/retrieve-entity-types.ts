import type { Iri } from '../../core/model/iri.ts'
import { type Discover, type DiscoveryDependencies, discover, type Warned } from './discover.ts'

/** Retrieve Available Entity Types (CIM 009 v1.9.1, 5.7.5): expanded, in order. */
export const retrieveEntityTypes =
  (dependencies: DiscoveryDependencies) =>
  async (command: Discover): Promise<Warned<{ readonly names: readonly Iri[] }>> => {
    const { types, warnings } = await discover(dependencies, command, { about: 'types', details: false })
    return { names: [...types.keys()], warnings }
  }
