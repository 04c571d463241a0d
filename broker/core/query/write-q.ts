import type { TermTable } from '../context/term-table.ts'
import type { Iri } from '../model/iri.ts'
import type { QNode, QPath, QScalar } from './ast.ts'

/**
 * Writes a q (CIM 009 v1.9.1, 4.9) in the terms of a table, for people to read: `parseQ` reads it back as it was, as far as
 * the language has names for all that it looks at (an IRI swallows the dots behind it).
 */
export function writeQ(node: QNode, table: TermTable): string {
  switch (node.kind) {
    case 'and':
      return node.nodes.map((part) => grouped(part, table, ['and', 'or'])).join(';')
    case 'or':
      return node.nodes.map((part) => grouped(part, table, ['or'])).join('|')
    case 'exists':
      return pathText(node.path, table)
    case 'absent':
      return `!${pathText(node.path, table)}`
    case 'compare':
      return `${pathText(node.path, table)}${node.operator}${comparedText(node, table)}`
  }
}

function grouped(node: QNode, table: TermTable, kinds: readonly QNode['kind'][]): string {
  const text = writeQ(node, table)
  return kinds.includes(node.kind) ? `(${text})` : text
}

function pathText({ attributes, member, value, linked }: QPath, table: TermTable): string {
  const names = [...attributes.map(table.compact), ...(member ? [member] : [])].join('.')
  if (value) return `${names}[${value.join('.')}]`
  if (!linked) return names
  const types = linked.types.length === 0 ? '' : `${linked.types.map(table.compact).join(',')}:`
  return `${names}{${types}${pathText(linked.path, table)}}`
}

function comparedText(node: Extract<QNode, { kind: 'compare' }>, table: TermTable): string {
  const { pattern, value, expanded } = node
  if (pattern !== undefined) return patternText(pattern)
  if (value.kind === 'range') return `${scalarText(value.from)}..${scalarText(value.to)}`
  const scalars = value.kind === 'list' ? value.values : [value]
  return namedTexts(scalars, expanded, table).join(',')
}

/** A quote ends a pattern; escaped it is one in the pattern itself. */
function patternText(pattern: string): string {
  return `"${pattern.replaceAll(/\\.|"/gs, (part) => (part === '"' ? '\\"' : part))}"`
}

/** What was expanded is named anew; only texts and URIs are. */
function namedTexts(
  scalars: readonly QScalar[],
  expanded: readonly Iri[] | undefined,
  table: TermTable,
): readonly string[] {
  let next = 0
  return scalars.map((scalar) => {
    if (!expanded || (scalar.kind !== 'string' && scalar.kind !== 'uri')) return scalarText(scalar)
    const iri = expanded[next++]
    return JSON.stringify(iri === undefined ? scalar.value : table.compact(iri))
  })
}

function scalarText(scalar: QScalar): string {
  if (scalar.kind === 'string') return JSON.stringify(scalar.value)
  return 'text' in scalar ? scalar.text : String(scalar.value)
}
