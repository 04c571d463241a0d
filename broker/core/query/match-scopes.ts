import type { ScopeNode } from './ast.ts'

/** Tells whether the scopes of an entity satisfy a scope query (CIM 009 v1.9.1, 4.19); without scopes, never. */
export function matchScopes(node: ScopeNode, scopes: readonly string[] | undefined): boolean {
  if (!scopes || scopes.length === 0) return false
  switch (node.kind) {
    case 'and':
      return node.nodes.every((part) => matchScopes(part, scopes))
    case 'or':
      return node.nodes.some((part) => matchScopes(part, scopes))
    case 'scope':
      return scopes.some((scope) => isInScope(node.levels, node.below, scope.split('/').slice(1)))
  }
}

function isInScope(wanted: readonly string[], below: boolean, levels: readonly string[]): boolean {
  if (below ? levels.length < wanted.length : levels.length !== wanted.length) return false
  return wanted.every((level, at) => level === '+' || level === levels[at])
}
