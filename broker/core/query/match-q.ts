import type { Entity } from '../model/entity.ts'
import type { JsonValue } from '../model/json.ts'
import type { QNode, QScalar } from './ast.ts'
import { compareScalar } from './compare-scalar.ts'
import { type QueryContext, someTarget, type Target } from './find-target.ts'
import { matchPattern } from './pattern.ts'

export type { QueryContext } from './find-target.ts'

type Comparison = Extract<QNode, { kind: 'compare' }>

const NO_CONTEXT: QueryContext = Object.freeze({})

/** Tells whether an entity satisfies a q (CIM 009 v1.9.1, 4.9 NGSI-LD Query Language). */
export function matchQ(node: QNode, entity: Entity, context: QueryContext = NO_CONTEXT): boolean {
  switch (node.kind) {
    case 'and':
      return node.nodes.every((part) => matchQ(part, entity, context))
    case 'or':
      return node.nodes.some((part) => matchQ(part, entity, context))
    case 'exists':
      return someTarget(node.path, entity, context, exists)
    case 'absent':
      return !someTarget(node.path, entity, context, exists)
    case 'compare':
      return someTarget(node.path, entity, context, (target) => satisfies(target, node))
  }
}

function exists(): boolean {
  return true
}

/** The target is there; with several instances, one that satisfies the term is enough. */
function satisfies(target: Target, node: Comparison): boolean {
  switch (node.operator) {
    case '==':
      return isEqual(target, node)
    case '!=':
      return !isEqual(target, node)
    case '~=':
      return hasText(target) && isLike(target, node)
    case '!~=':
      return hasText(target) && !isLike(target, node)
    default:
      return isOrdered(target, node)
  }
}

/** Any item of the target equals any value of the query: `!=` is the universal opposite. */
function isEqual(target: Target, node: Comparison): boolean {
  const { expanded } = node
  if (expanded && target.kind === 'VocabProperty') {
    return target.items.some((item) => typeof item === 'string' && expanded.includes(item))
  }
  return target.items.some((item) => isEqualItem(item, target.kind, node))
}

function isEqualItem(item: JsonValue, kind: Target['kind'], { value }: Comparison): boolean {
  if (value.kind === 'list') return value.values.some((scalar) => compareScalar(item, kind, scalar) === 0)
  if (value.kind !== 'range') return compareScalar(item, kind, value) === 0
  if (isRelationship(kind)) return false
  return isWithin(item, kind, value.from, value.to)
}

function isWithin(item: JsonValue, kind: Target['kind'], from: QScalar, to: QScalar): boolean {
  const low = compareScalar(item, kind, from)
  const high = compareScalar(item, kind, to)
  return low !== undefined && high !== undefined && low >= 0 && high <= 0
}

function isOrdered(target: Target, { operator, value }: Comparison): boolean {
  if (target.many || isRelationship(target.kind) || value.kind === 'list' || value.kind === 'range')
    return false
  return target.items.some((item) => {
    const order = compareScalar(item, target.kind, value)
    return order !== undefined && isInOrder(order, operator)
  })
}

function isInOrder(order: number, operator: Comparison['operator']): boolean {
  if (operator === '>') return order > 0
  if (operator === '>=') return order >= 0
  if (operator === '<') return order < 0
  return operator === '<=' && order <= 0
}

/** Patterns apply to text only; a relationship goes with `==` and `!=` only. */
function hasText(target: Target): boolean {
  if (target.many || isRelationship(target.kind)) return false
  return target.items.some((item) => typeof item === 'string')
}

function isLike(target: Target, node: Comparison): boolean {
  const { pattern } = node
  if (pattern === undefined) return false
  return target.items.some((item) => typeof item === 'string' && matchPattern(node, pattern, item))
}

function isRelationship(kind: Target['kind']): boolean {
  return kind === 'Relationship' || kind === 'ListRelationship'
}
