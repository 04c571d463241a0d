import type { Iri } from '../../core/model/iri.ts'
import { compareText } from '../../core/query/compare-text.ts'
import type { Command } from '../command.ts'
import { type DiscoveryDependencies, discover } from './discover.ts'

/** An attribute and the types whose entities have it. */
export interface AttributeDetails {
  readonly attribute: Iri
  readonly types: readonly Iri[]
}

/** Retrieve Details of Available Attributes (CIM 009 v1.9.1, 5.7.9) of this hub. */
export const retrieveAttributeDetails =
  (dependencies: DiscoveryDependencies) =>
  async (command: Command): Promise<readonly AttributeDetails[]> => {
    const found = new Map<Iri, Iri[]>()
    for (const [type, attributes] of (await discover(dependencies, command)).types) {
      for (const attribute of attributes.keys()) found.set(attribute, [...(found.get(attribute) ?? []), type])
    }
    return [...found]
      .map(([attribute, types]) => ({ attribute, types }))
      .sort((one, other) => compareText(one.attribute, other.attribute))
  }
