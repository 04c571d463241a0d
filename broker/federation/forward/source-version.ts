import type { TypeNode } from '../../core/query/ast.ts'
import { NEWEST_VERSION } from '../../core/view/conform.ts'
import type { Registration } from '../registry/registration.ts'
import { steering } from './source-headers.ts'

/**
 * Answers the minor version of the standard that a source speaks (`ngsildConformance`, CIM 009 v1.9.1, 4.3.6.6), the hub's
 * own where it speaks a later one; undefined: its registration does not say.
 */
export function versionOf(registration: Registration): number | undefined {
  const [major = 0, minor = 0] = (steering(registration, 'ngsildConformance') ?? '').split('.').map(Number)
  if (major === 0) return undefined
  return major === 1 ? Math.min(minor, NEWEST_VERSION) : NEWEST_VERSION
}

/** Minor versions with which parameters came that only narrow what a source does by itself. */
const DROPPED_BEFORE: Readonly<Record<string, number>> = { local: 6, splitEntities: 9, entityMap: 9 }

/** Leaves out parameters that a version does not know, and that it can do without. */
export function conformParameters(parameters: URLSearchParams, version: number): URLSearchParams {
  const kept = [...parameters].filter(([name]) => (DROPPED_BEFORE[name] ?? 0) <= version)
  return new URLSearchParams(kept)
}

/** Minor versions with which filters came. */
const FILTERS_SINCE: Readonly<Record<string, number>> = { scopeQ: 4, expandValues: 8, jsonKeys: 8 }

/**
 * Tells whether a source understands filters as the client wrote them: they are words of the client's @context, and one that
 * its version does not know changes what the others mean.
 */
export function understandsFilters(registration: Registration, filters: URLSearchParams): boolean {
  if (steering(registration, 'jsonldContext') !== undefined) return false
  const version = versionOf(registration) ?? NEWEST_VERSION
  return Object.entries(FILTERS_SINCE).every(([name, since]) => since <= version || !filters.has(name))
}

/** Type selections came with 1.5; before there are lists of types. */
const TYPE_SELECTION_SINCE = 5

/** Writes a type selection so that a version knows it: it may select more. */
export function conformTypes(node: TypeNode, version: number | undefined): TypeNode {
  if (version === undefined || version >= TYPE_SELECTION_SINCE) return node
  switch (node.kind) {
    case 'any':
    case 'type':
      return node
    case 'or':
      return { kind: 'or', nodes: node.nodes.map((child) => conformTypes(child, version)) }
    case 'and': {
      const [first] = node.nodes
      return first ? conformTypes(first, version) : node
    }
  }
}
