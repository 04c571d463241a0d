import type { Action, Target } from '../../broker/core/model/caller.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import type { Mask } from '../../broker/core/view/view.ts'
import type { PersonalData, Vocabulary } from './vocabulary.ts'

/** Class of an attribute as a rule names it. */
export type AttributeClass = PersonalData | 'unclassified'

/** What kind of thing a rule is about. */
export type ResourceKind = Target['resource']

/** How a value is made less telling. Members after the method are its settings. */
export interface MaskSpec {
  readonly method: 'redact' | 'partial' | 'pseudonym' | 'generalise' | 'coarsen' | 'scan'
  /** coarsen: decimals of a degree that stay. */
  readonly decimals?: number
  /** generalise: width of a number band. */
  readonly band?: number
}

/** Makes masks and scans text: given by `security/masking`, so that policies stay free of it. */
export interface MaskKit {
  /** Masks of one spec and purpose always give the same for the same value; `keeps` tells which sub-attributes stay. */
  mask(
    spec: MaskSpec,
    use: {
      readonly purpose: string
      readonly keeps: (attribute: Iri, types: readonly Iri[]) => boolean
    },
  ): Mask
  /** Replaces personal identifiers found in a text. */
  scan(text: string, label?: string): string
  /** Tells whether a number is one of a person, by its name or by itself. */
  hidesNumber(number: number, label: string): boolean
}

/** Whom a rule is about: every member given must hold; of the texts in a member, one. */
export interface Subject {
  readonly role?: readonly string[]
  readonly organisation?: readonly string[]
  readonly city?: readonly string[]
  readonly client?: readonly string[]
  readonly purpose?: readonly string[]
  readonly anonymous?: boolean
}

/** One rule of a policy file, checked and expanded. */
export interface Rule {
  readonly id: string
  readonly effect: 'permit' | 'deny' | 'mask'
  readonly mask?: MaskSpec
  /** One of them must be the caller. */
  readonly subjects: readonly Subject[]
  readonly actions: ReadonlySet<Action>
  readonly kinds: ReadonlySet<ResourceKind>
  /** Only of what the caller created itself. */
  readonly own?: true
  readonly tenants?: ReadonlySet<string>
  readonly types?: ReadonlySet<Iri>
  readonly matchesId?: (id: string) => boolean
  readonly matchesScope?: (scopes: readonly string[]) => boolean
  readonly attributes?: ReadonlySet<Iri>
  readonly classes?: ReadonlySet<AttributeClass>
}

/** What a hub says about itself to the policies: `hub.city` in a subject stands for its city. */
export interface Hub {
  readonly city?: string
}

/** All rules in force, with the vocabulary that they were read with. */
export interface PolicySet {
  /** Hash of the rules' texts and the hub: another one means other decisions. */
  readonly generation: string
  readonly rules: readonly Rule[]
  readonly vocabulary: Vocabulary
}

/** Tells whether a rule speaks of attributes rather than of whole entities. */
export function isColumnRule(rule: Rule): boolean {
  return rule.attributes !== undefined || rule.classes !== undefined
}
