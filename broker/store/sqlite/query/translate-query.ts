import type { EntityQuery, EntitySelector, QNode, QPath } from '../../../core/query/ast.ts'
import { isAttribute } from '../../port/scalar-tests.ts'
import { comparisonNode, isDescribed } from './query-comparison.ts'
import { geoNode, type Index, idsNode, presenceNode, scopeNode, typeNode } from './query-conditions.ts'
import { ANYTHING, allOf, anyOf, type Node } from './query-node.ts'
import { sql } from './sql.ts'

/** Translates a query to SQL that holds for every entity which it selects, and maybe for more (`exact`). */
export function translateQuery(query: EntityQuery, index: Index): Node {
  const { selectors, attributes, scope, q, geo } = query
  const nodes = [selectorNode(query, index)]
  if (selectors)
    nodes.push(
      anyOf(
        selectors.map((one) => selectorNode(one, index)),
        index.estimate,
      ),
    )
  if (attributes)
    nodes.push(
      anyOf(
        attributes.map((name) => presenceNode(name, index)),
        index.estimate,
      ),
    )
  if (scope) nodes.push(scopeNode(scope, index))
  if (q) nodes.push(qNode(q, index))
  if (geo) nodes.push(geoNode(geo, index))
  return allOf(nodes)
}

function selectorNode({ ids, idPattern, types }: Partial<EntitySelector>, index: Index): Node {
  const nodes: Node[] = []
  if (types) nodes.push(typeNode(types, index))
  if (ids) nodes.push(idsNode(ids))
  else if (idPattern !== undefined) nodes.push(ANYTHING)
  return allOf(nodes)
}

function qNode(node: QNode, index: Index): Node {
  switch (node.kind) {
    case 'and':
      return allOf(node.nodes.map((part) => qNode(part, index)))
    case 'or':
      return anyOf(
        node.nodes.map((part) => qNode(part, index)),
        index.estimate,
      )
    case 'exists':
      return existsNode(node.path, index)
    case 'absent':
      return absentNode(node.path, index)
    case 'compare':
      return comparisonNode(node, index)
  }
}

function existsNode(path: QPath, index: Index): Node {
  const [attribute] = path.attributes
  if (attribute === undefined) return ANYTHING
  const node = presenceNode(attribute, index)
  return { ...node, exact: node.exact && isAttribute(path) && isKnown(attribute, index) }
}

function absentNode(path: QPath, index: Index): Node {
  const [attribute] = path.attributes
  if (attribute === undefined || !isAttribute(path) || !isKnown(attribute, index)) return ANYTHING
  // an attribute that has expired is absent and indexed still
  if (index.holdsExpired()) return ANYTHING
  const { probe } = presenceNode(attribute, index)
  return { probe: (key) => sql`(${probe(key)} IS NOT 1)`, drives: [], exact: true }
}

function isKnown(attribute: string, index: Index): boolean {
  const name = index.names.find(attribute)
  return name === undefined || isDescribed(name, index)
}
