import type { Iri } from '../model/iri.ts'
import type { EntityQuery, Projection, QNode, QPath } from './ast.ts'

/** Names all attributes that q, geo and attrs of a query look at: sub-attributes and those of linked entities too. */
export function attributesOf(query: EntityQuery): ReadonlySet<Iri> {
  const names = new Set<Iri>(query.attributes)
  if (query.geo) names.add(query.geo.property)
  if (query.q) for (const path of pathsOf(query.q)) for (const name of namesOf(path)) names.add(name)
  return names
}

/** Says how many relationships deep a q looks: what `joinLevel` must allow (CIM 009 v1.9.1, 4.5.23). */
export function linkedDepth(node: QNode): number {
  return Math.max(0, ...pathsOf(node).map(depthOf))
}

function depthOf(path: QPath): number {
  return path.linked ? 1 + depthOf(path.linked.path) : 0
}

/** Says how many relationships deep a projection looks (CIM 009 v1.9.1, 4.21). */
export function projectionDepth({ attributes }: Projection): number {
  const depths = [...attributes.values()].map((nested) => (nested ? 1 + projectionDepth(nested) : 0))
  return Math.max(0, ...depths)
}

/** Answers the paths of all terms of a q. */
export function pathsOf(node: QNode): readonly QPath[] {
  return 'nodes' in node ? node.nodes.flatMap(pathsOf) : [node.path]
}

function namesOf(path: QPath): readonly Iri[] {
  return path.linked ? [...path.attributes, ...namesOf(path.linked.path)] : path.attributes
}

/**
 * Takes away every part that looks at an attribute which may not be pushed down; the rest matches a superset.
 * There is no negation of groups in q, so a part that becomes "true" can only widen. `exact`: nothing was taken away.
 */
export function narrow(
  query: EntityQuery,
  mayPush: (attribute: Iri) => boolean,
): { readonly query: EntityQuery; readonly exact: boolean } {
  const { attributes, q, geo, parts, ...rest } = query
  const keptQ = q && narrowNode(q, mayPush)
  const keptGeo = geo && mayPush(geo.property) ? geo : undefined
  const keptAttributes = attributes?.every(mayPush) ? attributes : undefined
  const exact = keptQ === q && keptGeo === geo && keptAttributes === attributes && !parts
  if (exact) return { query, exact }
  return {
    query: Object.freeze({
      ...rest,
      ...(keptAttributes && { attributes: keptAttributes }),
      ...(keptQ && { q: keptQ }),
      ...(keptGeo && { geo: keptGeo }),
    }),
    exact,
  }
}

/** Answers what is left of a node, the node itself when all is left, undefined for "true". */
function narrowNode(node: QNode, mayPush: (attribute: Iri) => boolean): QNode | undefined {
  if (!('nodes' in node)) return namesOf(node.path).every(mayPush) ? node : undefined
  const parts = node.nodes.map((part) => narrowNode(part, mayPush))
  if (parts.every((part, at) => part === node.nodes[at])) return node
  const left = parts.filter((part) => part !== undefined)
  if (node.kind === 'or' && left.length < parts.length) return undefined
  return left.length < 2 ? left[0] : Object.freeze({ kind: node.kind, nodes: Object.freeze(left) })
}
