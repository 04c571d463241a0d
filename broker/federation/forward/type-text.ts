import type { TermTable } from '../../core/context/term-table.ts'
import type { TypeNode } from '../../core/query/ast.ts'

/** Writes a type selection as the `type` parameter (CIM 009 v1.9.1, 4.17), names compacted. */
export function typeText(node: TypeNode, table: TermTable): string {
  switch (node.kind) {
    case 'any':
      return '*'
    case 'type':
      return table.compact(node.type)
    case 'or':
      return node.nodes.map((child) => typeText(child, table)).join(',')
    case 'and':
      return `(${node.nodes.map((child) => conjunct(child, table)).join(';')})`
  }
}

function conjunct(node: TypeNode, table: TermTable): string {
  const text = typeText(node, table)
  return node.kind === 'or' ? `(${text})` : text
}
