import type { Iri } from '../../core/model/iri.ts'
import { type Discover, type DiscoveryDependencies, discover, type Warned } from './discover.ts'

/** A type and the attributes that its entities have. */
export interface EntityTypeDetails {
  readonly type: Iri
  readonly attributes: readonly Iri[]
}

/** Retrieve Details of Available Entity Types (CIM 009 v1.9.1, 5.7.6). */
export const retrieveEntityTypeDetails =
  (dependencies: DiscoveryDependencies) =>
  async (command: Discover): Promise<Warned<{ readonly details: readonly EntityTypeDetails[] }>> => {
    const { types, warnings } = await discover(dependencies, command, { about: 'types', details: true })
    const details = [...types].map(([type, attributes]) => ({ type, attributes: [...attributes.keys()] }))
    return { details, warnings }
  }
