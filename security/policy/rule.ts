import type { GeometryEngine } from '../../broker/core/geo/engine.ts'
import type { Action, Target } from '../../broker/core/model/caller.ts'
import type { Entity } from '../../broker/core/model/entity.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import type { CrowdHistory, CrowdTelling } from '../../broker/core/view/crowd.ts'
import type { Mask } from '../../broker/core/view/view.ts'
import type { Binding } from './claims.ts'
import type { RuleText } from './compile-rule.ts'
import type { FeedUses } from './feed-rules.ts'
import type { Restrictions } from './hide-restricted.ts'
import type { RuleTime } from './rule-time.ts'
import type { PersonalData, Vocabulary } from './vocabulary.ts'

/** Class of an attribute as a rule names it. */
export type AttributeClass = PersonalData | 'children' | 'unclassified'

/** What kind of thing a rule is about. */
export type ResourceKind = Target['resource']

/** How a value is made less telling. Members after the method are its settings. */
export interface MaskSpec {
  readonly method: 'redact' | 'partial' | 'pseudonym' | 'generalise' | 'coarsen' | 'unit' | 'scan'
  /** coarsen: decimals of a degree that stay. */
  readonly decimals?: number
  /** generalise: width of a band of numbers, or of years. */
  readonly band?: number
  /** generalise: what of a date stays. */
  readonly to?: 'year' | 'month'
  /** pseudonym: another key for each day. */
  readonly rotate?: 'day'
  /** unit: how large it is; the attribute that names it; the one that dates the place. */
  readonly level?: 'commune' | 'province'
  readonly unitOf?: Iri
  readonly dated?: Iri
}

/** The smallest group of persons of which anything may be told (PD-07, PD-17); a rule about health or violations asks for ten. */
export const LEAST = 5

/** What a permit leaves of entities: something of many together, and nothing of one. */
export interface OfMany {
  /** Nothing is told of fewer. */
  readonly least: number
  /** What they may be narrowed by. */
  readonly by: ReadonlySet<Iri>
  readonly byScope: boolean
}

/** What is told of entities that are counted. */
export interface Counted extends OfMany {
  /** Averages of groups are told too, of what they say beside `by`. */
  readonly history?: CrowdHistory
  /** Epsilon of noise in the counts. */
  readonly noise?: number
}

/** How often whoever a rule speaks of may ask. */
export interface RateLimit {
  readonly requests: number
  readonly seconds: number
}

/** What goes with a permit. */
export interface Obligations {
  /** Whoever reads by this rule is recorded before the answer leaves. */
  readonly log?: true
  /** Whoever it speaks of asks no more often, whatever for. */
  readonly limit?: RateLimit
  /** How many there are, and never which. */
  readonly aggregateOnly?: Counted
  /** An export of those that look alike with enough others; `by` are the quasi-identifiers. */
  readonly release?: OfMany
}

/** Makes masks and scans text: given by `security/masking`, so that policies stay free of it. */
export interface MaskKit {
  /** Names the keys in force; views that were compiled before them are to be compiled anew. */
  readonly epoch: string
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
  /** Tells of entities that nobody may see one by one. */
  crowd(telling: { readonly least: number; readonly noise?: number }): CrowdTelling
}

/** Whom a rule is about: every member given must hold; of the texts in a member, one. */
export interface Subject {
  readonly role?: readonly string[]
  readonly organisation?: readonly string[]
  readonly city?: readonly string[]
  readonly client?: readonly string[]
  readonly purpose?: readonly string[]
  /** At least so sure it is who asks: 1 by a password, 2 by a second factor, 3 by a key in hardware. */
  readonly assurance?: number
  /** Its token is good for nobody else: it is bound to a key, or to the certificate of the connection. */
  readonly bound?: readonly Binding[]
  readonly anonymous?: boolean
}

/** Where a rule stands. */
export interface RuleOrigin {
  readonly file: string
  readonly line: number
}

/** One rule of a policy file, checked and expanded. */
export interface Rule {
  readonly id: string
  /** Hash of all that it says: equal ones decide the same. */
  readonly digest: string
  readonly origin: RuleOrigin
  /** As its file writes it, for whoever explains it. */
  readonly text?: RuleText
  readonly effect: 'permit' | 'deny' | 'mask'
  readonly mask?: MaskSpec
  readonly obligations?: Obligations
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
  /** Tells whether the content of an entity, as it is stored, is what the rule asks for. */
  readonly matchesContent?: (entity: Entity) => boolean
  /** When it holds; absent: always. */
  readonly time?: RuleTime
  readonly attributes?: ReadonlySet<Iri>
  readonly classes?: ReadonlySet<AttributeClass>
}

/** What a hub says about itself to the policies: `hub.city` in a subject stands for its city. */
export interface Hub {
  readonly city?: string
  /** Judges areas; absent where nothing is judged. */
  readonly engine?: GeometryEngine
  /** The smallest group of which anything is told by attributes of a class; absent: five, of any. */
  readonly least?: LeastByClass
}

/** The smallest group, by the class of the attributes that tell of it. */
export type LeastByClass = Readonly<Partial<Record<'basic' | 'sensitive', number>>>

/** All rules in force, with the vocabulary that they were read with. */
export interface PolicySet {
  /** Hash of the rules' texts and the hub: another one means other decisions. */
  readonly generation: string
  /** Names those of these rules that hold now, and the keys in force; absent: all, under the first keys. */
  readonly moment?: string
  readonly rules: readonly Rule[]
  readonly vocabulary: Vocabulary
  /** What persons have had restricted; absent: nothing. */
  readonly restrictions?: Restrictions
  /** For which purposes feeds let their data be read; absent: for any. */
  readonly uses?: FeedUses
}

/** Tells whether a rule speaks of attributes rather than of whole entities. */
export function isColumnRule(rule: Rule): boolean {
  return rule.attributes !== undefined || rule.classes !== undefined
}

/** Tells whether a permit leaves something of many entities together, and nothing of one. */
export function isOfMany({ obligations }: Rule): boolean {
  return obligations?.aggregateOnly !== undefined || obligations?.release !== undefined
}
