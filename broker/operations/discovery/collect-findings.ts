import type { AttributeKind } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { compareText } from '../../core/query/compare-text.ts'
import type { View } from '../../core/view/view.ts'
import type { Finding } from '../../federation/discovery/read-findings.ts'

/** Attribute → kinds of its instances, both in order. */
export type AttributeKinds = ReadonlyMap<Iri, readonly AttributeKind[]>

/** Findings put together. */
export interface CollectedFindings {
  /** Type → what attributes its entities have, both in order. */
  readonly types: ReadonlyMap<Iri, AttributeKinds>
  /** Attributes of which other hubs did not tell the types. */
  readonly untyped: AttributeKinds
}

/**
 * Puts together what a caller may know of all that was found, in order: no type of which it may see no entity, and no
 * attribute that is absent for it. Pure.
 */
export function collectFindings(findings: readonly Finding[], view: View): CollectedFindings {
  const types = new Map<Iri, Map<Iri, Set<AttributeKind>>>()
  const untyped = new Map<Iri, Set<AttributeKind>>()
  for (const { type, attribute, kinds } of findings) {
    if (!isSeen(view, type, attribute)) continue
    const attributes =
      type === undefined ? untyped : place(types, type, () => new Map<Iri, Set<AttributeKind>>())
    if (attribute === undefined) continue
    const known = place(attributes, attribute, () => new Set<AttributeKind>())
    for (const kind of kinds) known.add(kind)
  }
  return {
    types: new Map(inOrder(types).map(([type, known]) => [type, ordered(known)])),
    untyped: ordered(untyped),
  }
}

/** Of an attribute whose types are not told, only one that is clear on all of them is seen. */
function isSeen(view: View, type: Iri | undefined, attribute: Iri | undefined): boolean {
  if (view.unrestricted) return true
  if (type === undefined) return attribute !== undefined && view.clearEverywhere(attribute)
  if (!(view.types?.has(type) ?? true)) return false
  return attribute === undefined || view.treatment([type], attribute) !== 'absent'
}

function place<T>(map: Map<Iri, T>, key: Iri, make: () => T): T {
  const known = map.get(key) ?? make()
  map.set(key, known)
  return known
}

function ordered(attributes: ReadonlyMap<Iri, ReadonlySet<AttributeKind>>): AttributeKinds {
  return new Map(inOrder(attributes).map(([name, kinds]) => [name, [...kinds].sort(compareText)]))
}

function inOrder<T>(map: ReadonlyMap<Iri, T>): readonly (readonly [Iri, T])[] {
  return [...map].sort(([one], [other]) => compareText(one, other))
}
