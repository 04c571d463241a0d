import type { Iri } from '../model/iri.ts'
import type { TypeNode } from './ast.ts'

/** Tells whether the types of an entity satisfy a type selection (CIM 009 v1.9.1, 4.17). */
export function matchTypes(node: TypeNode, types: readonly Iri[]): boolean {
  switch (node.kind) {
    case 'any':
      return true
    case 'type':
      return types.includes(node.type)
    case 'and':
      return node.nodes.every((part) => matchTypes(part, types))
    case 'or':
      return node.nodes.some((part) => matchTypes(part, types))
  }
}
