import type { AttributeKind } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'

/** What the value of a Property or GeoProperty has to be. */
export type ValueRule =
  | { readonly is: 'number'; readonly whole: boolean; readonly minimum?: number; readonly maximum?: number }
  | { readonly is: 'text'; readonly pattern?: RegExp }
  /** A text, or a value of JSON-LD typed so. */
  | { readonly is: 'time'; readonly pattern: RegExp; readonly type: string }
  | { readonly is: 'listed'; readonly list: string; readonly values: ReadonlySet<string> }
  | { readonly is: 'boolean' }
  | { readonly is: 'object'; readonly members: ReadonlyMap<string, string> }
  | { readonly is: 'geometry'; readonly types: ReadonlySet<string> }

/** What instances of an attribute have to be on entities of a type. */
export interface AttributeRules {
  /** Short name, for pointers and texts. */
  readonly name: string
  readonly kinds: readonly AttributeKind[]
  /** Absent: its kind says enough. */
  readonly value?: ValueRule
  /** May an instance have several values? */
  readonly many: boolean
  readonly required: boolean
  /** The only unit code that may be said; absent: none. */
  readonly unit?: string
  readonly inside: ReadonlyMap<Iri, AttributeRules>
}

/** What entities of a type have to be; attributes that it does not name are not judged. */
export interface TypeRules {
  readonly name: string
  readonly idPattern?: RegExp
  readonly attributes: ReadonlyMap<Iri, AttributeRules>
}
