import type { Iri } from '../../core/model/iri.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { type Discover, type DiscoveryDependencies, discover, type Warned } from './discover.ts'

/** An attribute and the types whose entities have it. */
export interface AttributeDetails {
  readonly attribute: Iri
  readonly types: readonly Iri[]
}

/** Retrieve Details of Available Attributes (CIM 009 v1.9.1, 5.7.9). */
export const retrieveAttributeDetails =
  (dependencies: DiscoveryDependencies) =>
  async (command: Discover): Promise<Warned<{ readonly details: readonly AttributeDetails[] }>> => {
    const question = { about: 'attributes', details: true } as const
    const { types, untyped, warnings } = await discover(dependencies, command, question)
    const found = new Map<Iri, Iri[]>([...untyped.keys()].map((attribute) => [attribute, []]))
    for (const [type, attributes] of types) {
      for (const attribute of attributes.keys()) found.set(attribute, [...(found.get(attribute) ?? []), type])
    }
    const details = [...found].map(([attribute, having]) => ({ attribute, types: having }))
    return { details: details.sort((one, other) => compareText(one.attribute, other.attribute)), warnings }
  }
