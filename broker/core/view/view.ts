import type { Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { Crowd } from './crowd.ts'
import type { Release } from './release.ts'

/** Changes one instance for the caller; undefined takes it away. Pure. */
export type Mask = (instance: Instance, attribute: Iri, entity: Entity) => Instance | undefined

/** How a caller sees an attribute: as it is, not at all, or through a mask. */
export type Treatment = 'clear' | 'absent' | Mask

/** What an attribute says of a person; `unclassified`: nobody said so, and its texts are not looked into. */
export type PersonalClass = 'basic' | 'sensitive' | 'unclassified'

/** That a caller is shown personal data, and how. */
export interface Exposure {
  readonly class: PersonalClass
  /** As it is, or at least it may be: where that depends on the entity. */
  readonly clear: boolean
}

/**
 * What one caller may see: rows, columns and masks, compiled from the policies by `security/policy`.
 * Filters, order, projection, rendering and counting all work on what `see` makes of an entity with it.
 */
export interface View {
  /** Names the view in cache keys: equal ids see equal things. */
  readonly id: string
  /** Everything is seen in clear: `see` answers the entity itself. */
  readonly unrestricted: boolean
  /** The only types of which the caller may see any entity; absent when types do not narrow. */
  readonly types?: ReadonlySet<Iri>
  /** Tells whether the caller sees this entity at all. */
  admits(entity: Entity): boolean
  /** Tells whether it sees every entity of this type, whatever else that is: only then may a counter tell of it. */
  admitsAll(type: Iri): boolean
  /**
   * Tells how the caller sees an attribute of an entity that has these types; of this entity as it is now, where that is
   * known already: rules that look at its content are settled then, else whenever an instance is looked at.
   */
  treatment(types: readonly Iri[], attribute: Iri, entity?: Entity): Treatment
  /** Tells whether entities of these types can have something, by what is known of the types, that it does not see in clear. */
  veils(types: readonly Iri[]): boolean
  /**
   * Tells whether the attribute is clear on every type, or on whatever has one of these: only then may a store answer from
   * its index.
   */
  clearEverywhere(attribute: Iri, among?: readonly Iri[]): boolean
  /** Entities that the caller may count, and sees none of; absent: there are none. */
  readonly crowds?: readonly Crowd[]
  /** Entities that the caller gets in exports alone, among others that look alike; absent: there are none. */
  readonly releases?: readonly Release[]
  /** Replaces personal identifiers found in free text of attributes that nobody classified; absent: no scan. */
  readonly scan?: (text: string, label?: string) => string
  /** Tells whether a number in such an attribute is one of a person; the label is the name of attribute or member. */
  readonly hidesNumber?: (number: number, label: string) => boolean
  /** Tells which attributes `scan` is for; without types: whether it is on any. Present when `scan` is. */
  readonly scans?: (attribute: Iri, types?: readonly Iri[]) => boolean
  /** By which policies it was made, and which of its rules ask for a record of what is seen. */
  readonly policy?: { readonly generation: string; readonly logs: readonly string[] }
  /** Tells what is shown of a person with an attribute of an entity that has these types; absent: never anything. */
  readonly personal?: (types: readonly Iri[], attribute: Iri) => Exposure | undefined
}
