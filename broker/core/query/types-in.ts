import type { Iri } from '../model/iri.ts'
import type { TypeNode } from './ast.ts'

/** Names every type that a selection mentions; undefined when it does not depend on types. */
export function typesIn(node: TypeNode | undefined): readonly Iri[] | undefined {
  if (node === undefined || node.kind === 'any') return undefined
  if (node.kind === 'type') return [node.type]
  const parts = node.nodes.map(typesIn)
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? [])
}
