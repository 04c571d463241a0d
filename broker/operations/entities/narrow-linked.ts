import type { EntityQuery, QNode, QPath, TypeNode } from '../../core/query/ast.ts'

/** Answers the ids of all entities that a query selects, or of more; undefined: too many to name. */
export type FindIds = (query: EntityQuery) => Promise<readonly string[] | undefined>

/**
 * Says of each term of a q that looks behind a relationship (CIM 009 v1.9.1, 4.9) what the relationship has to point to,
 * so that an index can find the entities: what is found there is looked for first. Terms that ask for absence, and those
 * with too many entities behind them, stay as they are. What the answer matches holds all that the q matches.
 */
export async function narrowLinked(node: QNode, findIds: FindIds): Promise<QNode> {
  if ('nodes' in node) {
    const nodes = []
    for (const part of node.nodes) nodes.push(await narrowLinked(part, findIds))
    return Object.freeze({ kind: node.kind, nodes })
  }
  const { linked, attributes } = node.path
  if (!linked || attributes.length !== 1 || node.kind === 'absent') return node
  const q = await narrowLinked({ ...node, path: linked.path }, findIds)
  const ids = await findIds({ q, ...typesOf(linked) })
  return ids ? pointsTo(attributes, ids) : node
}

function typesOf({ types }: NonNullable<QPath['linked']>): { readonly types?: TypeNode } {
  if (types.length === 0) return {}
  return { types: { kind: 'or', nodes: types.map((type) => ({ kind: 'type', type })) } }
}

function pointsTo(attributes: QPath['attributes'], ids: readonly string[]): QNode {
  const values = ids.map((value) => ({ kind: 'uri', value }) as const)
  return Object.freeze({
    kind: 'compare',
    path: { attributes },
    operator: '==',
    value: { kind: 'list', values },
  } as const)
}
