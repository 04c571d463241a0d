import type { AttributeKind } from './entity.ts'
import type { Iri } from './iri.ts'

/** Members that only some kinds of attribute have. */
export const KIND_MEMBERS = ['unitCode', 'valueType', 'objectType'] as const

/** The only valueType of a LanguageProperty (5.2.32). */
export const LANG_STRING: Iri = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString'

const UNITS: ReadonlySet<AttributeKind> = new Set(['Property', 'ListProperty'])
const LINKS: ReadonlySet<AttributeKind> = new Set(['Relationship', 'ListRelationship'])

/** Tells whether an attribute of a kind can have a member (CIM 009 v1.9.1, 5.2.5 to 5.2.7 and 5.2.32 to 5.2.38). */
export function canHave(kind: AttributeKind, member: (typeof KIND_MEMBERS)[number]): boolean {
  if (member === 'unitCode') return UNITS.has(kind)
  return LINKS.has(kind) === (member === 'objectType')
}
