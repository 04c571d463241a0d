import type { Iri } from '../../core/model/iri.ts'

/** Which attributes are kept under seal, sub-attributes of that name too. */
export interface SealedAttributes {
  /** On whatever entity. */
  readonly always: ReadonlySet<Iri>
  /** Attribute → types: on entities that have one of these. */
  readonly byType: ReadonlyMap<Iri, ReadonlySet<Iri>>
}

/** None are. */
export const NONE_SEALED: SealedAttributes = { always: new Set(), byType: new Map() }

/** Tells whether an attribute is sealed on an entity that has these types. */
export function isSealedOn(
  { always, byType }: SealedAttributes,
  attribute: Iri,
  types: readonly Iri[],
): boolean {
  if (always.has(attribute)) return true
  const sealing = byType.get(attribute)
  return sealing !== undefined && types.some((type) => sealing.has(type))
}

/** Answers all of it as one text, to be compared. */
export function describeSealed({ always, byType }: SealedAttributes): string {
  const typed = [...byType].map(([attribute, types]) => [attribute, [...types].sort()] as const)
  return JSON.stringify([[...always].sort(), typed.sort(([one], [other]) => (one < other ? -1 : 1))])
}
