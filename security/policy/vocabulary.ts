import type { Iri } from '../../broker/core/model/iri.ts'

/** How the law classes what an attribute says of a person (Law 91/2025/QH15, Decree 356/2025, articles 3 and 4). */
export type PersonalData = 'none' | 'basic' | 'sensitive'

/** What policies need to know of the ontology. */
export interface Vocabulary {
  expandType(name: string): Iri
  expandAttribute(name: string): Iri
  /** Types that the ontology knows: a policy that names another one is refused. */
  readonly types: ReadonlySet<Iri>
  /** The attributes that the ontology lists for a type; none for a type that it does not know. */
  attributesOf(type: Iri): readonly Iri[]
  /** Class of an attribute on an entity of these types, the strictest of them; undefined: nobody classified it. */
  personalData(attribute: Iri, types?: readonly Iri[]): PersonalData | undefined
  /** Tells whether an attribute on such entities may tell of a child; absent: none does. */
  readonly ofChildren?: (attribute: Iri, types: readonly Iri[]) => boolean
}
