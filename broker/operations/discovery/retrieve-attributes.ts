import type { Iri } from '../../core/model/iri.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { type Discover, type DiscoveryDependencies, discover, type Warned } from './discover.ts'

/** Retrieve Available Attributes (CIM 009 v1.9.1, 5.7.8): expanded, in order. */
export const retrieveAttributes =
  (dependencies: DiscoveryDependencies) =>
  async (command: Discover): Promise<Warned<{ readonly names: readonly Iri[] }>> => {
    const question = { about: 'attributes', details: false } as const
    const { types, untyped, warnings } = await discover(dependencies, command, question)
    const names = [untyped, ...types.values()].flatMap((attributes) => [...attributes.keys()])
    return { names: [...new Set(names)].sort(compareText), warnings }
  }
