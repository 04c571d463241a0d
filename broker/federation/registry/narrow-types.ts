import type { Iri } from '../../core/model/iri.ts'
import type { TypeNode } from '../../core/query/ast.ts'

/**
 * Narrows a type selection to what a source registered (CIM 009 v1.9.1, 5.12); undefined: nothing is left.
 * A conjunction is narrow enough when one of its sides is: its entities have the registered types among theirs.
 */
export function narrowTypes(
  asked: TypeNode | undefined,
  registered: readonly Iri[],
): { readonly types?: TypeNode } | undefined {
  if (registered.length === 0) return asked && asked.kind !== 'any' ? { types: asked } : {}
  if (asked === undefined || asked.kind === 'any') return { types: allOf(registered) }
  const types = narrowNode(asked, new Set(registered))
  return types && { types }
}

function narrowNode(node: TypeNode, registered: ReadonlySet<Iri>): TypeNode | undefined {
  switch (node.kind) {
    case 'any':
      return node
    case 'type':
      return registered.has(node.type) ? node : undefined
    case 'or': {
      const kept = node.nodes.flatMap((child) => narrowNode(child, registered) ?? [])
      return kept.length > 1 ? { kind: 'or', nodes: kept } : kept[0]
    }
    case 'and': {
      const narrowed = node.nodes.map((child) => narrowNode(child, registered))
      if (narrowed.every((child) => child === undefined)) return undefined
      return { kind: 'and', nodes: node.nodes.map((child, at) => narrowed[at] ?? child) }
    }
  }
}

/** Selects entities that have all of these types. */
export function allOf(types: readonly Iri[]): TypeNode {
  const nodes = types.map((type) => ({ kind: 'type', type }) as const)
  const [only] = nodes
  return nodes.length === 1 && only ? only : { kind: 'and', nodes }
}
